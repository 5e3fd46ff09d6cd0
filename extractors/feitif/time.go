package feitif

import (
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// moment is a time of acquisition as a file writes it.
type moment struct{ text, from string }

// settingsMoments returns the times of the sections, the one with the clearer order of day
// and month first.
func settingsMoments(s Settings) []moment {
	return []moment{
		{s.Value("PrivateFei", "TimeOfCreation"), "[PrivateFei] TimeOfCreation"},
		{strings.TrimSpace(s.Value("User", "Date") + " " + s.Value("User", "Time")), "[User] Date and Time"},
	}
}

// timestamp adds the instant of acquisition. The times are those of the microscope's clock,
// so without an instrument, and its zone, none is known; one with a zone of its own is.
func (b *builder) timestamp() {
	_, known := b.file.Instrument()
	for _, m := range b.moments {
		t, zoned, ok := parseMoment(m.text, b.file.Zone())
		if !ok || t.Year() < 1980 || !zoned && !known {
			continue
		}
		b.Put(nexuslims.Text(nexuslims.Stamp(t.In(b.file.Zone()))), m.from, "Acquisition Timestamp")
		return
	}
}

// The ways in which days and times are written. American order comes first for slashes:
// it is what the software writes, whatever the locale; the other one is tried for days
// that cannot be months.
var (
	dayForms = []string{
		"02.01.2006", "2.1.2006", "01/02/2006", "1/2/2006", "02/01/2006", "2/1/2006", "2006-01-02", "2006/01/02",
		"2006.01.02", "02-01-2006",
	}
	timeForms = []string{"15:04:05", "03:04:05 PM", "3:04:05 PM", "15.04.05", "15:04"}
)

func parseMoment(text string, zone *time.Location) (t time.Time, zoned, ok bool) {
	text = strings.Join(strings.Fields(text), " ")
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t, true, true
	}
	if t, err := time.ParseInLocation("2006-01-02T15:04:05.999999999", text, zone); err == nil {
		return t, false, true
	}
	for _, day := range dayForms {
		for _, hour := range timeForms {
			if t, err := time.ParseInLocation(day+" "+hour, text, zone); err == nil {
				return t, false, true
			}
		}
	}
	return time.Time{}, false, false
}
