package httpx

import (
	"fmt"
	"net/http"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// StatusError is an answer with a status that is no success.
type StatusError struct {
	Method string
	URL    string // without query
	Status int
	Header http.Header
	Body   []byte // the beginning of the body, at most 64 KiB; for the caller to understand, not to print
}

// Error names method, address and status; never the body.
func (e *StatusError) Error() string {
	return fmt.Sprintf("%s %s: status %d %s", e.Method, e.URL, e.Status, http.StatusText(e.Status))
}

// Is maps the status to a kind.
func (e *StatusError) Is(target error) bool {
	k, ok := target.(nexuslims.Kind)
	return ok && k == e.ErrorKind()
}

// ErrorKind says what the status means: Permission for 401 and 403, NotFound for 404 and
// 410, Conflict for 409 and 412, Transient for 408, 425, 429, 502, 503 and 504,
// Internal for other 5xx and Invalid for the rest.
func (e *StatusError) ErrorKind() nexuslims.Kind {
	switch e.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return nexuslims.Permission
	case http.StatusNotFound, http.StatusGone:
		return nexuslims.NotFound
	case http.StatusConflict, http.StatusPreconditionFailed:
		return nexuslims.Conflict
	}
	switch {
	case passing(e.Status):
		return nexuslims.Transient
	case e.Status >= http.StatusInternalServerError:
		return nexuslims.Internal
	}
	return nexuslims.Invalid
}
