package emsa

import (
	"strings"
	"time"
)

// acquired returns the time of acquisition on the clock of the instrument; false when there
// is none, with the reason when what stands there is none.
func (h header) acquired(zone *time.Location) (t time.Time, why string, ok bool) {
	date, clock := h.text("DATE"), h.text("TIME")
	if date == "" || clock == "" {
		return t, "", false
	}
	day, ok := parseDate(date)
	if !ok {
		return t, "DATE is no date: " + date, false
	}
	hour, ok := parseClock(clock)
	if !ok {
		return t, "TIME is no time: " + clock, false
	}
	return time.Date(day.Year(), day.Month(), day.Day(), hour.Hour(), hour.Minute(), hour.Second(), hour.Nanosecond(), zone), "", true
}

// parseDate reads "01-OCT-1991" with English months in any case, and what programs write
// for it. Dates of numbers only are read with the year first: others are ambiguous.
func parseDate(text string) (time.Time, bool) {
	text = strings.ToLower(strings.NewReplacer("/", "-", ".", "-", " ", "-").Replace(strings.TrimSpace(text)))
	for _, form := range []string{"2-Jan-2006", "2-Jan-06", "2-January-2006", "2006-1-2", "Jan-2-2006", "January-2,-2006"} {
		if t, err := time.Parse(form, text); err == nil {
			return t, t.Year() > 1900
		}
	}
	return time.Time{}, false
}

// parseClock reads "12:00", with seconds and their fractions, and of twelve hours.
func parseClock(text string) (time.Time, bool) {
	text = strings.ToUpper(strings.TrimSpace(text))
	for _, form := range []string{"15:04", "15:04:05", "3:04 PM", "3:04:05 PM", "3:04PM", "3:04:05PM"} {
		if t, err := time.Parse(form, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
