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

var errNoZone = errors.New("not a time zone")

// format is how times are written in a site's questions or answers, in the codes of
// strftime and strptime.
type format struct {
	pattern string // empty: ISO 8601
	zoned   bool   // the text tells the offset
	day     *regexp.Regexp
}

// directives are the codes that mean the same to every strftime.
const directives = "YymdHIMSfpzZjbBaA%"

// newFormat checks a pattern. The default stands for ISO 8601 in all its forms.
func newFormat(pattern string) (format, error) {
	if pattern == "" || pattern == defaultFormat {
		return format{zoned: true}, nil
	}
	f := format{pattern: pattern}
	var re strings.Builder
	re.WriteString(`^\s*`)
	found := 0
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		if c != '%' {
			re.WriteString(regexp.QuoteMeta(string(c)))
			continue
		}
		if i++; i == len(pattern) || strings.IndexByte(directives, pattern[i]) < 0 {
			return f, fmt.Errorf("code %q is not supported", "%"+pattern[i:min(i+1, len(pattern))])
		}
		found++
		re.WriteString(piece(pattern[i], &f))
	}
	if found == 0 {
		return f, errors.New("holds no code such as %Y")
	}
	re.WriteString(`\s*$`)
	f.day = regexp.MustCompile(strings.ReplaceAll(re.String(), " ", `\s+`))
	return f, nil
}

// piece is the expression that one code matches.
func piece(code byte, f *format) string {
	switch code {
	case 'd':
		return `(?P<day>\d{1,2})`
	case 'z':
		f.zoned = true
	case '%':
		return "%"
	case 'f':
		return `\d{1,6}`
	}
	return `.+?`
}

// write gives a time the form of a question.
func (f format) write(t time.Time) string {
	if f.pattern == "" {
		return nexuslims.Stamp(t)
	}
	return timefmt.Format(t, f.pattern)
}

// parse reads a time; zoned tells whether its offset was told.
func (f format) parse(text string) (t time.Time, zoned bool, err error) {
	text = strings.Join(strings.Fields(text), " ")
	if f.pattern == "" {
		return parseISO(text)
	}
	pattern := strings.Join(strings.Fields(f.pattern), " ")
	t, err = timefmt.Parse(text, pattern)
	short := strings.Replace(pattern, ".%f", "", 1)
	if err != nil && short != pattern {
		// A fraction of zero is left out.
		var inner error
		if t, inner = timefmt.Parse(text, short); inner == nil {
			return f.named(t), f.zoned || utc(t), nil
		}
	}
	if err != nil {
		return t, false, fmt.Errorf("%q does not fit %q", text, f.pattern)
	}
	if m := f.day.FindStringSubmatch(text); m != nil && f.day.SubexpIndex("day") > 0 {
		if day, _ := strconv.Atoi(m[f.day.SubexpIndex("day")]); day != t.Day() {
			return t, false, fmt.Errorf("%q is no day of that month", text)
		}
	}
	return f.named(t), f.zoned || utc(t), nil
}

// named drops the zone of a text that tells only its name: names are ambiguous.
func (f format) named(t time.Time) time.Time {
	if f.zoned || utc(t) {
		return t
	}
	return wall(t, time.UTC)
}

// utc reports whether the text called its zone UTC or GMT.
func utc(t time.Time) bool {
	name, offset := t.Zone()
	return offset == 0 && (name == "GMT" || name == "UTC" && t.Location() != time.UTC)
}

// parseISO reads ISO 8601 as NEMO and its sites write it.
func parseISO(text string) (time.Time, bool, error) {
	text = strings.Replace(text, " ", "T", 1)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true, nil
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05.999999999", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, false, nil
		}
	}
	return time.Time{}, false, fmt.Errorf("%q is no ISO 8601 time; is a format set in NX_NEMO_STRPTIME_FMT_N?", text)
}

// wall returns the same clock time in another zone.
func wall(t time.Time, zone *time.Location) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone)
}

// clock reads and writes the times of one server.
type clock struct {
	write, read format
	zone        *time.Location // nil: times are taken as they are
}

// time reads a time. One without offset is in the configured zone, else in fallback; an
// offset that the configured zone does not have at that instant is replaced by its own.
// guessed tells that the fallback was used.
func (c clock) time(text string, fallback *time.Location) (t time.Time, guessed bool, err error) {
	t, zoned, err := c.read.parse(text)
	if err != nil {
		return t, false, err
	}
	switch {
	case !zoned && c.zone != nil:
		return wall(t, c.zone), false, nil
	case !zoned:
		return wall(t, fallback), true, nil
	case c.zone != nil:
		_, told := t.Zone()
		if _, real := t.In(c.zone).Zone(); told != real {
			return wall(t, c.zone), false, nil
		}
	}
	return t, false, nil
}

// ask writes a time for a question.
func (c clock) ask(t time.Time) string {
	if c.write.pattern != "" && c.zone != nil {
		t = t.In(c.zone)
	}
	return c.write.write(t)
}
