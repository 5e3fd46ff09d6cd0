package cdcstest

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	pageSize = 10
	maxList  = 100 // MAX_DOCUMENT_LIST
)

// sorted returns the wanted records, the one modified last first unless told otherwise.
func (s *Server) sorted(wanted func(*Record) bool, order string) []*Record {
	var all []*Record
	for _, r := range s.records {
		if wanted(r) {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b *Record) int {
		switch order {
		case "creation_date":
			return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
		case "title":
			return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID))
		}
		return cmp.Or(b.Modified.Compare(a.Modified), cmp.Compare(b.ID, a.ID))
	})
	return all
}

// byTitle is the filter of the two lists: exact, or a pattern without regard to case.
func (x *exchange) byTitle() func(*Record) bool {
	q := x.r.URL.Query()
	title := q.Get("title")
	template := q.Get("template")
	pattern, err := regexp.Compile("(?i)" + title)
	return func(r *Record) bool {
		if template != "" && template != strconv.Itoa(r.Template) {
			return false
		}
		if q.Get("regex") == "true" && err == nil {
			return pattern.MatchString(r.Title)
		}
		return !q.Has("title") || r.Title == title
	}
}

// listOwn shows only what belongs to the caller, superusers included.
func listOwn(x *exchange) (int, any) {
	fits := x.byTitle()
	return x.paged(x.s.sorted(func(r *Record) bool { return r.Owner == x.user.ID && fits(r) }, ""), x.s.shown)
}

func listAll(x *exchange) (int, any) {
	all := []any{}
	for _, r := range x.s.sorted(x.byTitle(), "") {
		shown := x.s.shown(r)
		delete(shown, "checksum")
		all = append(all, shown)
	}
	return http.StatusOK, all
}

func query(x *exchange) (int, any) {
	wanted, given := x.fields["query"].(map[string]any)
	if !given {
		return message(http.StatusBadRequest, "Expected parameters not provided.")
	}
	if err := checkQuery(wanted); err != nil {
		return message(http.StatusInternalServerError, err.Error())
	}
	if title, _ := x.fields["title"].(string); strings.Contains(title, "$") {
		return message(http.StatusInternalServerError, "Unsupported $ operator found.")
	}
	templates, err := identifiers(x.fields["templates"])
	if err != nil {
		return message(http.StatusInternalServerError, err.Error())
	}
	workspaces, _ := identifiers(x.fields["workspaces"])
	order, _ := x.fields["order_by_field"].(string)
	hits := x.s.sorted(func(r *Record) bool {
		if title, ok := x.fields["title"].(string); ok && title != r.Title {
			return false
		}
		return (templates == nil || slices.Contains(templates, r.Template)) &&
			(workspaces == nil || slices.Contains(workspaces, r.Workspace)) && x.mayRead(r) && matches(wanted, r.XML)
	}, order)
	shown := x.s.shown
	if x.fields["xpath"] != nil { // the projection itself is not modelled, its side effect is
		shown = func(r *Record) map[string]any {
			m := x.s.shown(r)
			m[x.s.field()], m["last_modification_date"] = []any{}, time.Now().UTC().Format(time.RFC3339Nano)
			return m
		}
	}
	if x.fields["all"] == nil {
		return x.paged(hits, shown)
	}
	if len(hits) > maxList {
		return message(http.StatusBadRequest, "Number of documents is over the limit.")
	}
	all := []any{}
	for _, r := range hits {
		all = append(all, shown(r))
	}
	return http.StatusOK, all
}

// identifiers reads [{"id": "2"}]; the word None is no workspace.
func identifiers(v any) ([]int, error) {
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		return nil, nil
	}
	var ids []int
	for _, e := range list {
		m, _ := e.(map[string]any)
		text := fmt.Sprint(m["id"])
		id, err := strconv.Atoi(text)
		if err != nil && text != "None" {
			return nil, said(notANumber(text))
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func (x *exchange) paged(all []*Record, shown func(*Record) map[string]any) (int, any) {
	last := max(1, (len(all)+pageSize-1)/pageSize)
	page := 1
	if text := x.r.URL.Query().Get("page"); text == "last" {
		page = last
	} else if text != "" {
		page, _ = strconv.Atoi(text)
	}
	if page < 1 || page > last {
		return message(http.StatusInternalServerError, "Invalid page.")
	}
	results := []any{}
	for _, r := range all[(page-1)*pageSize : min(page*pageSize, len(all))] {
		results = append(results, shown(r))
	}
	return http.StatusOK, map[string]any{
		"count": len(all), "next": x.pageURL(page+1, last), "previous": x.pageURL(page-1, last), "results": results,
	}
}

func (x *exchange) pageURL(page, last int) any {
	if page < 1 || page > last {
		return nil
	}
	q := x.r.URL.Query()
	q.Set("page", strconv.Itoa(page))
	if page == 1 {
		q.Del("page")
	}
	return (&url.URL{Scheme: "http", Host: x.r.Host, Path: x.r.URL.Path, RawQuery: q.Encode()}).String()
}

// checkQuery refuses what the server's translator of queries refuses.
func checkQuery(wanted map[string]any) error {
	for key, v := range wanted {
		switch v := v.(type) {
		case map[string]any:
			for operator, value := range v {
				return sayf("Unsupported operator found: {'%s': %v}", operator, value)
			}
		case string:
			if strings.Contains(v, "$") {
				return said("Unsupported $ operator found.")
			}
		case []any:
			if key != "$or" && key != "$and" {
				continue
			}
			for _, part := range v {
				if m, ok := part.(map[string]any); ok {
					if err := checkQuery(m); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

func matches(wanted map[string]any, xml string) bool {
	if len(wanted) == 0 {
		return true
	}
	values := flatten(xml)
	for key, v := range wanted {
		if parts, ok := v.([]any); ok && (key == "$or" || key == "$and") {
			fits := func(part any) bool { m, ok := part.(map[string]any); return ok && matches(m, xml) }
			if key == "$or" && !slices.ContainsFunc(parts, fits) ||
				key == "$and" && slices.ContainsFunc(parts, func(p any) bool { return !fits(p) }) {
				return false
			}
			continue
		}
		if !slices.ContainsFunc(values[key], func(text string) bool { return equal(text, v) }) {
			return false
		}
	}
	return true
}

// equal compares a stored text with a wanted value: texts that look like numbers are
// stored as numbers, and a text between slashes is a pattern.
func equal(text string, wanted any) bool {
	stored, err := strconv.ParseFloat(text, 64)
	if n, ok := number(wanted); ok {
		return err == nil && stored == n
	}
	s, ok := wanted.(string)
	if !ok || err == nil {
		return false
	}
	if len(s) > 1 && s[0] == '/' && s[len(s)-1] == '/' {
		found, err := regexp.MatchString(s[1:len(s)-1], text)
		return err == nil && found
	}
	return text == s
}
