package tescantif

import (
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// timestamp adds the instant of acquisition, from the time of the settings. It is that of the
// microscope's clock, so without an instrument, and its zone, none is known. Some software
// writes it in UTC, and only the TIFF tag in local time: where the two lie as far apart as
// the zone is from UTC, this is so.
func (b *builder) timestamp() {
	if _, known := b.file.Instrument(); !known {
		return
	}
	s := b.page.settings
	zone := b.file.Zone()
	day, hour := s.value(mainSection, "Date"), s.value(mainSection, "Time")
	saved := b.Meta.Text("TIFF DateTime")
	from, how := b.source(mainSection, "Date and Time"), "clock of the instrument"
	t, ok := parseMoment(day+" "+hour, zone)
	local, okLocal := parseMoment(saved, zone)
	switch {
	case ok && okLocal:
		utc, _ := parseMoment(day+" "+hour, time.UTC)
		if apart(utc, local) < slack && apart(t, local) >= slack {
			t, how = utc, "in UTC, as tag 306 shows"
		}
	case !ok && okLocal && day == "":
		t, from = local, "tag 306"
	case !ok:
		return
	}
	b.Put(nexuslims.Text(nexuslims.Stamp(t.In(zone))), from, "Acquisition Timestamp")
	b.Converted(how)
}

// slack is what may lie between the acquisition of a picture and its writing, and is less than
// any zone is from UTC.
const slack = 20 * time.Minute

func apart(a, b time.Time) time.Duration { return a.Sub(b).Abs() }

var (
	dayForms  = []string{"2006-01-02", "2006:01:02", "2.1.2006", "1/2/2006", "2/1/2006", "2006/01/02", "2006.01.02"}
	timeForms = []string{"15:04:05", "15.04.05", "3:04:05 PM", "15:04"}
)

func parseMoment(text string, zone *time.Location) (time.Time, bool) {
	text = strings.Join(strings.Fields(text), " ")
	for _, day := range dayForms {
		for _, hour := range timeForms {
			if t, err := time.ParseInLocation(day+" "+hour, text, zone); err == nil && t.Year() >= 1980 {
				return t, true
			}
		}
	}
	return time.Time{}, false
}
