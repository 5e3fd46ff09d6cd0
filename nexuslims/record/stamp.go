package record

import (
	"fmt"
	"time"
)

// stamp writes an instant as the schema wants it: numeric offset, six digits of
// fraction or none. Offsets with seconds, as zones had before standard time, and
// years that need more than four digits have no such form: the first become UTC, the
// second nothing.
func stamp(t time.Time) (string, bool) {
	t = t.Round(time.Microsecond)
	if _, offset := t.Zone(); offset%60 != 0 {
		t = t.UTC()
	}
	if t.Year() < 1 || t.Year() > 9999 {
		return "", false
	}
	layout := "2006-01-02T15:04:05-07:00"
	if t.Nanosecond() != 0 {
		layout = "2006-01-02T15:04:05.000000-07:00"
	}
	return t.Format(layout), true
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
