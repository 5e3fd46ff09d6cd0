package cdcstest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	noAccess  = "The user doesn't have enough rights to access this document."
	noWriting = "The user does not have the permission to write into this workspace."
	noPublish = "The user doesn't have enough rights to publish."
	obsolete  = " Either set `content` or `xml_content` (deprecated). Set `BACKWARD_COMPATIBILITY_DATA_XML_CONTENT` " +
		"to `True` in the project settings to continue using `xml_content`."
)

// maxFileName is what file systems take; the document is kept in a file of the title.
const maxFileName = 255

func (s *Server) field() string {
	if s.options.ContentField {
		return "content"
	}
	return "xml_content"
}

// shown is a record as the interface shows it.
func (s *Server) shown(r *Record) map[string]any {
	stamp := func(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }
	m := map[string]any{
		"id": r.ID, "template": r.Template, "workspace": nil, "user_id": strconv.Itoa(r.Owner), "title": r.Title,
		"checksum":      nil,
		"creation_date": stamp(r.Created), "last_modification_date": stamp(r.Modified),
		"last_change_date": stamp(r.Changed), s.field(): r.XML,
	}
	if r.Workspace != 0 {
		m["workspace"] = r.Workspace
	}
	return m
}

// draft is what a create or update asks for, checked field by field.
type draft struct {
	title, xml          *string
	template, workspace int
	errors              map[string][]any
}

func (d *draft) fault(field, text string) { d.errors[field] = []any{text} }

func (x *exchange) draft(partial bool) draft {
	d := draft{errors: map[string][]any{}}
	x.draftTitle(&d, partial)
	x.draftContent(&d, partial)
	if partial {
		return d
	}
	d.template = x.draftKey(&d, "template", true, func(id int) bool { return x.s.template(id) != nil })
	d.workspace = x.draftKey(&d, "workspace", false, func(id int) bool { return x.s.workspace(id) != nil })
	return d
}

func (x *exchange) draftTitle(d *draft, partial bool) {
	v, given := x.fields["title"]
	if !given && partial {
		return
	}
	title, ok := v.(string)
	title = strings.TrimSpace(title)
	switch {
	case !given:
		d.fault("title", "This field is required.")
	case !ok:
		d.fault("title", "Not a valid string.")
	case title == "":
		d.fault("title", "This field may not be blank.")
	case strings.ContainsRune(title, 0):
		d.fault("title", "Null characters are not allowed.")
	case utf8.RuneCountInString(title) > 200:
		d.fault("title", "Ensure this field has no more than 200 characters.")
	}
	d.title = &title
}

// draftContent takes the document from the field of the server's mode; content alone
// counts only where it is that field, and both together are accepted.
func (x *exchange) draftContent(d *draft, partial bool) {
	field := x.s.field()
	v, given := x.fields[field]
	switch text := v.(type) {
	case string:
		d.xml = &text
	case nil:
		if given {
			d.fault(field, "This field may not be null."+obsolete)
		} else if !partial {
			d.fault(field, "This field is required."+obsolete)
		}
	default:
		wrong := "\x00int" // found out only when the document is parsed
		d.xml = &wrong
	}
}

func (x *exchange) draftKey(d *draft, field string, required bool, exists func(int) bool) int {
	v, given := x.fields[field]
	if !given || v == nil {
		if required {
			d.fault(field, "This field is required.")
		}
		return 0
	}
	id, err := strconv.Atoi(fmt.Sprint(v))
	switch {
	case err != nil:
		d.fault(field, "Incorrect type. Expected pk value, received str.")
	case !exists(id):
		d.fault(field, fmt.Sprintf("Invalid pk %q - object does not exist.", fmt.Sprint(v)))
	}
	return id
}

func create(x *exchange) (int, any) {
	d := x.draft(false)
	if len(d.errors) > 0 {
		return message(http.StatusBadRequest, d.errors)
	}
	if w := x.s.workspace(d.workspace); w != nil && w.Public && !x.user.Superuser && !x.user.MayPublish {
		return message(http.StatusInternalServerError, noPublish)
	}
	return x.store(d, x.user.ID)
}

// createFor is the superuser's way, which takes any owner and hides the validator's text.
func createFor(x *exchange) (int, any) {
	d := x.draft(false)
	if len(d.errors) > 0 {
		return message(http.StatusBadRequest, d.errors)
	}
	owner, err := strconv.Atoi(fmt.Sprint(x.fields["user_id"]))
	if err != nil {
		owner = x.user.ID
	}
	status, _ := x.store(d, owner)
	if status == http.StatusInternalServerError {
		return message(status, "The user doesn't have enough rights.")
	}
	r := x.s.records[x.s.last]
	if made, err := time.Parse(time.RFC3339, fmt.Sprint(x.fields["creation_date"])); err == nil {
		r.Created = made
	}
	shown := x.s.shown(r)
	delete(shown, "checksum")
	return status, shown
}

