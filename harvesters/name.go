package harvesters

import "strings"

// FullName returns "First Last (login)" without the parts that are empty. Without any
// name it is the login alone.
func FullName(first, last, login string) string {
	name := strings.Join(strings.Fields(first+" "+last), " ")
	switch {
	case name == "":
		return login
	case login == "":
		return name
	}
	return name + " (" + login + ")"
}
