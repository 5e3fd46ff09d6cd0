package zeisstif

import (
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// moment is a time of acquisition as a file writes it.
type moment struct{ text, from string }

// timestamp adds the instant of acquisition: one that has a zone first. Others are those of
// the microscope's clock, so without an instrument, and its zone, none is known.
func (b *builder) timestamp() {
	_, known := b.file.Instrument()
	for _, withZone := range []bool{true, false} {
		for _, m := range b.moments {
			t, zoned, ok := parseMoment(m.text, b.file.Zone())
			if !ok || zoned != withZone || t.Year() < 1980 || !zoned && !known {
				continue
			}
			b.Put(nexuslims.Text(nexuslims.Stamp(t.In(b.file.Zone()))), m.from, "Acquisition Timestamp")
			return
		}
	}
}

// The ways in which days and times are written. American order comes first for slashes;
// the other one is tried for days that cannot be months.
var (
	dayForms = []string{
		"2 Jan 2006", "1/2/2006", "2/1/2006", "2006-01-02", "2006/01/02", "2.1.2006", "2-Jan-2006", "2 January 2006",
	}
	timeForms = []string{"15:04:05", "3:04:05 PM", "15:04", "3:04 PM", "15.04.05"}
	// months are those of languages in which SmartSEM may write them.
	months = strings.NewReplacer("Mär", "Mar", "Mrz", "Mar", "Mai", "May", "Okt", "Oct", "Dez", "Dec")
)

func parseMoment(text string, zone *time.Location) (t time.Time, zoned, ok bool) {
	text = months.Replace(strings.Join(strings.Fields(text), " "))
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t, true, true
	}
	if t, err := time.ParseInLocation("2006-01-02T15:04:05", text, zone); err == nil { // a fraction may follow
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