func (x *exchange) store(d draft, owner int) (int, any) {
	if strings.Trim(*d.title, ".") == "" {
		return message(http.StatusInternalServerError, fmt.Sprintf("Could not derive file name from '%s'", *d.title))
	}
	if len(*d.title) > maxFileName {
		return message(http.StatusInternalServerError, "[Errno 36] File name too long: '"+*d.title+"'")
	}
	xml, err := x.s.accept(*d.xml, 0)
	if err != nil {
		return message(http.StatusInternalServerError, err.Error())
	}
	x.s.last++
	now := time.Now()
	r := &Record{x.s.last, d.template, d.workspace, owner, *d.title, xml, now, now, now}
	x.s.records[r.ID] = r
	return http.StatusCreated, x.s.shown(r)
}

// record finds the record of the path.
func (x *exchange) record() (*Record, int, any) {
	id, err := strconv.Atoi(x.ids[0])
	if err != nil {
		status, payload := message(http.StatusInternalServerError, notANumber(x.ids[0]))
		return nil, status, payload
	}
	r := x.s.records[id]
	if r == nil {
		status, payload := message(http.StatusNotFound, "Data not found.")
		return nil, status, payload
	}
	return r, 0, nil
}

func notANumber(id string) string {
	return fmt.Sprintf("Field 'id' expected a number but got '%s'.", id)
}

func (s *Server) public(r *Record) bool {
	w := s.workspace(r.Workspace)
	return w != nil && w.Public
}

func (x *exchange) mayRead(r *Record) bool {
	return x.s.public(r) || x.user != nil && (x.user.Superuser || x.user.ID == r.Owner)
}

// writable says why the account may not change a record; "" when it may.
func (x *exchange) writable(r *Record) string {
	switch {
	case x.user.Superuser || x.user.ID == r.Owner:
		return ""
	case x.s.public(r):
		return noWriting
	}
	return noAccess
}

func read(x *exchange) (int, any) {
	r, status, refusal := x.record()
	if r == nil {
		return status, refusal
	}
	if !x.mayRead(r) {
		return message(http.StatusForbidden, noAccess)
	}
	return http.StatusOK, x.s.shown(r)
}

func download(x *exchange) (int, any) {
	r, status, refusal := x.record()
	if r == nil {
		return status, refusal
	}
	if !x.mayRead(r) {
		return message(http.StatusInternalServerError, noAccess)
	}
	return http.StatusOK, document(r.XML)
}

func update(x *exchange) (int, any) {
	r, status, refusal := x.record()
	if r == nil {
		return status, refusal
	}
	if refusal := x.writable(r); refusal != "" {
		return message(http.StatusForbidden, refusal)
	}
	d := x.draft(true)
	if len(d.errors) > 0 {
		return message(http.StatusBadRequest, d.errors)
	}
	if d.xml != nil {
		xml, err := x.s.accept(*d.xml, r.ID)
		if err != nil {
			return message(http.StatusInternalServerError, err.Error())
		}
		r.XML, r.Modified = xml, time.Now()
	}
	if d.title != nil {
		r.Title = *d.title
	}
	r.Changed = time.Now()
	return http.StatusOK, x.s.shown(r)
}

func remove(x *exchange) (int, any) {
	r, status, refusal := x.record()
	if r == nil {
		return status, refusal
	}
	if x.writable(r) != "" {
		return message(http.StatusForbidden, noAccess)
	}
	delete(x.s.records, r.ID)
	return http.StatusNoContent, nil
}

func assign(x *exchange) (int, any) {
	r, status, refusal := x.record()
	id, err := strconv.Atoi(x.ids[1])
	switch {
	case err != nil:
		return message(http.StatusInternalServerError, notANumber(x.ids[1]))
	case r == nil && status != http.StatusNotFound:
		return status, refusal
	case r == nil || x.s.workspace(id) == nil:
		return message(http.StatusNotFound, "Data or workspace not found.")
	case x.writable(r) != "":
		return message(http.StatusForbidden, noAccess)
	case !x.user.Superuser && !x.user.MayPublish:
		return message(http.StatusForbidden, noPublish)
	}
	r.Workspace, r.Changed = id, time.Now()
	return http.StatusOK, map[string]any{}
}

func changeOwner(x *exchange) (int, any) {
	r, status, refusal := x.record()
	if r == nil && status == http.StatusNotFound {
		return message(status, "Data or user not found.")
	}
	if r == nil {
		return status, refusal
	}
	id, err := strconv.Atoi(x.ids[1])
	if err != nil {
		return message(http.StatusInternalServerError, notANumber(x.ids[1]))
	}
	for _, u := range x.s.users {
		if u.ID == id {
			r.Owner, r.Changed = id, time.Now()
			return http.StatusOK, map[string]any{}
		}
	}
	return message(http.StatusInternalServerError, "User matching query does not exist.")
}

// numbers makes the numbers of a decoded body comparable.
func number(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := n.Float64()
	return f, err == nil
}
