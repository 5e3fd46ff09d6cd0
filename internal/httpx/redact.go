package httpx

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Redact rebuilds an error so that no query string, no user information and no fragment
// of an address is left in it, however deep the *url.Error stands that names it. Kinds
// and causes stay what they are. An error without addresses comes back as it is.
func Redact(err error) error {
	clean, _ := redact(err)
	return clean
}

func redact(err error) (error, bool) { //nolint:revive // the flag belongs to the error
	switch e := err.(type) { //nolint:errorlint // the chain is walked link by link
	case nil:
		return nil, false
	case *url.Error:
		return &url.Error{Op: e.Op, URL: Bare(e.URL), Err: Redact(e.Err)}, true
	case *nexuslims.Error:
		cause, changed := redact(e.Err)
		subject := Scrub(e.Subject)
		if !changed && subject == e.Subject {
			return err, false
		}
		return nexuslims.E(e.Kind, e.Op, subject, cause), true
	case interface{ Unwrap() error }:
		return rewrap(err, []error{e.Unwrap()})
	case interface{ Unwrap() []error }:
		return rewrap(err, e.Unwrap())
	}
	if text := err.Error(); Scrub(text) != text {
		return rewrapped{Scrub(text), nil}, true
	}
	return err, false
}

// rewrap redacts the causes of an error of unknown type. Where that changes one of them,
// only the text of the error is kept, with the clean causes below it.
func rewrap(err error, causes []error) (error, bool) { //nolint:revive // as above
	text := err.Error()
	changed := Scrub(text) != text
	clean := make([]error, 0, len(causes))
	for _, cause := range causes {
		c, dirty := redact(cause)
		if dirty {
			changed = true
			text = strings.ReplaceAll(text, cause.Error(), c.Error())
		}
		if c != nil {
			clean = append(clean, c)
		}
	}
	if !changed {
		return err, false
	}
	return rewrapped{Scrub(text), clean}, true
}

type rewrapped struct {
	text   string
	causes []error
}

func (r rewrapped) Error() string { return r.text }

func (r rewrapped) Unwrap() []error { return r.causes }

var address = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s"'<>\\]+`)

// Scrub takes query strings, user information and fragments out of all addresses in a
// text.
func Scrub(text string) string {
	if !strings.Contains(text, "://") {
		return text
	}
	return address.ReplaceAllStringFunc(text, func(found string) string {
		if !strings.ContainsAny(found, "?#@") {
			return found
		}
		stem := strings.TrimRight(found, ".,:;)]}")
		return Bare(stem) + found[len(stem):]
	})
}

// Bare returns an address without query, user information and fragment.
func Bare(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "(address)"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}
