package dm

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// moment finds when the data were acquired. Instants come first: they need no zone. Texts
// are local times of the acquisition computer in the form of its locale; they count only
// when the zone of the instrument is known.
type moment struct {
	base  *Group
	zone  *time.Location // nil when the instrument is not known
	known time.Time      // modification time of the file, which settles doubtful dates
}

// instant is a time with the tag that it comes from.
type instant struct {
	time.Time
	from, how string
	zone      *time.Location // that the tags name, mostly nil
}

// acquired returns the instant of acquisition.
func (m moment) acquired() (instant, bool) {
	for _, path := range [][]string{{"DataBar", "Acquisition Time (OS)"}, {"DataBar", "System Info"}} {
		if n, ok := m.base.Number(path...); ok {
			if t, ok := fileTime(n); ok {
				return instant{Time: t, from: tagPath(m.base, path...), how: "Windows FILETIME"}, true
			}
		}
	}
	path := []string{"Acquisition", "Frame", "Sequence", "Acquisition Start Time (epoch)"}
	if n, ok := m.base.Number(path...); ok {
		if t := time.UnixMicro(int64(math.Round(n * 1e3))); n > 0 && n < 1e15 && isPlausible(t) {
			return instant{Time: t, from: tagPath(m.base, path...), how: "Unix milliseconds"}, true
		}
	}
	// Nion Swift stores UTC when it stores the offset too (inferred from its files).
	if zone, err := time.Parse("-0700", m.base.Text("TimezoneOffset")); err == nil {
		if t, err := time.Parse(nionTime, m.base.Text("Timestamp")); err == nil {
			_, offset := zone.Zone()
			return instant{t, tagPath(m.base, "Timestamp"), "UTC", time.FixedZone("", offset)}, true
		}
	}
	if m.zone == nil {
		return instant{}, false
	}
	return m.local()
}

const nionTime = "2006-01-02T15:04:05.999999999"

// local reads the texts.
func (m moment) local() (instant, bool) {
	const how = "local time of the instrument"
	bar := m.base.Sub("DataBar")
	if t, ok := m.parse(bar.Text("Acquisition Date"), bar.Text("Acquisition Time")); ok {
		return instant{Time: t, from: tagPath(bar, "Acquisition Date") + " and Acquisition Time", how: how}, true
	}
	for _, name := range []string{"SI", "EELS", "EDS", "CL"} {
		g := m.base.Sub(name, "Acquisition")
		if t, ok := m.parse(g.Text("Date"), g.Text("Start time")); ok {
			return instant{Time: t, from: tagPath(g, "Date") + " and Start time", how: how}, true
		}
	}
	if t, err := time.ParseInLocation(nionTime, m.base.Text("Timestamp"), m.zone); err == nil {
		return instant{Time: t, from: tagPath(m.base, "Timestamp"), how: how}, true
	}
	// The weekday is left out: it can be wrong.
	words := strings.Fields(strings.Trim(m.base.Text("DigiScan", "TimeStamp"), "\u2028 "))
	if len(words) == 5 {
		t, err := time.ParseInLocation("Jan 2 15:04:05 2006", strings.Join(words[1:], " "), m.zone)
		return instant{Time: t, from: tagPath(m.base, "DigiScan", "TimeStamp"), how: how}, err == nil
	}
	return instant{}, false
}

// fileTime converts a Windows FILETIME: units of 100 ns since 1601, UTC. As a float64 it is
// exact to about 2 µs.
func fileTime(n float64) (time.Time, bool) {
	const toUnix = 116444736000000000
	if n < toUnix || n > toUnix+1e17 {
		return time.Time{}, false
	}
	ticks := int64(n) - toUnix
	t := time.Unix(ticks/1e7, ticks%1e7*100).Round(10 * time.Microsecond)
	return t, isPlausible(t)
}

// isPlausible reports whether an instrument can have written the time: the program dates
// from the nineties.
func isPlausible(t time.Time) bool { return t.Year() >= 1990 && t.Year() < 2200 }

// parse combines a date and a time of day.
func (m moment) parse(date, day string) (time.Time, bool) {
	d, ok := clock(day)
	if !ok {
		return time.Time{}, false
	}
	american := strings.HasSuffix(strings.ToUpper(strings.TrimSpace(day)), "M")
	return m.choose(dates(date, american), d)
}

// choose returns the only date that is possible, or, of two that differ in the order of
// day and month, the one that fits the file.
func (m moment) choose(candidates []time.Time, day time.Duration) (time.Time, bool) {
	var fitting []time.Time
	for i, c := range candidates {
		t := time.Date(c.Year(), c.Month(), c.Day(), 0, 0, int(day/time.Second), 0, m.zone)
		candidates[i] = t
		if isNear(t, m.known) {
			fitting = append(fitting, t)
		}
	}
	switch {
	case len(candidates) == 1:
		return candidates[0], true
	case len(fitting) == 1:
		return fitting[0], true
	}
	return time.Time{}, false
}

// isNear reports whether two times are at most a day apart.
func isNear(a, b time.Time) bool { return a.Sub(b).Abs() <= 24*time.Hour }

// dates returns the days that a text can mean: 2018-11-13, 13.11.2018, 11/13/2018. With
// slashes both orders are in use; a twelve-hour clock goes with the American one.
func dates(text string, american bool) []time.Time {
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("/.- 年月日년월일", r) })
	if len(parts) != 3 {
		return nil
	}
	var n [3]int
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil {
			return nil
		}
		n[i] = v
	}
	if len(parts[0]) == 4 {
		return day(n[0], n[1], n[2])
	}
	switch {
	case n[2] >= 90 && n[2] < 100: // the program dates from the nineties
		n[2] += 1900
	case n[2] < 90:
		n[2] += 2000
	}
	european, us := day(n[2], n[1], n[0]), day(n[2], n[0], n[1])
	switch {
	case strings.Contains(text, "."):
		return european
	case american && us != nil, european == nil:
		return us
	case us == nil, n[0] == n[1]:
		return european
	}
	return append(us, european...)
}

func day(year, month, day int) []time.Time {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Day() != day || int(t.Month()) != month || !isPlausible(t) {
		return nil
	}
	return []time.Time{t}
}

// halves are the halves of a day in languages that write them before the hour.
var halves = []struct{ sign, half string }{
	{"上午", "AM"}, {"下午", "PM"}, {"午前", "AM"}, {"午後", "PM"}, {"오전", "AM"}, {"오후", "PM"},
}

// clock reads a time of day: 12:49:45 PM, 08:55:59 p.m., 下午 08:55:59, 20:54:33, 20:54.
func clock(text string) (time.Duration, bool) {
	for _, h := range halves {
		if before, after, ok := strings.Cut(text, h.sign); ok {
			text = before + after + " " + h.half
		}
	}
	text = strings.ToUpper(strings.NewReplacer(".", "", "\u202f", " ", "\u00a0", " ").Replace(strings.TrimSpace(text)))
	for _, form := range []string{"3:04:05 PM", "3:04:05PM", "15:04:05", "3:04 PM", "15:04"} {
		if t, err := time.Parse(form, text); err == nil {
			return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute +
				time.Duration(t.Second())*time.Second, true
		}
	}
	return 0, false
}
