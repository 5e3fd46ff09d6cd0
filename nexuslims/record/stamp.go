package record

import (
	"fmt"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// stamp writes an instant in the form of [nexuslims.Stamp]; false for years that do not have
// the four digits which the schema wants.
func stamp(t time.Time) (string, bool) {
	text := nexuslims.Stamp(t)
	year, _, _ := strings.Cut(text, "-")
	return text, len(year) == 4 && year != "0000"
}

// parseStamp reads a dateTime; one without zone is taken as UTC.
func parseStamp(text string) (time.Time, error) {
	text = trim(text)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		// ParseInLocation, since Parse would give the machine's own zone where offsets agree.
		if t, err := time.ParseInLocation(layout, text, time.UTC); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no date and time", text)
}
