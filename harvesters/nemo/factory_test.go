package nemo_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/harvesters/nemo"
	"github.com/nexuslims/nexuslims-go/internal/nemotest"
	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// configure returns the addresses of the harvesters that the settings give, and the log.
func configure(t *testing.T, s settings.Map) (sources []string, log string, err error) {
	t.Helper()
	var b bytes.Buffer
	all, err := nemo.NewFactory().Configure(s, nexuslims.Host{Logger: debug(&b)})
	for _, h := range all {
		assert.Equal(t, "nemo", h.Source().Kind)
		sources = append(sources, h.Source().ID)
		require.NoError(t, h.Close())
	}
	return sources, b.String(), err
}

func TestInstances(t *testing.T) {
	const a, b, c = "https://a.example.org/api/", "https://b.example.org/api/", "https://c.example.org/api/"
	for name, test := range map[string]struct {
		settings settings.Map
		want     []string
		says     string // in the log
	}{
		"none": {settings.Map{}, nil, ""},
		"by number": {settings.Map{
			"NX_NEMO_ADDRESS_10": c, "NX_NEMO_TOKEN_10": "t", "NX_NEMO_ADDRESS_2": b, "NX_NEMO_TOKEN_2": "t",
			"NX_NEMO_ADDRESS_1": a, "NX_NEMO_TOKEN_1": "t",
		}, []string{a, b, c}, ""},
		"texts after numbers": {settings.Map{
			"NX_NEMO_ADDRESS_TEM": c, "NX_NEMO_TOKEN_TEM": "t", "NX_NEMO_ADDRESS_FIB": b, "NX_NEMO_TOKEN_FIB": "t",
			"NX_NEMO_ADDRESS_7": a, "NX_NEMO_TOKEN_7": "t",
		}, []string{a, b, c}, ""},
		"leading zero": {settings.Map{"NX_NEMO_ADDRESS_01": a, "NX_NEMO_TOKEN_01": "t"}, []string{a}, ""},
		"no token": {
			settings.Map{"NX_NEMO_ADDRESS_1": a, "NX_NEMO_ADDRESS_2": b, "NX_NEMO_TOKEN_2": "t"},
			[]string{b},
			"NX_NEMO_TOKEN_1",
		},
		"empty token": {settings.Map{"NX_NEMO_ADDRESS_1": a, "NX_NEMO_TOKEN_1": ""}, nil, "NX_NEMO_TOKEN_1"},
		"no address":  {settings.Map{"NX_NEMO_TOKEN_4": "t"}, nil, "NX_NEMO_ADDRESS_4"},
		"twice the same": {settings.Map{
			"NX_NEMO_ADDRESS_1": a, "NX_NEMO_TOKEN_1": "t", "NX_NEMO_ADDRESS_2": "HTTPS://A.example.org:443/api/", "NX_NEMO_TOKEN_2": "u",
		}, []string{a}, "NX_NEMO_ADDRESS_2"},
		"defaults written out": {settings.Map{
			"NX_NEMO_ADDRESS_1": a, "NX_NEMO_TOKEN_1": "t", "NX_NEMO_STRFTIME_FMT_1": "%Y-%m-%dT%H:%M:%S%z",
			"NX_NEMO_STRPTIME_FMT_1": "%Y-%m-%dT%H:%M:%S%z", "NX_NEMO_TZ_1": "America/New_York",
		}, []string{a}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, log, err := configure(t, test.settings)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
			assert.Contains(t, log, test.says)
			assert.Equal(t, test.says == "", log == "", log)
		})
	}
}

