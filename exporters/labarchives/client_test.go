package labarchives_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/exportertest"
	"github.com/nexuslims/nexuslims-go/exporters/labarchives"
	"github.com/nexuslims/nexuslims-go/internal/labarchivestest"
	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// TestSignature is the vector that the Python program computes, too.
func TestSignature(t *testing.T) {
	assert.Equal(t, "QUpTppIw/b5i1DgkrBOLgiHEKhtW2yMGs2OLriuHILELhpnR9aGndDyKZ6CO9Jf4u/8XgdCFkSr92GCQy2MnBw==",
		labarchives.Signature("test_akid", "tree_level", "1700000000000", "test_password"))
}

func TestSettings(t *testing.T) {
	whole := settings.Map{
		"NX_LABARCHIVES_ACCESS_KEY_ID": "key", "NX_LABARCHIVES_ACCESS_PASSWORD": "password", "NX_LABARCHIVES_USER_ID": "uid",
	}
	for name, c := range map[string]struct {
		change settings.Map
		off    bool
		faults []string
	}{
		"whole":             {},
		"off":               {change: settings.Map{"NX_LABARCHIVES_ACCESS_KEY_ID": "", "NX_LABARCHIVES_ACCESS_PASSWORD": "", "NX_LABARCHIVES_USER_ID": ""}, off: true},
		"no user id yet":    {change: settings.Map{"NX_LABARCHIVES_USER_ID": ""}, faults: []string{"NX_LABARCHIVES_USER_ID"}},
		"user id only":      {change: settings.Map{"NX_LABARCHIVES_ACCESS_KEY_ID": "", "NX_LABARCHIVES_ACCESS_PASSWORD": ""}, faults: []string{"NX_LABARCHIVES_ACCESS_KEY_ID", "NX_LABARCHIVES_ACCESS_PASSWORD"}},
		"address is none":   {change: settings.Map{"NX_LABARCHIVES_URL": "https://"}, faults: []string{"NX_LABARCHIVES_URL"}},
		"address has query": {change: settings.Map{"NX_LABARCHIVES_URL": "https://x.org/api?a=b"}, faults: []string{"NX_LABARCHIVES_URL"}},
	} {
		t.Run(name, func(t *testing.T) {
			all := settings.Map{}
			for _, m := range []settings.Map{whole, c.change} {
				for k, v := range m {
					all[k] = v
				}
			}
			d, err := labarchives.NewFactory().Configure(all, nexuslims.Host{})
			assert.Equal(t, c.off || c.faults != nil, d == nil)
			var faulty []string
			if err != nil {
				var faults nexuslims.Faults
				require.ErrorAs(t, err, &faults)
				for _, f := range faults {
					faulty = append(faulty, f.Variable)
					assert.NotContains(t, f.Error(), "password")
				}
			}
			assert.Equal(t, c.faults, faulty)
		})
	}
}

func TestAddressWithAndWithoutAPI(t *testing.T) {
	for _, ending := range []string{"", "/", "/api", "/api/"} {
		b := newBench(t, labarchivestest.Options{})
		b.settings["NX_LABARCHIVES_URL"] = b.URL[:len(b.URL)-len("/api")] + ending
		require.NoError(t, b.open().Check(t.Context()), "ending %q", ending)
	}
}

