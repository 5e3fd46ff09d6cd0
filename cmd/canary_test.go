package cmd_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/cmd"
	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/builtin"
)

// canary is a secret that no other text contains, with characters that encoders change.
func canary(name string) string { return `Cnry-` + name + `/+&="<>'%zz` }

// spellings are the forms in which a canary is looked for.
func spellings(secret string) map[string]string {
	quoted, _ := json.Marshal(secret) // a text can always be marshalled
	raw := []byte(secret)
	return map[string]string{
		"plain": secret, "query": url.QueryEscape(secret), "path": url.PathEscape(secret), "JSON": strings.Trim(string(quoted), `"`),
		"base64": base64.RawStdEncoding.EncodeToString(raw), "base64 of addresses": base64.RawURLEncoding.EncodeToString(raw),
		"hex": hex.EncodeToString(raw), "upper hex": strings.ToUpper(hex.EncodeToString(raw)),
		"Go": strings.Trim(fmt.Sprintf("%q", secret), `"`),
	}
}

// leaks lists the canaries found in a text.
func leaks(text string, canaries []string) []string {
	var found []string
	for _, c := range canaries {
		for form, spelled := range spellings(c) {
			if strings.Contains(text, spelled) {
				found = append(found, c+" as "+form)
			}
		}
	}
	return found
}

// guarded is a site whose every secret is a canary.
func guarded(t *testing.T) (*site, []string) {
	t.Helper()
	s := newSite(t)
	s.website()
	s.visit("s1", "TEM", 0, "a.tif")
	names := map[string]string{
		"NX_NEMO_TOKEN_1": "nemo", "NX_CDCS_TOKEN": "cdcs", "NX_LABARCHIVES_ACCESS_KEY_ID": "akid", "NX_LABARCHIVES_ACCESS_PASSWORD": "la",
		"NX_LABARCHIVES_USER_ID": "uid", "NX_ELABFTW_API_KEY": "elab", "NX_EMAIL_SMTP_PASSWORD": "smtp", "NX_LEAK_TOKEN": "leak", "NX_OWN_PASSWORD": "own",
	}
	var canaries []string
	for variable, name := range names {
		s.env[variable] = canary(name)
		canaries = append(canaries, canary(name))
	}
	// One comes from a file, others stand in addresses.
	require.NoError(t, os.WriteFile(s.path("secret-file"), []byte(canary("file")+"\n"), 0o600))
	s.env["NX_NEMO_TOKEN_2_FILE"] = s.path("secret-file")
	s.env["NX_ROCRATE_DATA_URL"] = "http://user:" + url.PathEscape(canary("address")) + "@data.example.org/"
	s.env["HTTPS_PROXY"] = "http://user:" + url.PathEscape(canary("proxy")) + "@proxy.example.org:3128"
	s.in = canary("typed") + "\n"
	return s, append(canaries, canary("file"), canary("address"), canary("proxy"), canary("typed"))
}

type leakConfig struct {
	Token nexuslims.Secret `env:"NX_LEAK_TOKEN" help:"Told to everybody."`
}

// leaky is a destination that shouts its secret at every chance.
type leaky struct{ token, way string }

func (l leaky) Export(context.Context, *exporters.Job) (exporters.Receipt, error) {
	if l.way == "panic" {
		panic("no idea what to do with " + l.token)
	}
	if l.way == "warning" {
		return exporters.Receipt{ID: "1", Warnings: []string{"took it with " + l.token}}, nil
	}
	return exporters.Receipt{}, nexuslims.E(nexuslims.Invalid, "send", "https://leak.example.org/?key="+url.QueryEscape(l.token),
		errors.New("refused "+fmt.Sprintf("%q", l.token)+" "+hex.EncodeToString([]byte(l.token))))
}

func (leaky) Close() error { return nil }

// everything carries out every command and returns all that they said.
func (s *site) everything(way string) string {
	s.t.Helper()
	var said bytes.Buffer
	for i, line := range []string{
		"", "--version", "db init", "instruments list", "instruments list --json", "instruments import instruments.csv",
		"instruments import instruments.csv --update", "extract -v instruments/TEM/a.tif --no-preview", "build-records -n -vv --from none",
		"build-records -vv --from none", "build-records --json --from none", "build-records --frob", "build-records --from today",
		"status", "status --json", "status --session s1",
		"config labarchives-get-uid -v --email ned@example.org", "config labarchives-get-uid --email x --la-password " + strings.TrimSpace(s.in),
	} {
		s.now = s.now.Add(time.Duration(i) * time.Minute)
		plugins := builtin.Plugins()
		require.NoError(s.t, plugins.Destinations.Add(exporters.NewFactory(exporters.Spec{Name: "leak", Priority: 1},
			func(c leakConfig) bool { return !c.Token.IsSet() },
			func(c leakConfig, _ nexuslims.Host) (exporters.Destination, error) {
				return leaky{c.Token.Reveal(), way}, nil
			})))
		require.NoError(s.t, plugins.Destinations.Replace(quickLabArchives()))
		code := cmd.Run(s.t.Context(), cmd.Process{
			Plugins: plugins, Args: append([]string{"nexuslims"}, strings.Fields(line)...), Environment: s.environment(), Folder: s.dir,
			In: strings.NewReader(s.in), Out: &said, Err: &said, Now: func() time.Time { return s.now }, RetryWait: time.Millisecond,
		})
		fmt.Fprintln(&said, "exit code", code)
	}
	return said.String()
}

