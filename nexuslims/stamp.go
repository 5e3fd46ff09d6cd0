package nexuslims

import "time"

// Stamp returns an instant in the one form of metadata and records: ISO 8601 with
// numeric offset, six digits of fraction where they are not zero, else none.
func Stamp(t time.Time) string {
	t = t.Round(time.Microsecond)
	if _, offset := t.Zone(); offset%60 != 0 {
		t = t.UTC() // zones had offsets with seconds before standard time; the form has none
	}
	if t.Nanosecond() != 0 {
		return t.Format("2006-01-02T15:04:05.000000-07:00")
	}
	return t.Format("2006-01-02T15:04:05-07:00")
}
