package exporters_test

import (
	"bytes"
	"errors"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

type values map[string]string

func (v values) Lookup(name string) (text, source string, ok bool) {
	text, ok = v[name]
	return text, "environment", ok
}

func (v values) Names() []string { return nil }

type wiki struct {
	Address string `env:"NX_WIKI" help:"Address."`
	Pages   int    `env:"NX_PAGES" help:"Pages."`
}

func factory(name string, priority int, open func(wiki, nexuslims.Host) (exporters.Destination, error)) exporters.Factory {
	return exporters.NewFactory(exporters.Spec{Name: name, Priority: priority}, func(w wiki) bool { return w.Address == "" }, open)
}

func opens(wiki, nexuslims.Host) (exporters.Destination, error) { return works("1"), nil }

func TestConfigureOpensWhatIsOnInTheOrderOfTurns(t *testing.T) {
	var r exporters.Registry
	for name, priority := range map[string]int{"c": 5, "b": 5, "a": 1, "d": 1000} {
		require.NoError(t, r.Add(factory(name, priority, opens)))
	}
	open, faults := exporters.Configure(&r, values{"NX_WIKI": "x"}, nexuslims.Host{})
	require.Empty(t, faults)
	var names []string
	for _, o := range open {
		names = append(names, o.Spec.Name)
	}
	assert.Equal(t, []string{"d", "b", "c", "a"}, names)

	open, faults = exporters.Configure(&r, values{}, nexuslims.Host{})
	assert.Empty(t, open)
	assert.Empty(t, faults)
}

func TestConfigureCollectsFaultsAndSurvivesPanics(t *testing.T) {
	var log bytes.Buffer
	var r exporters.Registry
	require.NoError(t, r.Add(factory("good", 1, opens)))
	require.NoError(t, r.Add(factory("boom", 3, func(wiki, nexuslims.Host) (exporters.Destination, error) { panic("boom") })))
	require.NoError(t, r.Add(factory("odd", 2, func(wiki, nexuslims.Host) (exporters.Destination, error) {
		return nil, errors.New("no such thing")
	})))
	open, faults := exporters.Configure(&r, values{"NX_WIKI": "x"}, nexuslims.Host{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	require.Len(t, open, 1)
	assert.Equal(t, "good", open[0].Spec.Name)
	assert.Equal(t, nexuslims.Faults{{Variable: "odd", Reason: "no such thing"}}, faults)
	assert.Contains(t, log.String(), "level=ERROR")
	assert.Contains(t, log.String(), "boom")

	_, faults = exporters.Configure(&r, values{"NX_WIKI": "x", "NX_PAGES": "many"}, nexuslims.Host{})
	require.Len(t, faults, 3)
	assert.Equal(t, "NX_PAGES", faults[0].Variable)
}

func TestRegistryRefuses(t *testing.T) {
	var r exporters.Registry
	require.NoError(t, r.Add(factory("wiki", 1, opens)))
	require.ErrorIs(t, r.Add(factory("wiki", 2, opens)), nexuslims.Conflict)
	require.NoError(t, r.Replace(factory("wiki", 2, opens)))
	assert.Equal(t, 2, r.Named("wiki").Spec().Priority)
	assert.Equal(t, []string{"wiki"}, r.Names())
	assert.Nil(t, r.Named("other"))
	for _, name := range []string{"", "Wiki", "1a", "a-b", "a b"} {
		require.ErrorIs(t, r.Add(factory(name, 1, opens)), nexuslims.Invalid, name)
	}
	for _, priority := range []int{-1, 1001} {
		require.ErrorIs(t, r.Add(factory("other", priority, opens)), nexuslims.Invalid)
	}
}
