package elabftwtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const (
	normal   = 1
	archived = 2
	deleted  = 3

	maxBody = 4_120_000
)

func (x *exchange) experiments() reply {
	if x.part(1) == "" {
		switch x.r.Method {
		case http.MethodGet:
			return x.list()
		case http.MethodPost:
			return x.create()
		}
		return x.s.refuse(http.StatusBadRequest, "Invalid action parameter.")
	}
	e := x.s.experiments[x.number(1)]
	if e == nil {
		return x.s.refuse(http.StatusNotFound, "Nothing to show with this id")
	}
	if x.r.Method != http.MethodGet {
		if refusal := x.mayWrite(e); refusal != nil {
			return *refusal
		}
	}
	switch x.part(2) {
	case "":
		return x.one(e)
	case "uploads":
		return x.uploads(e)
	case "tags":
		return x.entityTags(e)
	}
	return x.s.refuse(http.StatusBadRequest, "Incorrect submodel.")
}

func (x *exchange) mayWrite(e *Experiment) *reply {
	var refusal reply
	switch {
	case e.Owner != x.key.user, e.Locked:
		refusal = x.s.forbid()
	case e.State == deleted && x.r.Method != http.MethodDelete:
		refusal = x.s.refuse(http.StatusUnprocessableEntity, "Only the Restore action is allowed on a deleted entity.")
	case e.State == archived && x.r.Method != http.MethodDelete:
		refusal = x.s.refuse(http.StatusUnprocessableEntity, "Only the Unarchive action is allowed on an archived entity.")
	default:
		return nil
	}
	return &refusal
}

func (x *exchange) one(e *Experiment) reply {
	switch x.r.Method {
	case http.MethodGet:
		return ok(x.s.whole(e))
	case http.MethodPatch:
		return x.patch(e)
	case http.MethodDelete:
		e.State = deleted
		return reply{Status: http.StatusNoContent, Header: http.Header{}}
	}
	return x.s.refuse(http.StatusBadRequest, "Invalid action parameter.")
}

// put stores an experiment under a new id.
func (s *Server) put(e Experiment) int {
	if e.ID == 0 {
		e.ID = s.last + 1
	}
	s.last = max(s.last, e.ID)
	if e.State == 0 {
		e.State = normal
	}
	if e.ContentType == 0 {
		e.ContentType = 1
	}
	if e.Owner == 0 {
		e.Owner = 1
	}
	if e.ElabID == "" {
		e.ElabID = fmt.Sprintf("20260102-%040d", e.ID)
	}
	s.experiments[e.ID] = &e
	return e.ID
}

// create makes an experiment, and then its tags: what is refused there leaves it behind.
func (x *exchange) create() reply {
	var in struct {
		Template    *int            `json:"template"`
		Title       string          `json:"title"`
		Body        string          `json:"body"`
		Tags        json.RawMessage `json:"tags"`
		Metadata    json.RawMessage `json:"metadata"`
		Category    int             `json:"category"`
		Status      int             `json:"status"`
		ContentType int             `json:"content_type"`
	}
	if len(x.body) > 0 {
		if err := json.Unmarshal(x.body, &in); err != nil {
			return x.s.refuse(http.StatusInternalServerError, "TypeError: "+err.Error())
		}
	}
	if in.Template != nil && *in.Template > 0 {
		return x.copyTemplate(*in.Template, in.Title)
	}
	if x.s.options.ForceTemplate {
		return x.s.refuse(http.StatusBadRequest, "Experiments must use a template!")
	}
	if len(in.Body) > maxBody {
		return x.s.refuse(http.StatusBadRequest, "Content is too big! Cannot save!")
	}
	if refusal := x.s.badStatus(in.Status); refusal != nil {
		return *refusal
	}
	e := Experiment{
		Title: titled(in.Title), Body: Purify(in.Body), Owner: x.key.user,
		Category: max(in.Category, 0), Status: max(in.Status, 0),
	}
	if text := strings.TrimSpace(string(in.Metadata)); text != "" && text != "null" {
		e.Metadata = text // a text becomes a text inside a text
	}
	e.ContentType = x.s.contentType(in.ContentType)
	id := x.s.put(e)
	for _, tag := range texts(in.Tags) {
		if refusal := x.s.tag(x.s.experiments[id], tag); refusal != nil {
			return *refusal
		}
	}
	return x.s.made("experiments/" + strconv.Itoa(id))
}

