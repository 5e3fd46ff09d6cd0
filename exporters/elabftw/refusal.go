package elabftw

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

// refusal is an answer that is no success, in the server's words.
type refusal struct {
	status int
	kind   nexuslims.Kind
	text   string // one line, scrubbed
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

// refusedWith reports whether an error is an answer of one of these statuses.
func refusedWith(err error, statuses ...int) bool {
	var r *refusal
	if !errors.As(err, &r) {
		return false
	}
	for _, s := range statuses {
		if r.status == s {
			return true
		}
	}
	return false
}

const maxMessage = 400 // characters of a server's message that are shown

// explain turns an answer of the server into a refusal; other errors stay what they are.
// Up to 5.3 message is a fixed word for the status and the reason stands in description;
// since 5.4 the reason is the message. Both may be translated: what an answer means is
// decided by its status, and by known texts where one status means several things.
func (c *client) explain(err error) error {
	var answer *httpx.StatusError
	if !errors.As(err, &answer) {
		return err
	}
	var body struct {
		Message     string `json:"message"`
		Description string `json:"description"`
	}
	_ = json.Unmarshal(answer.Body, &body) // a page has neither
	isJSON := json.Valid(answer.Body)
	said := c.clean(body.Message)
	if more := c.clean(body.Description); more != "" && more != said {
		said = strings.TrimPrefix(said+": "+more, ": ")
	}
	r := &refusal{status: answer.Status}
	var why string
	r.kind, why = meaning(answer.Status, isJSON, said)
	r.text = fmt.Sprintf("status %d", answer.Status)
	for _, part := range []string{why, said} {
		if part != "" {
			r.text += ": " + part
		}
	}
	return nexuslims.E(r.kind, answer.Method, answer.URL, r)
}

// meaning says what an answer stands for and what to do about it.
func meaning(status int, isJSON bool, said string) (nexuslims.Kind, string) {
	switch status {
	case http.StatusUnauthorized:
		return nexuslims.Permission, "the key is refused"
	case http.StatusForbidden:
		return nexuslims.Permission, "the key's user may not do this"
	case http.StatusBadRequest:
		return badRequest(said)
	case http.StatusNotFound, http.StatusGone:
		if !isJSON {
			return nexuslims.Invalid, "there is no such page: NX_ELABFTW_URL is not the root of an eLabFTW"
		}
		return nexuslims.NotFound, ""
	case http.StatusRequestEntityTooLarge:
		return nexuslims.Invalid, "the file is larger than the server takes"
	case http.StatusUnprocessableEntity:
		return nexuslims.Conflict, "people archived or deleted the experiment"
	case http.StatusInternalServerError:
		if strings.Contains(said, "not allowed to perform that action") { // how 5.3 says 403
			return nexuslims.Permission, "the key's user may not do this"
		}
		return nexuslims.Internal, "the server could not do it"
	}
	return (&httpx.StatusError{Status: status}).ErrorKind(), ""
}

func badRequest(said string) (nexuslims.Kind, string) {
	switch {
	case strings.Contains(said, "read-only key"):
		return nexuslims.Permission, "the key may only read"
	case strings.Contains(said, "must use a template"):
		return nexuslims.Invalid, "the team demands a template: set NX_ELABFTW_EXPERIMENT_TEMPLATE to its id"
	case strings.Contains(said, "is being edited by"), strings.Contains(said, "exclusive edit mode"):
		return nexuslims.Conflict, "a person has it open"
	}
	return nexuslims.Invalid, "refused"
}

// clean makes a text of the server fit for a log line: short, in one line, without
// addresses' queries, without the key.
func (c *client) clean(text string) string {
	text = strings.ReplaceAll(text, c.key.Reveal(), "***")
	if _, secret, found := strings.Cut(c.key.Reveal(), "-"); found && len(secret) > 8 {
		text = strings.ReplaceAll(text, secret, "***")
	}
	text = httpx.Scrub(nexuslims.ValidText(text))
	blank := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
	text = strings.Join(strings.FieldsFunc(text, blank), " ")
	if runes := []rune(text); len(runes) > maxMessage {
		text = string(runes[:maxMessage]) + "…"
	}
	return text
}
