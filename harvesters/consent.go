package harvesters

import (
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// ConsentOf understands an answer to the question whether data may be kept: a word, or
// the choices of a list. Blanks and case do not matter. Anything but the known words is
// no answer, and so is a list with words of both kinds.
func ConsentOf(answers ...string) nexuslims.Consent {
	found := nexuslims.ConsentUnknown
	for _, a := range answers {
		said := consentWord(a)
		switch {
		case said == nexuslims.ConsentUnknown:
		case found != nexuslims.ConsentUnknown && found != said:
			return nexuslims.ConsentUnknown
		default:
			found = said
		}
	}
	return found
}

func consentWord(s string) nexuslims.Consent {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "agree", "yes", "true", "positive", "consent", "accept":
		return nexuslims.ConsentGranted
	case "disagree", "no", "false", "negative":
		return nexuslims.ConsentDenied
	}
	return nexuslims.ConsentUnknown
}