// TestFaultsComeTogether: of all instances, by their full names, without the token.
func TestFaultsComeTogether(t *testing.T) {
	_, _, err := configure(t, settings.Map{
		"NX_NEMO_ADDRESS_1": "https://a.example.org/api", "NX_NEMO_TOKEN_1": "not a token", "NX_NEMO_TZ_1": "Mars/Base",
		"NX_NEMO_STRFTIME_FMT_1": "%Q", "NX_NEMO_STRPTIME_FMT_1": "%H:%M",
		"NX_NEMO_ADDRESS_2": "ftp://b.example.org/", "NX_NEMO_TOKEN_2": "t",
		"NX_NEMO_ADDRESS_3": "https://c.example.org/api/", "NX_NEMO_TOKEN_3": "t", "NX_NEMO_TZ_3": "Local",
		"NX_NEMO_ADDRESS_4": "https://u:p@d.example.org/api/", "NX_NEMO_TOKEN_4": "t",
		"NX_NEMO_ADDRESS_5": "https://d.example.org/api/?x=1", "NX_NEMO_TOKEN_5": "t",
	})
	require.ErrorIs(t, err, nexuslims.Invalid)
	var faults nexuslims.Faults
	require.ErrorAs(t, err, &faults)
	var names []string
	for _, f := range faults {
		names = append(names, f.Variable)
		assert.NotEmpty(t, f.Reason, f.Variable)
	}
	assert.ElementsMatch(t, []string{
		"NX_NEMO_ADDRESS_1", "NX_NEMO_TOKEN_1", "NX_NEMO_TZ_1", "NX_NEMO_STRFTIME_FMT_1", "NX_NEMO_STRPTIME_FMT_1",
		"NX_NEMO_ADDRESS_2", "NX_NEMO_TZ_3", "NX_NEMO_ADDRESS_4", "NX_NEMO_ADDRESS_5",
	}, names)
	assert.NotContains(t, err.Error(), "not a token")
	assert.NotContains(t, err.Error(), "u:p")
}

func TestTokenFromAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(path, []byte(nemotest.Token+"\n"), 0o600))
	server := nemotest.New(t, small())
	all, err := nemo.NewFactory().Configure(settings.Map{
		"NX_NEMO_ADDRESS_LAB": server.URL, "NX_NEMO_TOKEN_LAB_FILE": path,
	}, nexuslims.Host{})
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.NoError(t, all[0].(harvesters.Checker).Check(t.Context()))

	_, _, err = configure(t, settings.Map{"NX_NEMO_ADDRESS_LAB": server.URL, "NX_NEMO_TOKEN_LAB_FILE": path + ".absent"})
	var faults nexuslims.Faults
	require.True(t, errors.As(err, &faults), "%v", err)
	require.Len(t, faults, 1)
	assert.Contains(t, faults[0].Variable, "NX_NEMO_TOKEN_LAB")
}

func TestVariables(t *testing.T) {
	f := nemo.NewFactory()
	assert.Equal(t, "nemo", f.Name())
	var names []string
	for _, v := range f.Variables() {
		names = append(names, v.Name)
		assert.NotEmpty(t, v.Help, v.Name)
		assert.Equal(t, strings.Contains(v.Name, "TOKEN"), v.Secret, v.Name)
	}
	assert.Equal(t, []string{
		"NX_NEMO_ADDRESS_N", "NX_NEMO_TOKEN_N", "NX_NEMO_STRFTIME_FMT_N", "NX_NEMO_STRPTIME_FMT_N", "NX_NEMO_TZ_N",
	}, names)
}

// TestServersSideBySide: two kinds of site in one program, each asked for its own.
func TestServersSideBySide(t *testing.T) {
	first, second := nemotest.New(t, crowd(1)), nemotest.New(t, crowd(1))
	second.Times(nil, "01-02-2006 15:04:05")
	all, err := nemo.NewFactory().Configure(settings.Map{
		"NX_NEMO_ADDRESS_1": first.URL, "NX_NEMO_TOKEN_1": nemotest.Token,
		"NX_NEMO_ADDRESS_2": second.URL, "NX_NEMO_TOKEN_2": nemotest.Token,
		"NX_NEMO_STRPTIME_FMT_2": "%m-%d-%Y %H:%M:%S", "NX_NEMO_TZ_2": "Etc/GMT-2",
	}, nexuslims.Host{})
	require.NoError(t, err)
	require.Len(t, all, 2)
	for i, server := range []*nemotest.Server{first, second} {
		in := instrument(server.URL, 1)
		assert.Positive(t, all[i].Owns(in))
		assert.Zero(t, all[1-i].Owns(in))
		batch, err := all[i].Events(t.Context(), harvesters.Query{Instruments: []nexuslims.Instrument{in}, Now: clockTime("23:00")})
		require.NoError(t, err)
		require.Len(t, batch.Sessions, 1)
		want := clockTime([]string{"10:00", "08:00"}[i])
		assert.True(t, batch.Sessions[0].From.Equal(want), "%s", batch.Sessions[0].From)
	}
}
