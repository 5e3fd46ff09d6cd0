package cdcs

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// refusal is an answer that is no success, in the site's words.
type refusal struct {
	status  int
	kind    nexuslims.Kind
	text    string          // one line, scrubbed
	message json.RawMessage // as sent
	json    bool
}

// Error says what was refused and why.
func (r *refusal) Error() string { return r.text }

// ErrorKind returns the kind.
func (r *refusal) ErrorKind() nexuslims.Kind { return r.kind }

// Is reports whether target is the kind.
func (r *refusal) Is(target error) bool {
	k, ok := target.(nexuslims.Kind)
	return ok && k == r.kind
}

// names reports whether the site finds fault with a field.
func (r *refusal) names(field string) bool {
	var fields map[string]json.RawMessage
	return json.Unmarshal(r.message, &fields) == nil && fields[field] != nil
}

// says reports whether the site's message holds a text.
func (r *refusal) says(text string) bool { return strings.Contains(r.text, text) }

const maxMessage = 400 // characters of a site's message that are shown

// explain turns an answer of the site into a refusal; other errors stay what they are.
func (c *client) explain(err error) error {
	var answer *httpx.StatusError
	if !errors.As(err, &answer) {
		return err
	}
	var body struct {
		Detail  json.RawMessage `json:"detail"`
		Message json.RawMessage `json:"message"`
	}
	r := &refusal{status: answer.Status, json: json.Unmarshal(answer.Body, &body) == nil}
	r.message = body.Message
	said := c.clean(words(body.Message))
	if body.Detail != nil {
		said = c.clean(words(body.Detail))
	}
	if said == "" && r.json && answer.Status == http.StatusBadRequest {
		said = c.clean(words(answer.Body)) // accounts are refused without a wrapper
	}
	var why string
	r.kind, why = meaning(r, body.Detail != nil, said)
	r.text = fmt.Sprintf("status %d", answer.Status)
	for _, part := range []string{why, said} {
		if part != "" {
			r.text += ": " + part
		}
	}
	return nexuslims.E(r.kind, answer.Method, answer.URL, r)
}

// meaning says what an answer stands for and what to do about it.
func meaning(r *refusal, framework bool, said string) (nexuslims.Kind, string) {
	denied := strings.Contains(said, "enough rights") || strings.Contains(said, "permission")
	switch r.status {
	case http.StatusUnauthorized:
		return nexuslims.Permission, "the token is refused"
	case http.StatusForbidden:
		if framework && !denied {
			return nexuslims.Permission, "the token is refused"
		}
		return nexuslims.Permission, "the account may not do this"
	case http.StatusNotFound, http.StatusGone:
		if !r.json {
			return nexuslims.Invalid, "there is no such page: NX_CDCS_URL is not the root of a CDCS"
		}
		return nexuslims.NotFound, ""
	case http.StatusRequestEntityTooLarge:
		return nexuslims.Invalid, "the record is larger than the site takes"
	case http.StatusInternalServerError:
		return internal(r, denied)
	}
	return (&httpx.StatusError{Status: r.status}).ErrorKind(), ""
}

// internal tells the uses of status 500 apart: access control, documents and other
// values that are not valid, and a server that is broken for now.
func internal(r *refusal, denied bool) (nexuslims.Kind, string) {
	switch {
	case denied:
		return nexuslims.Permission, "the account may not do this"
	case len(r.message) > 0:
		return nexuslims.Invalid, "refused"
	}
	return nexuslims.Transient, "the server is in trouble"
}

// words flattens a message, which may be a text or lists of texts by field.
func words(raw json.RawMessage) string {
	var v any
	if len(raw) == 0 || json.Unmarshal(raw, &v) != nil {
		return ""
	}
	if text, ok := v.(string); ok {
		return text
	}
	return string(raw)
}

// clean makes a text of the site fit for a log line: short, in one line, without
// addresses' queries, without the token.
func (c *client) clean(text string) string {
	text = strings.ReplaceAll(text, c.token.Reveal(), "***")
	text = httpx.Scrub(strings.ToValidUTF8(text, "\uFFFD"))
	blank := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
	text = strings.Join(strings.FieldsFunc(text, blank), " ")
	if runes := []rune(text); len(runes) > maxMessage {
		text = string(runes[:maxMessage]) + "…"
	}
	return text
}
