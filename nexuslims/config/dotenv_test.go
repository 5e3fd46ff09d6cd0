package config_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims/config"
)

func TestParseDotenvAgreesWithPython(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(testdata.Dir(t), "dotenv", "cases.json"))
	require.NoError(t, err)
	var all struct {
		Cases []struct {
			Text   string
			Values map[string]*string
		}
	}
	require.NoError(t, json.Unmarshal(b, &all))
	require.GreaterOrEqual(t, len(all.Cases), 600)
	environment := func(name string) (string, bool) {
		v, ok := map[string]string{"HOME_X": "/srv/home", "NX_SET": "from-environment"}[name]
		return v, ok
	}
	for _, c := range all.Cases {
		lines, _ := config.ParseDotenv(c.Text, environment)
		got := map[string]*string{}
		for _, l := range lines {
			got[l.Name] = nil
			if l.Set {
				got[l.Name] = &l.Value
			}
		}
		assert.Equal(t, c.Values, got, "text %q", c.Text)
	}
}

func TestParseDotenvNamesFaultyLines(t *testing.T) {
	lines, faults := config.ParseDotenv("A=1\n\nB=\"x\"y\nC='two\nlines'\nD=4", func(string) (string, bool) { return "", false })
	assert.Equal(t, []config.Line{{"A", "1", true, 1}, {"C", "two\nlines", true, 4}, {"D", "4", true, 6}}, lines)
	assert.Equal(t, []string{"line 3 cannot be understood and is skipped"}, faults)
}
