package tia

import (
	"strings"
	"time"
)

// dateForms are the forms of local times in .emi files, English names; the first is usual.
var dateForms = []string{
	"Jan 2 15:04:05 2006", "2 Jan 2006 15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006/01/02 15:04:05",
}

// acquired reads the time of acquisition, which is the local time of the microscope's
// computer, without zone. The weekday is left out: it can be wrong.
func acquired(text string, zone *time.Location) (time.Time, bool) {
	words := strings.Fields(text)
	if len(words) > 1 && len(strings.Trim(words[0], ",")) == 3 && words[0][0] > '9' {
		if _, err := time.Parse("Mon", strings.Trim(words[0], ",")); err == nil {
			words = words[1:]
		}
	}
	for _, form := range dateForms {
		if t, err := time.Parse(form, strings.Join(words, " ")); err == nil {
			return local(t, zone), true
		}
	}
	return time.Time{}, false
}

// local is the instant at which clocks of a zone show the date and time of t. In the hour
// that comes twice in autumn, and in that which is missing in spring, it is standard time.
func local(t time.Time, zone *time.Location) time.Time {
	var found []time.Time
	var standard *time.Location
	for _, day := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		near := t.Add(day).In(zone)
		name, offset := near.Zone()
		fixed := time.FixedZone(name, offset)
		at := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), fixed)
		if standard == nil || !near.IsDST() {
			standard = fixed
		}
		if seen := at.In(zone); seen.Hour() == t.Hour() && seen.Minute() == t.Minute() {
			found = append(found, seen)
		}
	}
	switch {
	case len(found) == 1:
		return found[0]
	case len(found) == 2 && found[0].IsDST() && !found[1].IsDST():
		return found[1]
	case len(found) == 2:
		return found[0]
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), standard)
}

// tagTimes returns the first and the last time that the elements carry; false where they
// were blanked.
func (s *Series) tagTimes() (first, last time.Time, ok bool) {
	for _, t := range s.Tags {
		if t.Time == 0 {
			continue
		}
		at := time.Unix(t.Time, 0).UTC()
		if !ok || at.Before(first) {
			first = at
		}
		if !ok || at.After(last) {
			last = at
		}
		ok = true
	}
	return first, last, ok
}
