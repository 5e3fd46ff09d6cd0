package tofwerk

import (
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// times sets when the acquisition began, and how long it took.
func (m *mapper) times() {
	first, ok := m.record(0)
	if ok {
		m.sheet.Put(nexuslims.Text(nexuslims.Stamp(first)), "timestring of the first record of "+pathLog, "Creation Time")
	} else if t, how, ok := m.created(); ok {
		m.sheet.Put(nexuslims.Text(nexuslims.Stamp(t)), "@HDF5 File Creation Time", "Creation Time")
		m.sheet.Converted(how)
	}
	if seconds, ok := m.duration(); ok {
		m.sheet.PutQuantity(nexuslims.Float(seconds), "second", "first and last record of "+pathLog, "Acquisition Duration")
	}
}

// record returns the time of the first or the last record of the log.
func (m *mapper) record(i int) (time.Time, bool) {
	if i >= len(m.log) {
		return time.Time{}, false
	}
	o, ok := m.log[i].(*nexuslims.Object)
	if !ok {
		return time.Time{}, false
	}
	text := strings.TrimSpace(o.Text("timestring"))
	if text == "" {
		return time.Time{}, false
	}
	t, ok := parseTime(text, m.zone())
	if !ok {
		m.warn("timestring %q of %s is no time", text, pathLog)
	}
	return t, ok
}

// parseTime reads a time in the forms of ISO 8601; one without offset is in zone.
func parseTime(text string, zone *time.Location) (time.Time, bool) {
	for _, date := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		for _, offset := range []string{"Z07:00", "Z0700", "Z07", " Z07:00", " Z0700"} {
			if t, err := time.Parse(date+offset, text); err == nil {
				return t, plausible(t)
			}
		}
		if t, err := time.ParseInLocation(date, text, zone); err == nil {
			return t, plausible(t)
		}
	}
	return time.Time{}, false
}

func plausible(t time.Time) bool { return t.Year() > 1970 && t.Year() < 2200 }

// created returns when the file was made: a local text, whose offset may be beside it.
func (m *mapper) created() (t time.Time, how string, ok bool) {
	text := strings.TrimSpace(m.root.Text("HDF5 File Creation Time"))
	if text == "" {
		return time.Time{}, "", false
	}
	t, err := time.ParseInLocation("02.01.2006 15:04:05", text, m.zone())
	if err != nil || !plausible(t) {
		m.warn("HDF5 File Creation Time %q is no time", text)
		return time.Time{}, "", false
	}
	return t, "local time of " + m.zone().String(), true
}

// zone returns the offset that the file states, else the zone of the instrument.
func (m *mapper) zone() *time.Location {
	hours, ok := nexuslims.Number(m.groups[pathTiming].Get("LocalTimeOffsetToUTC"))
	if !ok || hours < -14 || hours > 14 {
		return m.file.Zone()
	}
	return time.FixedZone("LocalTimeOffsetToUTC", int(hours*3600))
}

// duration returns the seconds between the ends of the log: by their counts of 100
// nanoseconds, else by their texts.
func (m *mapper) duration() (float64, bool) {
	if len(m.log) < 2 {
		return 0, false
	}
	const ticks = 1e7
	a, okA := stampOf(m.log[0])
	b, okB := stampOf(m.log[1])
	if okA && okB && b > a {
		return float64(b-a) / ticks, true
	}
	first, okA := m.record(0)
	last, okB := m.record(1)
	return last.Sub(first).Seconds(), okA && okB && last.After(first)
}

func stampOf(v nexuslims.Value) (int64, bool) {
	o, ok := v.(*nexuslims.Object)
	if !ok {
		return 0, false
	}
	n, ok := o.Get("timestamp").(nexuslims.Int)
	return int64(n), ok && n > 0
}
