package nemo

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

var (
	errNoList            = errors.New("the answer is not a list of rows: is this the root of a NEMO API?")
	errMissingPermission = errors.New("permission is missing")
	errUnknownRelation   = errors.New("a tool or user in the question does not exist any more")
)

// maxReason bounds what is repeated of a server's words.
const maxReason = 300

// explain says what a failed request means for the instance: in which setting the cause
// lies, and whether to try again. The token never appears.
func (c client) explain(endpoint string, err error) error {
	var status *httpx.StatusError
	if !errors.As(err, &status) {
		kind := nexuslims.KindOf(err)
		if kind == nexuslims.Unsupported || kind == nexuslims.Internal {
			kind = nexuslims.Invalid
		}
		return c.fault(kind, endpoint, err)
	}
	said := c.scrub(detail(status.Body))
	switch {
	case status.Status == http.StatusUnauthorized || status.Status == http.StatusForbidden:
		return c.refused(endpoint, status, said)
	case status.Status == http.StatusNotFound || status.Status == http.StatusGone:
		return c.fault(nexuslims.Invalid, endpoint,
			fmt.Errorf("no NEMO API at the address in %s: %w", c.setting(addressVariable), err))
	case status.Status >= http.StatusInternalServerError:
		return c.fault(nexuslims.Transient, endpoint, err)
	case status.Status == http.StatusBadRequest:
		return c.fault(nexuslims.Invalid, endpoint, c.badRequest(status, err))
	}
	return c.fault(status.ErrorKind(), endpoint, err)
}

func (c client) fault(kind nexuslims.Kind, endpoint string, err error) error {
	op := "ask for " + strings.ReplaceAll(strings.TrimSuffix(endpoint, "/"), "_", " ")
	return nexuslims.E(kind, op, fmt.Sprintf("%s (%s)", c.root, c.setting(addressVariable)), err)
}

// refused tells a bad token from a missing permission. The status alone does not: a site
// that lists session authentication first answers 403 to both.
func (c client) refused(endpoint string, status *httpx.StatusError, said string) error {
	token := c.setting(tokenVariable)
	var err error
	switch {
	case strings.Contains(said, "permission to perform"):
		err = fmt.Errorf("%w: the user of %s needs %s (or use_billing_api on old sites): %s",
			errMissingPermission, token, permission(endpoint), said)
	case status.Status == http.StatusUnauthorized || badToken(said):
		err = fmt.Errorf("the token in %s is not accepted: %s", token, said)
	default:
		err = fmt.Errorf("the token in %s or its permission %s is not accepted: %s", token, permission(endpoint), said)
	}
	return c.fault(nexuslims.Permission, endpoint, fmt.Errorf("%w (%w)", err, status))
}

func badToken(said string) bool {
	return slices.ContainsFunc([]string{"token", "inactive", "credentials were not provided"},
		func(s string) bool { return strings.Contains(strings.ToLower(said), s) })
}

func permission(endpoint string) string {
	return "view_" + strings.ReplaceAll(strings.TrimSuffix(endpoint, "s/"), "_", "")
}

// badRequest reads {"parameter": ["message"]}.
func (c client) badRequest(status *httpx.StatusError, err error) error {
	var bad map[string]json.RawMessage
	if json.Unmarshal(status.Body, &bad) != nil || len(bad) == 0 {
		return err
	}
	var reasons []string
	for parameter, raw := range bad {
		var messages []string
		if json.Unmarshal(raw, &messages) != nil {
			messages = []string{string(raw)}
		}
		reasons = append(reasons, parameter+": "+strings.Join(messages, " "))
	}
	slices.Sort(reasons)
	text := c.scrub(strings.Join(reasons, "; "))
	_, oneTool := bad["tool_id__in"]
	if oneTool {
		return fmt.Errorf("%w: %s (%w)", errUnknownRelation, text, err)
	}
	return fmt.Errorf("the question was refused, %s (%w); see %s and %s",
		text, err, c.setting(writeVariable), c.setting(addressVariable))
}

// detail returns the reason in the usual error answer, "" when it is something else.
func detail(body []byte) string {
	var answer struct {
		Detail string `json:"detail"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	return answer.Detail
}

func (c client) scrub(text string) string {
	if token := c.token.Reveal(); token != "" {
		text = strings.ReplaceAll(text, token, "***")
	}
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > maxReason {
		text = string(r[:maxReason]) + "…"
	}
	if text == "" {
		return "no reason given"
	}
	return text
}
