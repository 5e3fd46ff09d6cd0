package nemotest

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	noChoice = "Select a valid choice. That choice is not one of the available choices."
	noNumber = "Enter a number."
	noTime   = "Enter a valid date/time."
)

// relations maps the fields that refer to rows to the table of these rows.
func relations(table string) map[string]string {
	switch table {
	case Reservations:
		return map[string]string{
			"tool": Tools, "user": Users, "creator": Users, "project": Projects, "cancelled_by": Users, "descendant": Reservations,
		}
	case Events:
		return map[string]string{"tool": Tools, "user": Users, "operator": Users, "project": Projects}
	}
	return nil
}

// condition tells whether a row matches.
type condition func(Row) bool

// filter is a question being understood.
type filter struct {
	s      *Server
	table  string
	faults map[string][]string
	all    []condition
}

// conditions understands the parameters; faults are those that NEMO answers with 400.
func (s *Server) conditions(table string, q url.Values) ([]condition, map[string][]string) {
	f := &filter{s: s, table: table, faults: map[string][]string{}}
	for name, values := range q {
		value := values[len(values)-1] // the last one counts
		if value == "" {
			continue // no filter
		}
		field, lookup, _ := strings.Cut(name, "__")
		f.add(name, field, lookup, value)
	}
	return f.all, f.faults
}

func (f *filter) add(name, field, lookup, value string) {
	switch {
	case field == "id":
		f.ids(name, "id", lookup, value, "")
	case relations(f.table)[strings.TrimSuffix(field, "_id")] != "":
		field = strings.TrimSuffix(field, "_id")
		f.ids(name, field, lookup, value, relations(f.table)[field])
	case isTime(field) && f.table != Users:
		f.times(name, field, lookup, value)
	case slices.Contains([]string{"cancelled", "missed", "shortened", "visible", "is_active", "active"}, field) && lookup == "":
		if want, ok := truth(value); ok {
			f.all = append(f.all, func(r Row) bool { return r[field] == want })
		}
	case slices.Contains([]string{"username", "name", "first_name", "last_name"}, field):
		f.texts(field, lookup, value)
	}
}

// ids reads a filter on numbers. Of relations only existing ids are accepted.
func (f *filter) ids(name, field, lookup, value, related string) {
	if lookup == "isnull" {
		if want, ok := truth(value); ok {
			f.all = append(f.all, func(r Row) bool { return (r[field] == nil) == want })
		}
		return
	}
	if lookup != "" && lookup != "in" {
		return
	}
	var ids []any
	parts := []string{value}
	if lookup == "in" {
		parts = strings.Split(value, ",")
	}
	for _, p := range parts {
		n, err := strconv.Atoi(strings.TrimSpace(p))
		switch {
		case related != "" && (err != nil || f.s.find(related, n) == nil):
			f.faults[name] = []string{noChoice}
		case err != nil:
			f.faults[name] = []string{noNumber}
		}
		ids = append(ids, n)
	}
	f.all = append(f.all, func(r Row) bool { return slices.Contains(ids, r[field]) })
}

func (f *filter) times(name, field, lookup, value string) {
	if lookup == "isnull" {
		if want, ok := truth(value); ok {
			f.all = append(f.all, func(r Row) bool { return (r[field] == nil) == want })
		}
		return
	}
	tests := map[string]func(int) bool{
		"": func(c int) bool { return c == 0 }, "gte": func(c int) bool { return c >= 0 }, "gt": func(c int) bool { return c > 0 },
		"lte": func(c int) bool { return c <= 0 }, "lt": func(c int) bool { return c < 0 },
	}
	test, known := tests[lookup]
	if !known {
		return
	}
	bound, ok := readTime(value, f.s.zone())
	if !ok {
		f.faults[name] = []string{noTime}
		return
	}
	f.all = append(f.all, func(r Row) bool {
		t, ok := r[field].(time.Time)
		return ok && test(t.Compare(bound))
	})
}

func (f *filter) texts(field, lookup, value string) {
	tests := map[string]func(string) bool{
		"":          func(s string) bool { return s == value },
		"iexact":    func(s string) bool { return strings.EqualFold(s, value) },
		"in":        func(s string) bool { return slices.Contains(strings.Split(value, ","), s) },
		"contains":  func(s string) bool { return strings.Contains(s, value) },
		"icontains": func(s string) bool { return strings.Contains(strings.ToLower(s), strings.ToLower(value)) },
	}
	if test, known := tests[lookup]; known {
		f.all = append(f.all, func(r Row) bool { s, _ := r[field].(string); return test(s) })
	}
}

// truth reads a boolean; anything but these words is no filter.
func truth(s string) (value, ok bool) {
	switch strings.ToLower(s) {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}

// readTime reads what NEMO accepts as the bound of a filter. A time without offset is in
// the server's zone; one that does not exist there, or exists twice, is refused.
func readTime(text string, zone *time.Location) (time.Time, bool) {
	text = regexp.MustCompile(`([+-]\d{2})(\d{2})$`).ReplaceAllString(text, "$1:$2")
	t := strings.Replace(text, " ", "T", 1)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00"} {
		if at, err := time.Parse(layout, t); err == nil {
			return at, true
		}
	}
	for _, layout := range []string{
		"2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly, "01/02/2006T15:04:05", "01/02/2006T15:04", "01/02/2006",
	} {
		wall, err := time.Parse(layout, t)
		if err != nil {
			continue
		}
		var found []time.Time
		for _, near := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
			_, offset := wall.Add(near).In(zone).Zone()
			at := wall.Add(-time.Duration(offset) * time.Second).In(zone)
			if _, real := at.Zone(); real == offset {
				found = append(found, at)
			}
		}
		if len(found) == 0 || !found[0].Equal(found[len(found)-1]) {
			return time.Time{}, false
		}
		return found[0], true
	}
	return time.Time{}, false
}

// sorted gives rows the order of the API: newest start first, or by name; among equals
// the lower id, which the server leaves open.
func sorted(table string, rows []Row) {
	type key struct {
		row   Row
		id    int
		text  string
		start time.Time
	}
	name := map[string]string{Users: "first_name"}[table]
	keys := make([]key, len(rows))
	for i, r := range rows {
		k := key{row: r, id: number(r["id"])}
		k.text, _ = r[cmp.Or(name, "name")].(string)
		k.start, _ = r["start"].(time.Time)
		keys[i] = k
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(b.start.Compare(a.start), cmp.Compare(a.text, b.text), cmp.Compare(a.id, b.id))
	})
	for i, k := range keys {
		rows[i] = k.row
	}
}

func number(v any) int { n, _ := v.(int); return n }