// check searches what was said, and every file that was written.
func (s *site) check(said string, canaries []string) {
	s.t.Helper()
	assert.Empty(s.t, leaks(said, canaries), "output: %s", said)
	for _, name := range s.files(".") {
		if name == "secret-file" || name == ".env" {
			continue // where they belong
		}
		b, err := os.ReadFile(s.path(name))
		require.NoError(s.t, err)
		assert.Empty(s.t, leaks(string(b), canaries), name)
	}
}

// parrot is a server that repeats its credentials in every way. It counts how often it
// heard some, and keeps the signatures of others.
func parrot(t *testing.T, status int) (address string, heard *atomic.Int64, signatures *sync.Map) {
	t.Helper()
	heard, signatures = new(atomic.Int64), new(sync.Map)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("akid") {
			signatures.Store(r.URL.Query().Get("sig"), true)
			repeatQuery(w, r, status)
			return
		}
		_, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
		if ok {
			heard.Add(1)
		}
		var words []string
		for _, spelled := range spellings(token) {
			words = append(words, spelled)
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Location", "http://127.0.0.1:1/?token="+url.QueryEscape(token))
		w.Header().Set("X-Token", token)
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"detail": "refused " + strings.Join(words, " "), "message": token, "start": []string{token}})
	}))
	t.Cleanup(server.Close)
	return server.URL + "/", heard, signatures
}

// repeatQuery is the parrot for services that are signed to in the query.
func repeatQuery(w http.ResponseWriter, r *http.Request, status int) {
	words := []string{r.URL.String()}
	for _, name := range []string{"akid", "uid", "sig", "login_or_email", "password"} {
		for _, spelled := range spellings(r.URL.Query().Get(name)) {
			words = append(words, spelled)
		}
	}
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("Location", "http://127.0.0.1:1/?"+r.URL.RawQuery)
	w.WriteHeader(status)
	var said strings.Builder
	_ = xml.EscapeText(&said, []byte(strings.Join(words, " ")))
	fmt.Fprintf(w, "<error><error-code>4520</error-code><error-description>%s</error-description></error>", said.String())
}

func TestSearchFindsCanaries(t *testing.T) {
	t.Parallel()
	for form, spelled := range spellings(canary("x")) {
		assert.NotEmpty(t, leaks("some "+spelled+" text", []string{canary("x")}), form)
	}
}

func TestSecretsStayWithParrots(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 302, 307, 400, 401, 403, 404, 409, 500, 503} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			s, canaries := guarded(t)
			address, heard, signatures := parrot(t, status)
			s.env["NX_NEMO_ADDRESS_1"], s.env["NX_NEMO_ADDRESS_2"], s.env["NX_CDCS_URL"] = address+"api/", address+"other/", address
			s.env["NX_ELABFTW_URL"] = address
			s.env["NX_LABARCHIVES_URL"] = address
			said := s.everything([]string{"panic", "error", "warning"}[status%3])
			assert.Contains(t, said, "exit code 3")
			assert.Positive(t, heard.Load(), "the server was asked with a token")
			signed := len(canaries)
			signatures.Range(func(sig, _ any) bool {
				canaries = append(canaries, sig.(string))
				return true
			})
			assert.Greater(t, len(canaries), signed, "the server was asked with a signature")
			s.check(said, canaries)
		})
	}
}

func TestSecretsStayWithoutServers(t *testing.T) {
	t.Parallel()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := "http://" + gone.Addr().String() + "/"
	require.NoError(t, gone.Close())
	for name, change := range map[string]func(env map[string]string){
		"connection refused": func(env map[string]string) {},
		"certificates are none": func(env map[string]string) {
			env["NX_CERT_BUNDLE"] = "-----BEGIN CERTIFICATE-----\n" + canary("certificate-on-its-line") + "\n-----END CERTIFICATE-----\n"
		},
		"password in address": func(env map[string]string) {
			env["NX_CDCS_URL"] = "https://user:" + canary("password") + "@cdcs.example.org/"
			env["NX_NEMO_ADDRESS_1"] = "https://user:" + url.PathEscape(canary("password")) + "@nemo.example.org/api"
		},
		"line break in token": func(env map[string]string) {
			env["NX_CDCS_TOKEN"] = canary("first-line-of-token") + "\n" + canary("second-line-of-token")
			env["NX_NEMO_TOKEN_1"] = env["NX_CDCS_TOKEN"]
		},
		"other settings are wrong": func(env map[string]string) {
			env["NX_FILE_DELAY_DAYS"], env["NX_EXPORT_STRATEGY"], env["NX_NEMO_TZ_1"] = "no", "no", "no"
		},
		"database is gone": func(env map[string]string) { env["NX_DB_PATH"] += ".none/x.db" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, canaries := guarded(t)
			s.env["NX_NEMO_ADDRESS_1"], s.env["NX_CDCS_URL"], s.env["NX_ELABFTW_URL"] = address+"api/", address, address
			s.env["NX_LABARCHIVES_URL"] = address
			delete(s.env, "NX_NEMO_TOKEN_2_FILE")
			change(s.env)
			for _, extra := range []string{"certificate-on-its-line", "password", "first-line-of-token", "second-line-of-token"} {
				canaries = append(canaries, canary(extra))
			}
			s.check(s.everything("error"), canaries)
		})
	}
}
