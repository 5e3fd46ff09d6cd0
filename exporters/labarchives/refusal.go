package labarchives

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"unicode"

	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// The codes of the service that are acted on.
const (
	codeExpired    = "4504" // the time of the signature is too far from the service's
	codeKey        = "4506"
	codeUser       = "4507"
	codeNotebook   = "4509"
	codeLogin      = "4514"
	codeSignature  = "4520"
	codeTooLarge   = "4521"
	codeLDAP       = "4522"
	codeSession    = "4533"
	codeMayNotRead = "4501"
	codeMayNot     = "4502"
	codeInternal   = "4999"
)

// refusal is an answer that is no success, in the service's words.
type refusal struct {
	status int
	code   string // as the service numbers them; empty when it gave none
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

// refusalOf reads an error in an answer: at the root, where the service's documentation
// shows it, or below, where the reference found it; in the newer or the older spelling.
// It is nil when there is none.
func (c *client) refusalOf(k call, status int, root *element) *refusal {
	if root == nil {
		return nil
	}
	e := root.first("error")
	if e == nil {
		return nil
	}
	return c.refusal(k, status, e.word("error-code", "code"), e.word("error-description", "msg"))
}

// refusal makes one of its parts. The service may repeat in its words what it was sent.
func (c *client) refusal(k call, status int, code, said string) *refusal {
	r := &refusal{status: status, code: c.mask(k, code), kind: kindOf(status, code), text: fmt.Sprintf("HTTP %d", status)}
	if r.code != "" {
		r.text += fmt.Sprintf(", error code '%s'", r.code)
	}
	for _, part := range []string{c.mask(k, said), advice(r.code)} {
		if part != "" {
			r.text += ": " + part
		}
	}
	return r
}

// kindOf says what to do about a refusal. The service's own meanings of its codes count,
// not those in the notes of the reference.
func kindOf(status int, code string) nexuslims.Kind {
	switch code {
	case codeExpired, codeKey, codeUser, codeLogin, codeSignature, codeLDAP, codeSession, codeMayNotRead, codeMayNot:
		return nexuslims.Permission
	case codeNotebook:
		return nexuslims.NotFound
	case codeTooLarge:
		return nexuslims.Unsupported
	case codeInternal:
		return nexuslims.Internal
	}
	if status == http.StatusOK || status < http.StatusBadRequest {
		return nexuslims.Invalid
	}
	return (&httpx.StatusError{Status: status}).ErrorKind()
}

// advice says what an operator can do.
func advice(code string) string {
	const region = "accounts outside the US have another address in NX_LABARCHIVES_URL"
	switch code {
	case codeExpired:
		return "the clock of this machine is wrong"
	case codeKey:
		return "NX_LABARCHIVES_ACCESS_KEY_ID is not known there; " + region
	case codeUser:
		return "look NX_LABARCHIVES_USER_ID up again with nexuslims config labarchives-get-uid; " + region
	case codeLogin:
		return "login or password is wrong, or the one-hour token of the user menu (External App authentication) is over"
	case codeSignature:
		return "NX_LABARCHIVES_ACCESS_PASSWORD does not belong to the key id"
	case codeNotebook:
		return "NX_LABARCHIVES_NOTEBOOK_ID is not known there"
	}
	return ""
}

const maxMessage = 400 // characters of the service's words that are shown

var signatures = regexp.MustCompile(`[A-Za-z0-9+/]{86}==|(?:[A-Za-z0-9]|%2[BbFf]){80,}%3[Dd]%3[Dd]`)

// clean makes a text of the service fit for a log line: short, in one line, without
// addresses' queries, signatures and secrets.
func clean(text string, secrets []string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = httpx.Mask(text, secrets)
	text = httpx.Scrub(signatures.ReplaceAllString(text, "***"))
	blank := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
	text = strings.Join(strings.FieldsFunc(text, blank), " ")
	if runes := []rune(text); len(runes) > maxMessage {
		text = string(runes[:maxMessage]) + "…"
	}
	return text
}
