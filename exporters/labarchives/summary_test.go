package labarchives_test

import "strings"

// purify is what a service could make of HTML: another order of attributes, other blanks.
func purify(html string) string {
	html = strings.ReplaceAll(html, `border-collapse:collapse;`, `border-collapse: collapse`)
	return strings.ReplaceAll(html, "\n", " ") + "\n"
}
