package nemo

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/itchyny/timefmt-go"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// format is a pattern of strftime and strptime; the zero value is ISO 8601. Directives and
// their widths are those of Python's datetime module, with which sites wrote their settings
// (https://docs.python.org/3/library/datetime.html#format-codes).
type format struct {
	pattern string
	read    *regexp.Regexp
	whole   *regexp.Regexp // read without ".%f": fractions of zero are left out by servers
}

// parts are what a text says, before anything is made of it.
type parts struct {
	year, month, day, yearDay  int
	hour, minute, second, nano int
	offset                     *int   // seconds east of Greenwich
	zone                       string // abbreviation
	afternoon, halfDays        bool
}

// directives maps each code to the text it matches.
func directives() map[byte]string {
	return map[byte]string{
		'Y': `\d{4}`, 'y': `\d{2}`, 'm': `1[0-2]|0[1-9]|[1-9]`, 'd': `3[01]|[12]\d|0[1-9]|[1-9]| [1-9]`,
		'H': `2[0-3]|[01]\d|\d`, 'I': `1[0-2]|0[1-9]|[1-9]| [1-9]`, 'M': `[0-5]\d|\d`, 'S': `[0-5]\d|\d`,
		'f': `\d{1,6}`, 'p': `am|pm`, 'z': `Z|[+-]\d{2}:?[0-5]\d(?::?[0-5]\d(?:\.\d{1,6})?)?`, 'Z': `[a-z]{1,6}`,
		'j': `36[0-6]|3[0-5]\d|[12]\d\d|0[1-9]\d|00[1-9]|[1-9]\d|0[1-9]|[1-9]`,
		'b': months(3), 'B': months(9), 'a': weekdays(3), 'A': weekdays(9),
	}
}

// months lists the names of the months, cut to a length.
func months(length int) string {
	var all []string
	for m := time.January; m <= time.December; m++ {
		all = append(all, m.String()[:min(length, len(m.String()))])
	}
	return strings.Join(all, "|")
}

func weekdays(length int) string {
	var all []string
	for d := time.Sunday; d <= time.Saturday; d++ {
		all = append(all, d.String()[:min(length, len(d.String()))])
	}
	return strings.Join(all, "|")
}

// newFormat compiles a pattern. The default pattern stands for ISO 8601.
func newFormat(pattern string) (format, error) {
	if pattern == "" || pattern == defaultFormat {
		return format{}, nil
	}
	read, err := compile(pattern)
	if err != nil {
		return format{}, err
	}
	f := format{pattern: pattern, read: read}
	if strings.Contains(pattern, ".%f") {
		f.whole, err = compile(strings.Replace(pattern, ".%f", "", 1))
	}
	return f, err
}

func compile(pattern string) (*regexp.Regexp, error) {
	var b strings.Builder
	seen := map[byte]bool{}
	known := directives()
	b.WriteString(`(?i)^`)
	for i := 0; i < len(pattern); i++ {
		ch := pattern[i]
		switch {
		case ch == ' ' || ch == '\t':
			b.WriteString(`\s+`)
			for i+1 < len(pattern) && (pattern[i+1] == ' ' || pattern[i+1] == '\t') {
				i++
			}
			continue
		case ch != '%':
			b.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
			continue
		case i+1 == len(pattern):
			return nil, errors.New("ends in a lone percent sign")
		}
		i++
		code := pattern[i]
		if code == '%' {
			b.WriteString(`%`)
			continue
		}
		text, ok := known[code]
		if !ok {
			return nil, fmt.Errorf("unknown code %%%c; known are %%Y %%y %%m %%d %%H %%I %%M %%S %%f %%p %%z %%Z %%j"+
				" %%b %%B %%a %%A %%%%", code)
		}
		if seen[code] {
			return nil, fmt.Errorf("%%%c stands there twice", code)
		}
		seen[code] = true
		fmt.Fprintf(&b, "(?P<%c>%s)", code, text)
	}
	if err := wholeDate(seen); err != nil {
		return nil, err
	}
	b.WriteString(`$`)
	return regexp.Compile(b.String())
}

// wholeDate demands a whole date: without one an event could be of any day.
func wholeDate(seen map[byte]bool) error {
	year := seen['Y'] || seen['y']
	day := seen['j'] || seen['d'] && (seen['m'] || seen['b'] || seen['B'])
	hour := seen['H'] || seen['I'] && seen['p']
	if !year || !day || !hour {
		return errors.New("must give year, month, day and hour")
	}
	return nil
}

