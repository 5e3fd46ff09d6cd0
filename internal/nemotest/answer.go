package nemotest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// defaultPage is the size of pages when the one asked for is unusable.
const defaultPage = 1000

func send(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic("nemotest: answer: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(b) // the client may have gone
}

func detail(w http.ResponseWriter, status int, text string) {
	send(w, status, map[string]string{"detail": text})
}

// one answers the address of a single row.
func (s *Server) one(w http.ResponseWriter, table, id string) {
	n, err := strconv.Atoi(id)
	row := s.find(table, n)
	if err != nil || row == nil {
		kind := map[string]string{
			Tools: "Tool", Users: "User", Projects: "Project", Reservations: "Reservation", Events: "UsageEvent",
		}[table]
		detail(w, http.StatusNotFound, "No "+kind+" matches the given query.")
		return
	}
	send(w, http.StatusOK, s.shown(row, nil))
}

// list answers a question.
func (s *Server) list(w http.ResponseWriter, r *http.Request, table string) {
	query := r.URL.Query()
	if format := query.Get("format"); format != "" && format != "json" {
		detail(w, http.StatusNotFound, "Not found.")
		return
	}
	if query.Get("expand") != "" {
		detail(w, http.StatusNotImplemented, "This double expands no relations.")
		return
	}
	conditions, faults := s.conditions(table, query)
	if len(faults) > 0 {
		send(w, http.StatusBadRequest, faults)
		return
	}
	rows := []Row{}
	for _, row := range s.tables[table] {
		if !slices.ContainsFunc(conditions, func(c condition) bool { return !c(row) }) {
			rows = append(rows, row)
		}
	}
	sorted(table, rows)
	size, paged := s.pageSize(query)
	if !paged {
		send(w, http.StatusOK, s.trimmed(rows, query))
		return
	}
	s.page(w, r, rows, size)
}

func (s *Server) pageSize(query url.Values) (int, bool) {
	size, err := strconv.Atoi(query.Get("page_size"))
	if err != nil || size <= 0 {
		size = defaultPage
	}
	if s.most > 0 {
		return min(size, s.most), true
	}
	return size, query.Get("page_size") != ""
}

// page answers with one page of the rows.
func (s *Server) page(w http.ResponseWriter, r *http.Request, rows []Row, size int) {
	query := r.URL.Query()
	last := max(1, (len(rows)+size-1)/size)
	number := 1
	switch p := query.Get("page"); p {
	case "":
	case "last":
		number = last
	default:
		number, _ = strconv.Atoi(p) // 0 is refused below
	}
	if number < 1 || number > last {
		detail(w, http.StatusNotFound, "Invalid page.")
		return
	}
	link := func(n int) any {
		if n < 1 || n > last {
			return nil
		}
		q := r.URL.Query()
		q.Set("page", strconv.Itoa(n))
		if n == 1 {
			q.Del("page")
		}
		return "http://" + r.Host + r.URL.Path + "?" + q.Encode()
	}
	send(w, http.StatusOK, map[string]any{
		"count": len(rows), "next": link(number + 1), "previous": link(number - 1),
		"results": s.trimmed(rows[(number-1)*size:min(number*size, len(rows))], query),
	})
}

func (s *Server) trimmed(rows []Row, query url.Values) []Row {
	shown := make([]Row, len(rows))
	for i, row := range rows {
		shown[i] = s.shown(row, query)
	}
	return shown
}

// shown is a row as the answer has it: chosen fields, times in the server's zone.
func (s *Server) shown(row Row, query url.Values) Row {
	fields, omit := names(query.Get("fields")), names(query.Get("omit"))
	out := Row{}
	for name, v := range row {
		if fields != nil && !slices.Contains(fields, name) || slices.Contains(omit, name) {
			continue
		}
		if t, ok := v.(time.Time); ok {
			v = s.written(t)
		}
		out[name] = v
	}
	return out
}

func names(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

// written is a time as the answer has it.
func (s *Server) written(t time.Time) string {
	t = t.In(s.zone())
	layout := s.site.Layout
	if layout == "" {
		layout = "2006-01-02T15:04:05Z07:00"
		if t.Nanosecond()/1000 != 0 {
			layout = "2006-01-02T15:04:05.000000Z07:00"
		}
	}
	return t.Format(layout)
}
