package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/joho/godotenv"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Format writes assignments as the text of a .env file in the subset that every reader
// understands alike. Each value is read back with this package's reader and with
// godotenv before it is believed; one that cannot be written so is Invalid, and named
// by its variable alone.
func Format(lines []Line) ([]byte, error) {
	var b strings.Builder
	for _, l := range lines {
		text, err := assignment(l)
		if err != nil {
			return nil, nexuslims.E(nexuslims.Invalid, "write setting", l.Name, err)
		}
		b.WriteString(text)
	}
	return []byte(b.String()), nil
}

// assignment finds a form of quoting that says what is meant.
func assignment(l Line) (string, error) {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "$", `\$`)
	for _, quoted := range []string{
		"'" + l.Value + "'",
		`"` + l.Value + `"`,
		`"` + escape.Replace(l.Value) + `"`,
		l.Value,
	} {
		text := fmt.Sprintf("%s=%s\n", l.Name, quoted)
		if readsBack(text, l) {
			return text, nil
		}
	}
	return "", errors.New("the value cannot be written so that every reader understands it")
}

func readsBack(text string, want Line) bool {
	nothing := func(string) (string, bool) { return "", false }
	ours, faults := ParseDotenv(text, nothing)
	if len(faults) > 0 || len(ours) != 1 || ours[0].Name != want.Name || ours[0].Value != want.Value {
		return false
	}
	theirs, err := godotenv.Unmarshal(text)
	return err == nil && len(theirs) == 1 && theirs[want.Name] == want.Value
}
