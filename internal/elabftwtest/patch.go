package elabftwtest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

// patch applies the fields one by one, in their order: an error leaves the earlier ones
// changed.
func (x *exchange) patch(e *Experiment) reply {
	if e.EditedBy != "" {
		return x.s.refuse(http.StatusBadRequest, "This entry is being edited by "+e.EditedBy+".")
	}
	d := json.NewDecoder(bytes.NewReader(x.body))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return ok(x.s.whole(e))
	}
	var fields [][2]string
	for d.More() {
		name, _ := d.Token() // the body is valid JSON
		var raw json.RawMessage
		_ = d.Decode(&raw)
		key, _ := name.(string)
		fields = append(fields, [2]string{key, text(raw)})
	}
	if len(fields) == 1 && fields[0][0] == "action" {
		return x.s.refuse(http.StatusBadRequest, "Invalid action parameter.")
	}
	for _, f := range fields {
		if refusal := x.s.set(e, f[0], f[1]); refusal != nil {
			return *refusal
		}
	}
	return ok(x.s.whole(e))
}

// text turns a value into a text, as PHP does: of an object becomes a word.
func text(raw json.RawMessage) string {
	var s string
	switch {
	case json.Unmarshal(raw, &s) == nil:
		return s
	case len(raw) > 0 && (raw[0] == '{' || raw[0] == '['):
		return "Array"
	}
	return string(raw)
}

func (s *Server) set(e *Experiment, field, value string) *reply {
	number, _ := strconv.Atoi(value) // what is no number is 0, as in PHP
	switch field {
	case "title":
		e.Title = titled(value)
	case "body":
		if len(value) > maxBody {
			refusal := s.refuse(http.StatusBadRequest, "Content is too big! Cannot save!")
			return &refusal
		}
		e.Body = Purify(value)
	case "metadata":
		if value != "" && !json.Valid([]byte(value)) {
			refusal := s.refuse(http.StatusInternalServerError, "SQLSTATE[22032]: Invalid JSON text: 3140 Invalid JSON text")
			return &refusal
		}
		e.Metadata = value
	case "category":
		e.Category = number
	case "status":
		if refusal := s.badStatus(number); refusal != nil {
			return refusal
		}
		e.Status = number
	case "content_type":
		e.ContentType = number
	case "state":
		e.State = number
	case "date", "rating", "custom_id":
	default:
		refusal := s.refuse(http.StatusBadRequest, "Invalid update target.")
		return &refusal
	}
	return nil
}
