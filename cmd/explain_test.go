package cmd_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestExtractExplain(t *testing.T) {
	t.Parallel()
	s := &site{t: t, dir: t.TempDir(), now: morning}
	s.file("TEM/a.dm3", morning)
	name := s.path("instruments/TEM/a.dm3")

	o := s.run("extract", "--explain", name)
	require.Equal(t, 0, o.code, o.err)
	assert.Contains(t, o.out, "Extractor  dm3_extractor")
	assert.Regexp(t, `dm3_extractor +priority 100 +yes +reads .dm3 files`, o.out)
	assert.Regexp(t, `acceleration_voltage +\S+ kV +field of Image, in kilovolt .*from Voltage`, o.out)
	assert.NoFileExists(t, name+".thumb.png", "nothing is drawn")

	o = s.run("extract", "--explain", "--format", "json", name)
	require.Equal(t, 0, o.code, o.err)
	var got struct {
		Extractor, Format string
		Asked             []struct {
			Extractor, Why string
			Priority       int
			Took           bool
		}
		Signals []struct {
			Fields []struct {
				Path        []string
				From, Place string
				Steps       []string
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(o.out), &got), o.out)
	assert.Equal(t, "DM3", got.Format)
	require.Len(t, got.Asked, 1)
	assert.True(t, got.Asked[0].Took)
	require.Len(t, got.Signals, 1)
	found := false
	for _, f := range got.Signals[0].Fields {
		if assert.NotEmpty(t, f.Path) && f.Path[0] == "acceleration_voltage" {
			found = true
			assert.NotEmpty(t, f.Steps)
			assert.Equal(t, "field of Image, in kilovolt", f.Place)
		}
	}
	assert.True(t, found)

	for _, args := range [][]string{{"--format", "json"}, {"--explain", "--format", "xml"}, {"--explain", "--write"}} {
		o = s.run(append(append([]string{"extract"}, args...), name)...)
		assert.Equal(t, 2, o.code, args)
	}
}
