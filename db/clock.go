package db

import (
	"strings"
	"time"
)

// parseDate reads the date at the start of a text: YYYY-MM-DD, YYYYMMDD, YYYY-Www-D or
// YYYYWwwD, the day of a week being optional. What follows the one character between date
// and time is returned.
func parseDate(text string) (day time.Time, rest string, err error) {
	for _, form := range []struct {
		layout string
		length int
	}{{"2006-01-02", 10}, {"20060102", 8}} {
		if len(text) < form.length {
			continue
		}
		if day, err = time.Parse(form.layout, text[:form.length]); err == nil {
			return split(day, text[form.length:])
		}
	}
	return parseWeekDate(text)
}

func split(day time.Time, tail string) (time.Time, string, error) {
	if tail == "" {
		return day, "", nil
	}
	for i := range tail {
		if i > 0 { // the separator may be any one character
			return day, tail[i:], nil
		}
	}
	return day, "", errTime
}

func parseWeekDate(text string) (time.Time, string, error) {
	year, text, ok := digits(text, 4)
	if !ok {
		return time.Time{}, "", errTime
	}
	text, dashed := strings.CutPrefix(text, "-")
	text, isWeek := strings.CutPrefix(text, "W")
	week, text, ok := digits(text, 2)
	if !isWeek || !ok {
		return time.Time{}, "", errTime
	}
	weekday := 1
	if tail, has := strings.CutPrefix(text, "-"); has == dashed && tail != "" {
		if n, after, ok := digits(tail, 1); ok {
			weekday, text = n, after
		}
	}
	fourth := time.Date(year, time.January, 4, 0, 0, 0, 0, time.UTC) // always in week 1
	monday := fourth.AddDate(0, 0, -(int(fourth.Weekday()+6) % 7))
	day := monday.AddDate(0, 0, 7*(week-1)+weekday-1)
	if y, w := day.ISOWeek(); y != year || w != week || weekday < 1 || weekday > 7 {
		return time.Time{}, "", errTime
	}
	return split(day, text)
}

// parseClock reads HH[:MM[:SS[.fraction]]] or the same without colons, and an offset if
// there is one.
func parseClock(text string) (clock time.Duration, offset *time.Duration, err error) {
	if text == "" {
		return 0, nil, nil
	}
	at := strings.IndexAny(text, "+-Zz")
	if at < 0 {
		clock, err = parseHours(text, 24)
		return clock, nil, err
	}
	if clock, err = parseHours(text[:at], 24); err != nil {
		return 0, nil, err
	}
	zero := time.Duration(0)
	if text[at] == 'Z' || text[at] == 'z' {
		if len(text) > at+1 {
			return 0, nil, errTime
		}
		return clock, &zero, nil
	}
	size, err := parseHours(text[at+1:], 24)
	if text[at] == '-' {
		size = -size
	}
	return clock, &size, err
}

// parseHours reads hours, minutes and seconds. Digits beyond microseconds are cut.
func parseHours(text string, limit int) (time.Duration, error) {
	hours, rest, ok := digits(text, 2)
	if !ok || hours >= limit {
		return 0, errTime
	}
	total := time.Duration(hours) * time.Hour
	colons := strings.HasPrefix(rest, ":")
	for _, unit := range []time.Duration{time.Minute, time.Second} {
		if rest == "" {
			return total, nil
		}
		if colons {
			if rest, ok = strings.CutPrefix(rest, ":"); !ok {
				return 0, errTime
			}
		}
		var n int
		if n, rest, ok = digits(rest, 2); !ok || n > 59 {
			return 0, errTime
		}
		total += time.Duration(n) * unit
	}
	if rest == "" {
		return total, nil
	}
	fraction, err := parseFraction(rest)
	return total + fraction, err
}

func parseFraction(text string) (time.Duration, error) {
	if text[0] != '.' && text[0] != ',' || len(text) == 1 {
		return 0, errTime
	}
	total, unit := time.Duration(0), 100*time.Millisecond
	for _, c := range []byte(text[1:]) {
		if c < '0' || c > '9' {
			return 0, errTime
		}
		if unit >= time.Microsecond {
			total += time.Duration(c-'0') * unit
			unit /= 10
		}
	}
	return total, nil
}

// digits reads exactly n decimal digits.
func digits(text string, n int) (value int, rest string, ok bool) {
	if len(text) < n {
		return 0, text, false
	}
	for _, c := range []byte(text[:n]) {
		if c < '0' || c > '9' {
			return 0, text, false
		}
		value = 10*value + int(c-'0')
	}
	return value, text[n:], true
}