// contentType is what was asked for since 5.4, and the user's preference before.
func (s *Server) contentType(asked int) int {
	switch {
	case s.version >= 50400 && asked != 0:
		return asked
	case s.options.Markdown:
		return 2
	}
	return 1
}

func (s *Server) badStatus(id int) *reply {
	if id <= 0 || slices.ContainsFunc(s.statuses, func(c Choice) bool { return c.ID == id }) {
		return nil
	}
	refusal := s.refuse(http.StatusInternalServerError, "SQLSTATE[23000]: Integrity constraint violation: "+
		"1452 Cannot add or update a child row: a foreign key constraint fails")
	return &refusal
}

func (x *exchange) copyTemplate(id int, title string) reply {
	t := x.s.templates[id]
	if t == nil {
		return x.s.refuse(http.StatusNotFound, "Nothing to show with this id")
	}
	e := *t
	e.ID, e.Owner, e.ElabID, e.State = 0, x.key.user, "", normal
	e.Tags = slices.Clone(t.Tags)
	if x.s.version >= 50400 && title != "" {
		e.Title = titled(title)
	}
	return x.s.made("experiments/" + strconv.Itoa(x.s.put(e)))
}

// texts reads a list of texts, or one.
func texts(raw json.RawMessage) []string {
	var many []string
	var one string
	if json.Unmarshal(raw, &many) == nil {
		return many
	}
	if json.Unmarshal(raw, &one) == nil && one != "" {
		return []string{one}
	}
	return nil
}

const maxTitle = 255

// titled is what the server makes of a title.
func titled(text string) string {
	text = strings.TrimSpace(strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(text))
	if runes := []rune(text); len(runes) > maxTitle {
		text = string(runes[:maxTitle])
	}
	if text == "" {
		return "Untitled"
	}
	return text
}

// whole is an experiment as it is shown alone.
func (s *Server) whole(e *Experiment) map[string]any {
	all := s.row(e)
	all["body"], all["body_html"], all["content_type"] = e.Body, e.Body, e.ContentType
	all["elabid"], all["page"], all["type"] = e.ElabID, "experiments.php", "experiments"
	all["metadata"] = nullable(e.Metadata)
	all["sharelink"] = fmt.Sprintf("%s/experiments.php?mode=view&id=%d", s.options.SiteURL, e.ID)
	if e.AccessKey != "" {
		all["sharelink"] = fmt.Sprintf("%s&access_key=%s", all["sharelink"], e.AccessKey)
	}
	var decoded any
	if json.Unmarshal([]byte(e.Metadata), &decoded) == nil {
		all["metadata_decoded"] = decoded
	}
	uploads := []map[string]any{}
	for i := len(e.Uploads) - 1; i >= 0; i-- { // newest first
		if u := e.Uploads[i]; u.State == normal {
			uploads = append(uploads, s.upload(e, u))
		}
	}
	all["uploads"] = uploads
	all["exclusive_edit_mode"] = []any{} // what PHP makes of nothing
	if e.EditedBy != "" {
		all["exclusive_edit_mode"] = map[string]any{
			"locked_by": 2, "locked_by_human": e.EditedBy, "locked_at": created, "is_stale": 0,
		}
	}
	for _, list := range []string{"steps", "comments", "experiments_links", "items_links"} {
		all[list] = []any{}
	}
	return all
}

// row is an experiment as it is shown in lists.
func (s *Server) row(e *Experiment) map[string]any {
	var tags, ids []string
	for _, t := range e.Tags {
		tags, ids = append(tags, t), append(ids, strconv.Itoa(s.tagID(t)))
	}
	return map[string]any{
		"id": e.ID, "title": e.Title, "category": zeroNull(e.Category), "status": zeroNull(e.Status), "state": e.State,
		"locked": boolInt(e.Locked), "userid": e.Owner, "team": 1, "date": "2026-01-02", "created_at": created,
		"modified_at": created, "custom_id": nil, "rating": 0, "fullname": "Ned Land",
		"tags": nullable(strings.Join(tags, "|")), "tags_id": nullable(strings.Join(ids, ",")),
	}
}

func nullable(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func zeroNull(n int) any {
	if n == 0 {
		return nil
	}
	return n
}