func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		change func(b *bench)
		kind   nexuslims.Kind
		want   []string
	}{
		"ready":               {change: func(*bench) {}},
		"inbox":               {change: func(b *bench) { delete(b.settings, "NX_LABARCHIVES_NOTEBOOK_ID") }},
		"second notebook":     {change: func(b *bench) { b.settings["NX_LABARCHIVES_NOTEBOOK_ID"] = "other" }},
		"unknown notebook":    {change: func(b *bench) { b.settings["NX_LABARCHIVES_NOTEBOOK_ID"] = "none" }, kind: nexuslims.Invalid, want: []string{"LabArchives configuration error", `"Microscopy" (MTU2MTI4NS43fDEyMDA5ODk=)`}},
		"key id revoked":      {change: func(b *bench) { b.Revoke() }, kind: nexuslims.Permission, want: []string{"LabArchives authentication failed", "HTTP 401, error code '4506'", "accounts outside the US"}},
		"user id changed":     {change: func(b *bench) { b.ChangeUser() }, kind: nexuslims.Permission, want: []string{"4507", "labarchives-get-uid", "accounts outside the US"}},
		"password changed":    {change: func(b *bench) { b.ChangePassword() }, kind: nexuslims.Permission, want: []string{"4520", "NX_LABARCHIVES_ACCESS_PASSWORD"}},
		"status without text": {change: func(b *bench) { b.Inject(labarchivestest.Fault{Status: 401}) }, kind: nexuslims.Permission, want: []string{"HTTP 401: unauthorized"}},
		"down":                {change: func(b *bench) { b.Inject(labarchivestest.Fault{Status: 503}) }, kind: nexuslims.Transient, want: []string{"out of reach"}},
		"internal error":      {change: func(b *bench) { b.Inject(labarchivestest.Refusal("", 500, 4999, "oops")) }, kind: nexuslims.Transient, want: []string{"4999", "oops"}},
		"maintenance":         {change: func(b *bench) { b.Inject(labarchivestest.Maintenance("")) }, kind: nexuslims.Invalid, want: []string{"a page instead of XML"}},
		"not XML":             {change: func(b *bench) { b.Inject(labarchivestest.Fault{Status: 200, Body: `{"a":1}`}) }, kind: nexuslims.Invalid, want: []string{"not the expected XML"}},
		"nested too deep":     {change: func(b *bench) { b.Inject(labarchivestest.Fault{Status: 200, Body: strings.Repeat("<a>", 100)}) }, kind: nexuslims.Invalid, want: []string{"more elements than any answer has"}},
		"XML breaks off":      {change: func(b *bench) { b.Inject(labarchivestest.Fault{Status: 200, Body: `<users><id>`}) }, kind: nexuslims.Transient},
		"wrong address":       {change: func(b *bench) { b.settings["NX_LABARCHIVES_URL"] = b.URL + "/x" }, kind: nexuslims.NotFound, want: []string{"HTTP 404"}},
		"another success":     {change: func(b *bench) { b.Inject(labarchivestest.Fault{Status: 204}) }, kind: nexuslims.Invalid, want: []string{"HTTP 204"}},
	} {
		for _, form := range []labarchivestest.Options{{}, {ErrorBelow: true}, {OldSpelling: true}} {
			t.Run(fmt.Sprint(name, form.ErrorBelow, form.OldSpelling), func(t *testing.T) {
				b := newBench(t, form)
				secrets := b.Secrets()
				c.change(b)
				err := b.open().Check(t.Context())
				if c.want == nil && c.kind == 0 {
					require.NoError(t, err)
					assert.Equal(t, []string{"GET users/user_info_via_id"}, b.Requests(), "one call")
					return
				}
				require.Error(t, err)
				assert.Equal(t, c.kind, nexuslims.KindOf(err), "%v", err)
				for _, text := range c.want {
					assert.Contains(t, err.Error(), text)
				}
				for _, secret := range secrets {
					assert.NotContains(t, err.Error(), secret)
				}
			})
		}
	}
}

// TestErrorWithSuccess: an error counts whatever the status, at the root and below, as it
// did in the tests of the Python program.
func TestErrorWithSuccess(t *testing.T) {
	for name, body := range map[string]string{
		"at the root": `<error><error-code type="integer">4520</error-code><error-description>no</error-description></error>`,
		"below":       `<users><x/><error><error_description>no</error_description><error_code>4520</error_code></error></users>`,
		"in response": `<users><response><error><code>4520</code><msg>no</msg></error></response></users>`,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, labarchivestest.Options{})
			b.Inject(labarchivestest.Fault{Status: 200, Body: body})
			err := b.open().Check(t.Context())
			require.ErrorIs(t, err, nexuslims.Permission)
			assert.Contains(t, err.Error(), "HTTP 200, error code '4520': no: ")
		})
	}
}

