package extractors

import (
	"errors"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// NoSignal is the error of a container without a signal that can be read; the first of the
// warnings about its parts tells why.
func NoSignal(op string, warnings []string) error {
	text := "there is no signal in the file"
	if len(warnings) > 0 {
		text += " that can be read: " + warnings[0]
	}
	return nexuslims.E(nexuslims.Corrupt, op, "", errors.New(text))
}