// text writes a time.
func (f format) text(t time.Time) string {
	if f.pattern != "" {
		return timefmt.Format(t, f.pattern)
	}
	return nexuslims.Stamp(t)
}

// parse reads a time.
func (f format) parse(text string) (parts, error) {
	if f.pattern == "" {
		return parseISO(text)
	}
	match, re := f.read.FindStringSubmatch(text), f.read
	if match == nil && f.whole != nil {
		match, re = f.whole.FindStringSubmatch(text), f.whole
	}
	if match == nil {
		return parts{}, fmt.Errorf("time %q is not of the format %q", text, f.pattern)
	}
	var p parts
	for i, code := range re.SubexpNames() {
		if code != "" {
			p.take(code[0], strings.TrimSpace(match[i]))
		}
	}
	return p, p.check(text)
}

// take stores what one directive matched.
func (p *parts) take(code byte, text string) {
	n, _ := strconv.Atoi(text)
	switch code {
	case 'Y':
		p.year = n
	case 'y':
		p.year = 2000 + n
		if n >= 69 {
			p.year = 1900 + n
		}
	case 'm':
		p.month = n
	case 'b', 'B':
		p.month = monthNamed(text)
	case 'd':
		p.day = n
	case 'j':
		p.yearDay = n
	case 'H':
		p.hour = n
	case 'I':
		p.hour, p.halfDays = n%12, true
	case 'p':
		p.afternoon = strings.EqualFold(text, "pm")
	case 'M':
		p.minute = n
	case 'S':
		p.second = n
	case 'f':
		p.nano, _ = strconv.Atoi((text + "000000000")[:9])
	case 'z':
		p.offset = offset(text)
	case 'Z':
		p.zone = strings.ToUpper(text)
	}
}

// check completes the parts and refuses days and offsets that do not exist.
func (p *parts) check(text string) error {
	if p.year < 1 || p.offset != nil && (*p.offset <= -86400 || *p.offset >= 86400) {
		return fmt.Errorf("time %q has an impossible year or offset", text)
	}
	if p.halfDays && p.afternoon {
		p.hour += 12
	}
	if p.yearDay > 0 && p.day == 0 {
		d := time.Date(p.year, time.January, p.yearDay, 0, 0, 0, 0, time.UTC)
		if d.Year() != p.year {
			return fmt.Errorf("time %q names a day that does not exist", text)
		}
		p.month, p.day = int(d.Month()), d.Day()
	}
	if d := time.Date(p.year, time.Month(p.month), p.day, 0, 0, 0, 0, time.UTC); d.Day() != p.day {
		return fmt.Errorf("time %q names a day that does not exist", text)
	}
	return nil
}

func monthNamed(text string) int {
	for m := time.January; m <= time.December; m++ {
		if strings.EqualFold(text, m.String()) || strings.EqualFold(text, m.String()[:3]) {
			return int(m)
		}
	}
	return 0
}

// offset reads Z, ±HHMM, ±HH:MM, with seconds or without.
func offset(text string) *int {
	seconds := 0
	if !strings.EqualFold(text, "Z") {
		digits := strings.ReplaceAll(text[1:], ":", "")
		digits, _, _ = strings.Cut(digits, ".")
		for i, unit := 0, 3600; i+2 <= len(digits); i, unit = i+2, unit/60 {
			n, _ := strconv.Atoi(digits[i : i+2])
			seconds += n * unit
		}
		if text[0] == '-' {
			seconds = -seconds
		}
	}
	return &seconds
}

var errNoTime = errors.New("not a time of ISO 8601")

// parseISO reads ISO 8601 with T or a blank, with any form of offset or none, with
// fraction, seconds, or the date alone.
func parseISO(text string) (parts, error) {
	t := strings.Replace(strings.TrimSpace(text), " ", "T", 1)
	for _, layout := range []string{
		"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04Z07:00", "2006-01-02T15:04Z0700",
		"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02",
	} {
		at, err := time.Parse(layout, t)
		if err != nil {
			continue
		}
		p := parts{
			year: at.Year(), month: int(at.Month()), day: at.Day(),
			hour: at.Hour(), minute: at.Minute(), second: at.Second(), nano: at.Nanosecond(),
		}
		if strings.Contains(layout, "Z07") {
			_, east := at.Zone()
			p.offset = &east
		}
		return p, p.check(text)
	}
	return parts{}, fmt.Errorf("%w: %q", errNoTime, text)
}