// TestCodes maps the service's codes to what is to be done.
func TestCodes(t *testing.T) {
	for code, kind := range map[int]nexuslims.Kind{
		4500: nexuslims.Invalid, 4501: nexuslims.Permission, 4502: nexuslims.Permission, 4503: nexuslims.Invalid,
		4506: nexuslims.Permission, 4507: nexuslims.Permission, 4509: nexuslims.NotFound, 4514: nexuslims.Permission,
		4520: nexuslims.Permission, 4521: nexuslims.Unsupported, 4522: nexuslims.Permission, 4532: nexuslims.Invalid,
		4533: nexuslims.Permission, 4999: nexuslims.Internal,
	} {
		b := newBench(t, labarchivestest.Options{})
		b.Inject(labarchivestest.Refusal("entries/add_entry", 400, code, "no <thing>"))
		receipt, err := b.open().Export(t.Context(), exportertest.NewJob(1, "Grain map", exporters.Files{}))
		require.Error(t, err)
		assert.Equal(t, kind, nexuslims.KindOf(err), "code %d", code)
		assert.Contains(t, err.Error(), "no <thing>")
		assert.Equal(t, labarchives.StepPage, receipt.Step, "the receipt says what exists")
		assert.True(t, receipt.Partial)
		assert.Equal(t, 1, b.Asked("entries/add_entry"), "nothing refused is repeated")
	}
}

// TestClockIsSetByTheService has the machine's clock off by an hour.
func TestClockIsSetByTheService(t *testing.T) {
	for _, off := range []time.Duration{time.Hour, -time.Hour} {
		b := newBench(t, labarchivestest.Options{})
		b.ours = func() time.Time { return b.clock.Now().Add(off) }
		for range 2 { // two runs of one process
			require.NoError(t, b.open().Check(t.Context()))
		}
		assert.Equal(t, []string{
			"GET users/user_info_via_id", "GET utilities/epoch_time", "GET users/user_info_via_id", "GET users/user_info_via_id",
		}, b.Requests(), "asked for once")
	}
}

func TestClockOfTheServiceIsAskedForOnlyOnce(t *testing.T) {
	b := newBench(t, labarchivestest.Options{})
	b.Inject(labarchivestest.Refusal("users/user_info_via_id", 401, 4504, "too old"))
	err := b.open().Check(t.Context())
	require.ErrorIs(t, err, nexuslims.Permission)
	assert.Contains(t, err.Error(), "the clock of this machine is wrong")
	assert.Equal(t, 2, b.Asked("users/user_info_via_id"))
	assert.Equal(t, 1, b.Asked("utilities/epoch_time"))

	b.Inject(labarchivestest.Fault{Path: "utilities/epoch_time", Status: 200, Body: "<utilities><x>now</x></utilities>"})
	require.ErrorIs(t, b.open().Check(t.Context()), nexuslims.Permission)
}

// TestRepeatsAreSignedAnew lets so much time pass between attempts that a signature would
// be too old at the second.
func TestRepeatsAreSignedAnew(t *testing.T) {
	b := newBench(t, labarchivestest.Options{})
	b.Inject(labarchivestest.Fault{Status: 503, Times: 2, Before: func() { _ = b.clock.Sleep(context.Background(), 3*time.Minute) }})
	require.NoError(t, b.open().Check(t.Context()))
	assert.Len(t, b.Requests(), 3)
	assert.Zero(t, b.Asked("utilities/epoch_time"))
}

// TestPaceIsKeptAcrossDestinations is watched by the double: a second between all calls of
// a process, whoever makes them.
func TestPaceIsKeptAcrossDestinations(t *testing.T) {
	b := newBench(t, labarchivestest.Options{})
	first, second, start := b.open(), b.open(), b.clock.Now()
	for range 3 {
		require.NoError(t, first.Check(t.Context()))
		require.NoError(t, second.Check(t.Context()))
	}
	assert.Equal(t, 5*time.Second, b.clock.Now().Sub(start))
}

