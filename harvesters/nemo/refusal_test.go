package nemo_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/internal/nemotest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// TestErrors: what went wrong, whether to try again, and which setting to look at.
func TestErrors(t *testing.T) {
	const html = "<!doctype html>\n<title>Not Found</title>"
	for name, c := range map[string]struct {
		fault nemotest.Fault
		want  nexuslims.Kind
		says  []string
	}{
		"bad token": {
			nemotest.Fault{Status: 401, Body: `{"detail": "Invalid token."}`},
			nexuslims.Permission,
			[]string{"the token in NX_NEMO_TOKEN_1 is not accepted", "Invalid token."},
		},
		"bad token, session first": {
			nemotest.Fault{Status: 403, Body: `{"detail": "Invalid token."}`},
			nexuslims.Permission,
			[]string{"the token in NX_NEMO_TOKEN_1 is not accepted", "Invalid token."},
		},
		"inactive": {
			nemotest.Fault{Status: 403, Body: `{"detail": "User inactive or deleted."}`},
			nexuslims.Permission,
			[]string{"the token in NX_NEMO_TOKEN_1 is not accepted", "inactive"},
		},
		"no permission": {
			nemotest.Fault{Status: 403, Body: `{"detail": "You do not have permission to perform this action."}`},
			nexuslims.Permission,
			[]string{"NX_NEMO_TOKEN_1", "needs view_usageevent", "use_billing_api"},
		},
		"refused without a word": {
			nemotest.Fault{Status: 403, Body: html, Type: "text/html"},
			nexuslims.Permission,
			[]string{"NX_NEMO_TOKEN_1", "view_usageevent", "no reason given"},
		},
		"token in the answer": {
			nemotest.Fault{Status: 401, Body: `{"detail": "no ` + nemotest.Token + ` here"}`},
			nexuslims.Permission,
			[]string{"***"},
		},
		"unreadable value": {
			nemotest.Fault{Status: 400, Body: `{"end__gt": ["Enter a valid date/time."], "a": "b"}`},
			nexuslims.Invalid,
			[]string{"end__gt: Enter a valid date/time.", "NX_NEMO_STRFTIME_FMT_1"},
		},
		"other 400":    {nemotest.Fault{Status: 400, Body: html, Type: "text/html"}, nexuslims.Invalid, []string{"400"}},
		"no such page": {nemotest.Fault{Status: 404, Body: html, Type: "text/html"}, nexuslims.Invalid, []string{"NX_NEMO_ADDRESS_1", "404"}},
		"gone":         {nemotest.Fault{Status: 410, Body: html, Type: "text/html"}, nexuslims.Invalid, []string{"NX_NEMO_ADDRESS_1"}},
		"server error": {nemotest.Fault{Status: 500, Body: html, Type: "text/html"}, nexuslims.Transient, []string{"500"}},
		"bad gateway":  {nemotest.Fault{Status: 502, Body: html, Type: "text/html"}, nexuslims.Transient, []string{"502"}},
		"throttled":    {nemotest.Fault{Status: 429, Body: `{}`}, nexuslims.Transient, []string{"429"}},
		"dropped":      {nemotest.Fault{Drop: true}, nexuslims.Transient, []string{"NX_NEMO_ADDRESS_1"}},
		"cut":          {nemotest.Fault{Cut: true}, nexuslims.Transient, []string{"NX_NEMO_ADDRESS_1"}},
		"page for people": {
			nemotest.Fault{Status: 200, Body: html, Type: "text/html"},
			nexuslims.Invalid,
			[]string{"NX_NEMO_ADDRESS_1"},
		},
		"cut JSON":        {nemotest.Fault{Status: 200, Body: `[{"id": 1`}, nexuslims.Invalid, []string{"NX_NEMO_ADDRESS_1"}},
		"another object":  {nemotest.Fault{Status: 200, Body: `{"detail": "hello"}`}, nexuslims.Invalid, []string{"root of a NEMO API"}},
		"a number":        {nemotest.Fault{Status: 200, Body: `17`}, nexuslims.Invalid, []string{"root of a NEMO API"}},
		"null":            {nemotest.Fault{Status: 200, Body: `null`}, nexuslims.Invalid, []string{"root of a NEMO API"}},
		"results of text": {nemotest.Fault{Status: 200, Body: `{"results": "x"}`}, nexuslims.Invalid, []string{"root of a NEMO API"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := small()
			s.Events = []nemotest.Row{use("10:00", "12:00", nil)}
			server := nemotest.New(t, s)
			c.fault.Path = "usage_events"
			server.Fail(c.fault)
			h := open(t, server.URL, nil)
			_, err := h.Events(t.Context(), harvesters.Query{
				Instruments: []nexuslims.Instrument{instrument(server.URL, titan)}, From: clockTime("01:00"), Now: clockTime("23:00"),
			})
			require.Error(t, err)
			assert.Equal(t, c.want, nexuslims.KindOf(err), "%v", err)
			for _, part := range append(c.says, "usage events", server.URL) {
				assert.Contains(t, err.Error(), part)
			}
			for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err)} {
				assert.NotContains(t, text, nemotest.Token)
				assert.NotContains(t, text, "doctype", "pages are not repeated")
				assert.NotContains(t, text, "tool_id__in", "questions are not repeated")
			}
			server.Heal()
			batch, err := h.Events(t.Context(), harvesters.Query{
				Instruments: []nexuslims.Instrument{instrument(server.URL, titan)}, Now: clockTime("23:00"),
			})
			require.NoError(t, err, "nothing bad is remembered")
			assert.Len(t, batch.Sessions, 1)
		})
	}
}

