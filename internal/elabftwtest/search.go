package elabftwtest

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// list answers with a page of experiments, of which it shows half.
func (x *exchange) list() reply {
	q := x.r.URL.Query()
	match, metadata, refusal := x.search(q)
	if refusal != nil {
		return *refusal
	}
	states := cmp.Or(q.Get("state"), "1")
	var hits []*Experiment
	for _, id := range slices.Sorted(maps.Keys(x.s.experiments)) {
		e := x.s.experiments[id]
		own := q.Get("scope") != "1" || e.Owner == x.key.user
		if own && slices.Contains(strings.Split(states, ","), strconv.Itoa(e.State)) && match(e) {
			hits = append(hits, e)
		}
	}
	if q.Get("sort") != "asc" {
		slices.Reverse(hits)
	}
	rows := []map[string]any{}
	for _, e := range window(hits, q) {
		row := x.s.row(e)
		if metadata && !x.s.options.BareLists {
			row["metadata"] = nullable(e.Metadata)
		}
		rows = append(rows, row)
	}
	return ok(rows)
}

func window(hits []*Experiment, q url.Values) []*Experiment {
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit < 1 {
		limit = 15
	}
	offset, _ := strconv.Atoi(q.Get("offset")) // none is 0
	offset = min(max(offset, 0), len(hits))
	return hits[offset:min(offset+limit, len(hits))]
}

var term = regexp.MustCompile(`^(title|extrafield:"((?:[^"\\]|\\.)+)"):"((?:[^"\\]|\\.)+)"$`)

// search understands the two terms of the advanced search that an exporter needs. Metadata
// is true for those that look into it.
func (x *exchange) search(q url.Values) (match func(*Experiment) bool, metadata bool, refusal *reply) {
	text := q.Get("extended")
	if text == "" {
		return func(*Experiment) bool { return true }, false, nil
	}
	m := term.FindStringSubmatch(text)
	if m == nil || strings.ContainsAny(text, "\n\r\f") {
		bad := x.s.refuse(http.StatusBadRequest, "Advanced search: syntax error")
		return nil, false, &bad
	}
	like := like(m[3])
	if m[1] == "title" {
		return func(e *Experiment) bool { return like.MatchString(e.Title) }, false, nil
	}
	return func(e *Experiment) bool { return like.MatchString(fieldValue(e, m[2])) }, true, nil
}

// like makes a pattern of the database: a part of the text, case does not count, % and _
// are wildcards unless escaped.
func like(pattern string) *regexp.Regexp {
	var b strings.Builder
	escaped := false
	for _, r := range pattern {
		switch {
		case !escaped && r == '\\':
			escaped = true
			continue
		case !escaped && r == '%':
			b.WriteString(".*")
		case !escaped && r == '_':
			b.WriteString(".")
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
		escaped = false
	}
	return regexp.MustCompile("(?is)" + b.String())
}

func fieldValue(e *Experiment, name string) string {
	var m struct {
		Fields map[string]struct {
			Value any `json:"value"`
		} `json:"extra_fields"`
	}
	if json.Unmarshal([]byte(e.Metadata), &m) != nil {
		return ""
	}
	for k, f := range m.Fields {
		if text, isText := f.Value.(string); isText && strings.EqualFold(k, name) {
			return text
		}
	}
	return ""
}
