package nemo

import (
	"fmt"
	"time"
)

// clock writes and reads the times of one server.
type clock struct {
	write, read format
	zone        *time.Location // of the setting; nil: none
}

// slack widens questions where the server's idea of an instant may differ from ours.
const slack = 26 * time.Hour

// margin is how much wider to ask than is wanted. Answers are filtered here in any case.
func (c clock) margin() time.Duration {
	if c.zone == nil && c.write.pattern == "" && c.read.pattern == "" {
		return 0
	}
	return slack
}

// ask writes a time for a question. Without zone in the format it is the wall clock of the
// server's zone as far as that is known: the one set, or the given one.
func (c clock) ask(t time.Time, zone *time.Location) string {
	if c.zone != nil {
		zone = c.zone
	}
	if zone != nil && c.write.pattern != "" {
		t = t.In(zone)
	}
	return c.write.text(t.Truncate(time.Microsecond)) // not rounded up: what ends then would be missed
}

// before is ask for an exclusive upper bound: the server knows microseconds only, so
// finer ones are rounded up.
func (c clock) before(t time.Time, zone *time.Location) string {
	return c.ask(t.Add(time.Microsecond-1).Truncate(time.Microsecond), zone)
}

// time reads a time of an answer. A time without offset is in the zone that is set, else in
// the given one, which assumed reports. An offset that is impossible in the zone set is
// replaced, the wall clock kept; a possible one stays.
func (c clock) time(text string, zone *time.Location) (t time.Time, assumed bool, err error) {
	p, err := c.read.parse(text)
	if err != nil {
		return t, false, err
	}
	switch {
	case p.offset != nil:
		t = p.at(time.FixedZone("", *p.offset))
	case p.zone == "UTC" || p.zone == "GMT" || p.zone == "Z":
		t = p.at(time.UTC)
	default:
		assumed = c.zone == nil
		if c.zone != nil {
			zone = c.zone
		}
		if zone == nil {
			zone = time.UTC
		}
		t, err = p.in(zone)
		return t, assumed, err
	}
	return c.repair(t, p), false, nil
}

func (c clock) repair(t time.Time, p parts) time.Time {
	if c.zone == nil {
		return t
	}
	_, said := t.Zone()
	local := t.In(c.zone)
	if _, possible := local.Zone(); said == possible {
		return local
	}
	fixed, _ := parts{
		year: p.year, month: p.month, day: p.day, hour: p.hour, minute: p.minute, second: p.second, nano: p.nano,
	}.in(c.zone)
	return fixed
}

func (p parts) at(zone *time.Location) time.Time {
	return time.Date(p.year, time.Month(p.month), p.day, p.hour, p.minute, p.second, p.nano, zone)
}

// in attaches a zone to a wall clock. In the repeated hour of autumn it is standard time,
// unless the text names the other; in the missing hour of spring the standard offset counts.
func (p parts) in(zone *time.Location) (time.Time, error) {
	utc := p.at(time.UTC)
	var found []time.Time
	low := 0
	for i, near := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		_, off := utc.Add(near).In(zone).Zone()
		if i == 0 || off < low {
			low = off
		}
		at := utc.Add(-time.Duration(off) * time.Second).In(zone)
		if _, real := at.Zone(); real == off {
			found = append(found, at)
		}
	}
	if len(found) == 0 {
		found = []time.Time{utc.Add(-time.Duration(low) * time.Second).In(zone)}
	}
	best := found[0]
	for _, at := range found {
		name, _ := at.Zone()
		if p.zone != "" && name == p.zone {
			return at, nil
		}
		if at.After(best) {
			best = at
		}
	}
	if p.zone != "" {
		return best, fmt.Errorf("zone %s is not one of %s", p.zone, zone)
	}
	return best, nil
}