func TestUnreachableServers(t *testing.T) {
	server := nemotest.New(t, small())
	server.Fail(nemotest.Fault{Delay: time.Hour})
	client, err := httpx.New(httpx.Options{Retries: -1, Timeout: 20 * time.Millisecond})
	require.NoError(t, err)
	for name, root := range map[string]string{"silent": server.URL, "nobody listens": "http://127.0.0.1:1/api/"} {
		t.Run(name, func(t *testing.T) {
			h := openWith(t, root, nil, nexuslims.Host{Client: client})
			err := h.(harvesters.Checker).Check(t.Context())
			require.ErrorIs(t, err, nexuslims.Transient)
			assert.Contains(t, err.Error(), "NX_NEMO_ADDRESS_1")
		})
	}
}

func TestCheck(t *testing.T) {
	site := small()
	token := map[string]string{"few": "f000000000000000000000000000000000000000", "gone": "90e0000000000000000000000000000000000000"}
	site.Users = append(site.Users,
		nemotest.Row{"id": 90, "username": "few", "token": token["few"], "permissions": []any{"view_tool", "view_usageevent"}},
		nemotest.Row{"id": 91, "username": "gone", "token": token["gone"], "is_active": false})
	server := nemotest.New(t, site)
	check := func(more map[string]string) error {
		return open(t, server.URL, more).(harvesters.Checker).Check(t.Context())
	}
	require.NoError(t, check(nil))
	assert.Len(t, server.Requests(), 4, "one for each kind of row")

	err := check(map[string]string{"NX_NEMO_TOKEN_1": token["few"]})
	require.ErrorIs(t, err, nexuslims.Permission)
	assert.ErrorContains(t, err, "view_user")
	assert.ErrorContains(t, err, "view_reservation", "all that is missing at once")
	assert.NotContains(t, err.Error(), "view_tool ")

	before := len(server.Requests())
	err = check(map[string]string{"NX_NEMO_TOKEN_1": token["gone"]})
	require.ErrorIs(t, err, nexuslims.Permission)
	assert.Len(t, server.Requests(), before+1, "one answer says it")
	assert.NotContains(t, err.Error(), token["gone"])

	err = open(t, server.URL+"nothing/", nil).(harvesters.Checker).Check(t.Context())
	assert.Equal(t, nexuslims.Invalid, nexuslims.KindOf(err))
}

// TestTokenStaysHere: it goes to its server alone, and into no log.
func TestTokenStaysHere(t *testing.T) {
	server := nemotest.New(t, small())
	server.Fail(nemotest.Fault{
		Path: "usage_events", Status: http.StatusOK, Body: `{"next": "https://elsewhere.example.org/api/usage_events/?page=2", "results": []}`,
	})
	var log bytes.Buffer
	client, err := httpx.New(httpx.Options{Retries: 1, RetryWait: time.Millisecond, Logger: debug(&log)})
	require.NoError(t, err)
	h := openWith(t, server.URL, nil, nexuslims.Host{Client: client, Logger: debug(&log)})
	in := []nexuslims.Instrument{instrument(server.URL, titan)}
	_, err = h.Events(t.Context(), harvesters.Query{Instruments: in, Now: clockTime("23:00")})
	require.ErrorIs(t, err, nexuslims.Invalid)
	assert.ErrorContains(t, err, "elsewhere.example.org")
	server.Heal()
	server.Fail(nemotest.Fault{Path: "tools", Status: http.StatusServiceUnavailable, Body: "busy", Type: "text/plain"})
	_, err = openWith(t, server.URL, nil, nexuslims.Host{Client: client, Logger: debug(&log)}).Events(
		t.Context(), harvesters.Query{Instruments: in, Now: clockTime("23:00")})
	require.ErrorIs(t, err, nexuslims.Transient)
	assert.NotContains(t, log.String(), nemotest.Token)
	assert.NotContains(t, fmt.Sprintf("%v %+v", h, h), nemotest.Token, "nor when a harvester is printed")
}

func debug(w *bytes.Buffer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func TestDeadlineIsATimeOut(t *testing.T) {
	server := nemotest.New(t, small())
	server.Fail(nemotest.Fault{Delay: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err := open(t, server.URL, nil).(harvesters.Checker).Check(ctx)
	assert.ErrorIs(t, err, nexuslims.Transient, "the next run tries again")
}