// TestCreatingCallsAreMadeOnce disturbs each of them in every way.
func TestCreatingCallsAreMadeOnce(t *testing.T) {
	for _, method := range []string{"tree_tools/insert_node", "entries/add_entry", "entries/add_attachment"} {
		for name, f := range map[string]labarchivestest.Fault{
			"reply lost": {LoseReply: true}, "reply cut": {Cut: true}, "gateway": {Status: 502, Commit: true},
			"unavailable": {Status: 503}, "throttled": {Status: 429, Header: http.Header{"Retry-After": {"0"}}},
		} {
			t.Run(method+" "+name, func(t *testing.T) {
				b := newBench(t, labarchivestest.Options{})
				f.Path = method
				b.Inject(f)
				job := exportertest.NewJob(1, "Grain map", exporters.Files{})
				d := b.open()
				_, err := d.Export(t.Context(), job)
				require.ErrorIs(t, err, nexuslims.Transient)
				assert.Equal(t, 1, b.Asked(method))
				b.Heal()
				for range 5 { // as later runs do
					found, exists, err := d.Find(t.Context(), job)
					require.NoError(t, err)
					if exists {
						job.Earlier = &found
					}
					if exists && !found.Partial {
						break
					}
					_, err = d.Export(t.Context(), job)
					require.NoError(t, err)
				}
				b.only()
			})
		}
	}
}

// TestNothingIsLoggedOfSecrets has the service repeat what it was sent, with all logs on.
func TestNothingIsLoggedOfSecrets(t *testing.T) {
	b := newBench(t, labarchivestest.Options{})
	var logged bytes.Buffer
	b.log = slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	secrets := b.Secrets()
	d := b.open()
	b.Inject(labarchivestest.Fault{Path: "users/max_file_size", Status: 404, Body: "<error><code>4503</code><msg>" + secrets[2] + "</msg></error>"})
	_, err := d.Export(t.Context(), exportertest.NewJob(1, "Grain map", exporters.Files{}))
	require.NoError(t, err, "it delivers without knowing the limit")
	assert.Contains(t, logged.String(), "the largest file is not known")
	for _, secret := range append(secrets, "sig=") {
		assert.NotContains(t, logged.String(), secret)
	}
}

func TestFindAccount(t *testing.T) {
	b := newBench(t, labarchivestest.Options{})
	finder := b.factory.(exporters.AccountFinder)
	delete(b.settings, "NX_LABARCHIVES_USER_ID")
	find := func(password string) (exporters.Account, error) {
		return finder.FindAccount(t.Context(), b.settings, b.host(), exporters.Login{Name: b.Login, Password: nexuslims.NewSecret(password)})
	}
	a, err := find(b.Token)
	require.NoError(t, err)
	assert.Equal(t, []string{b.UserID, "Ned Land", b.Login}, []string{a.ID.Reveal(), a.Name, a.Email})
	assert.Equal(t, []exporters.Place{{ID: b.NotebookID, Name: "Microscopy", Default: true}, {ID: "other", Name: "Other <things>"}}, a.Places)

	_, err = find("gu3ssed password")
	require.ErrorIs(t, err, nexuslims.Permission)
	assert.Contains(t, err.Error(), "HTTP 404, error code '4514'")
	assert.NotContains(t, err.Error(), "gu3ssed")

	b.Inject(labarchivestest.Fault{Status: 200, Body: "<users><notebooks><notebook><id>x</id></notebook></notebooks></users>"})
	_, err = find(b.Token)
	require.ErrorIs(t, err, nexuslims.Invalid, "the id of a notebook is none of an account")

	delete(b.settings, "NX_LABARCHIVES_ACCESS_PASSWORD")
	_, err = find(b.Token)
	require.ErrorContains(t, err, "NX_LABARCHIVES_ACCESS_PASSWORD: not configured")
}
