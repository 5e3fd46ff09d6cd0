package httpx_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const canary = "c4nary"

func signed() string {
	return "https://user:" + canary + "@host.example.org/api/x?sig=" + canary + "#" + canary
}

func TestRedact(t *testing.T) {
	inner := &url.Error{Op: "Get", URL: signed(), Err: context.Canceled}
	unreadable := &url.Error{Op: "parse", URL: "https://host/%zz?sig=" + canary, Err: url.EscapeError("%zz")}
	for name, err := range map[string]error{
		"plain":               inner,
		"nested":              &url.Error{Op: "Post", URL: signed(), Err: inner},
		"wrapped":             fmt.Errorf("list users: %w", inner),
		"wrapped twice":       fmt.Errorf("a: %w", fmt.Errorf("b: %w", inner)),
		"joined":              errors.Join(errors.New("first"), inner, inner),
		"of the project":      nexuslims.E(nexuslims.Canceled, "list", signed(), inner),
		"wrapped project":     fmt.Errorf("x: %w", nexuslims.E(nexuslims.Canceled, "list", "", inner)),
		"in text only":        fmt.Errorf("%w after GET %s, twice", context.Canceled, signed()),
		"address unreadable":  errors.Join(unreadable, context.Canceled),
		"below another error": fmt.Errorf("%w: %w", context.Canceled, &url.Error{Op: "Get", URL: signed(), Err: errors.New("x")}),
	} {
		t.Run(name, func(t *testing.T) {
			clean := httpx.Redact(err)
			require.ErrorIs(t, clean, context.Canceled, "the cause is kept")
			for _, form := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
				assert.NotContains(t, fmt.Sprintf(form, clean), canary, form)
			}
			for e := clean; e != nil; e = errors.Unwrap(e) {
				assert.NotContains(t, e.Error(), canary)
			}
			var failed *url.Error
			if errors.As(clean, &failed) {
				assert.NotContains(t, failed.URL, canary)
			}
		})
	}
}

func TestRedactKeepsWhatIsClean(t *testing.T) {
	require.NoError(t, httpx.Redact(nil))
	err := fmt.Errorf("x: %w", nexuslims.E(nexuslims.Conflict, "update", "17", errors.New("see https://host/page")))
	assert.Same(t, err, httpx.Redact(err))
	kept := httpx.Redact(nexuslims.E(nexuslims.Conflict, "update", "17", &url.Error{Op: "Get", URL: signed(), Err: errors.New("x")}))
	assert.ErrorIs(t, kept, nexuslims.Conflict)
	assert.Equal(t, `update 17: Get "https://host.example.org/api/x": x`, kept.Error())
	assert.Error(t, httpx.Redact(nexuslims.Faults{{Variable: "X"}}), "errors that cannot be compared pass")
}

func TestScrub(t *testing.T) {
	for text, want := range map[string]string{
		"no address: a?b#c@d":                   "no address: a?b#c@d",
		"at https://h/p?sig=1, then":            "at https://h/p, then",
		`quoted "http://u:p@h:8080/p?x=y"`:      `quoted "http://h:8080/p"`,
		"plain https://h/p stays":               "plain https://h/p stays",
		"two https://h/a?b https://h/c#d":       "two https://h/a https://h/c",
		"in brackets (https://h/a?b=c).":        "in brackets (https://h/a).",
		"proxy socks5://u:p@h:1 refused":        "proxy socks5://h:1 refused",
		"broken https://u:p@[h/%zz?sig=1 there": "broken (address) there",
	} {
		assert.Equal(t, want, httpx.Scrub(text), text)
	}
}

func TestBare(t *testing.T) {
	assert.Equal(t, "https://host.example.org/api/x", httpx.Bare(signed()))
	assert.Equal(t, "(address)", httpx.Bare("http://h/%zz?"+canary))
}

// Every way in which a call can fail, with the secret wherever a request can hold one.
func TestNoSecretInErrorsAndLogs(t *testing.T) {
	var log strings.Builder
	status := func(n int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, r.Header.Get("Authorization")+r.URL.RawQuery, n)
		}
	}
	addresses := map[string]string{"refused": "http://127.0.0.1:1", "unknown host": "http://host.invalid"}
	for name, h := range map[string]http.HandlerFunc{
		"unauthorized": status(401), "unavailable": status(503), "bug": status(500), "text": status(200),
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.2/?"+r.URL.RawQuery, http.StatusFound)
		},
		"hang up": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		addresses[name] = serve(t, h).URL
	}
	o := quick()
	o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	client := newClient(t, o)
	for name, address := range addresses {
		t.Run(name, func(t *testing.T) {
			address := strings.Replace(address, "//", "//user:"+canary+"@", 1) + "/p?sig=" + canary + "#" + canary
			var out any
			for _, method := range []string{"GET", "POST"} {
				request := httpx.Request{Method: method, URL: address, Header: httpx.Token(nexuslims.NewSecret(canary)), Body: 1}
				err := call(t.Context(), client, request, &out)
				require.Error(t, err)
				for e := err; e != nil; e = errors.Unwrap(e) {
					assert.NotContains(t, e.Error(), canary)
				}
			}
		})
	}
	assert.NotContains(t, log.String(), canary)
	assert.Contains(t, log.String(), "request repeated")
}
