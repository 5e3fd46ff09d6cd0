package db

import (
	"errors"
	"strings"
	"time"
)

// Times in the reference's tables are ISO 8601 with T, microseconds only when there are
// any, and a numeric offset: what Python's isoformat writes. Older programs left other
// forms behind, which are read.

// formatTime writes t in the form of the reference.
func formatTime(t time.Time) string {
	t = t.Truncate(time.Microsecond)
	if _, offset := t.Zone(); offset%60 != 0 {
		t = t.UTC() // an offset with seconds has no numeric form that everybody reads
	}
	if t.Nanosecond() == 0 {
		return t.Format("2006-01-02T15:04:05-07:00")
	}
	return t.Format("2006-01-02T15:04:05.000000-07:00")
}

// instantLayout is the form of instants in our own tables: of one length and one zone,
// so that they sort as text.
const instantLayout = "2006-01-02T15:04:05.000000Z"

func formatInstant(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(instantLayout)
}

// parseInstant reads what formatInstant wrote; the zero time for anything else.
func parseInstant(text string) time.Time {
	t, err := time.Parse(instantLayout, text)
	if err != nil {
		return time.Time{}
	}
	return t
}

var errTime = errors.New("not a date and time")

// parseTime reads a time of the reference's tables. A time without offset is wall time in
// zone. The forms are those of Python's datetime.fromisoformat (3.11) except ordinal
// dates, which it does not read either.
func parseTime(text string, zone *time.Location) (time.Time, error) {
	text = strings.TrimSpace(text)
	day, rest, err := parseDate(text)
	if err != nil {
		return time.Time{}, err
	}
	clock, offset, err := parseClock(rest)
	if err != nil {
		return time.Time{}, err
	}
	wall := day.Add(clock)
	if offset != nil {
		return wall.Add(-*offset).In(time.FixedZone("", int(*offset/time.Second))), nil
	}
	if zone == nil {
		return time.Time{}, errors.New("it has no offset, and the time zone of its instrument is not known")
	}
	return inZone(wall, zone), nil
}

// inZone reads the wall time of a UTC time as one of zone. Of an hour that occurs twice
// the first counts; one that is skipped is read with the offset before the change.
func inZone(wall time.Time, zone *time.Location) time.Time {
	offsetAt := func(t time.Time) time.Duration {
		_, seconds := t.In(zone).Zone()
		return time.Duration(seconds) * time.Second
	}
	before, after := offsetAt(wall.Add(-24*time.Hour)), offsetAt(wall.Add(24*time.Hour))
	t := wall.Add(-before)
	if offsetAt(t) != before && offsetAt(wall.Add(-after)) == after {
		t = wall.Add(-after)
	}
	return t.In(zone)
}
