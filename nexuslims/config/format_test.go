package config_test

import (
	"testing"

	"github.com/joho/godotenv"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/config"
)

func TestFormatIsReadAlike(t *testing.T) {
	lines := []config.Line{
		{Name: "PLAIN", Value: "x"},
		{Name: "BLANKS", Value: " two words # no comment "},
		{Name: "APOSTROPHE", Value: "it's"},
		{Name: "QUOTES", Value: `say "hello"`},
		{Name: "WINDOWS", Value: `C:\data\new`},
		{Name: "DOLLAR", Value: "p$1x"},
		{Name: "JSON", Value: `["*.mib","*.db"]`},
		{Name: "LINES", Value: "one\ntwo"},
		{Name: "UMLAUT", Value: "Müller µ"},
	}
	text, err := config.Format(lines)
	require.NoError(t, err)
	theirs, err := godotenv.UnmarshalBytes(text)
	require.NoError(t, err)
	ours, faults := config.ParseDotenv(string(text), func(string) (string, bool) { return "", false })
	require.Empty(t, faults)
	require.Len(t, ours, len(lines))
	for i, l := range lines {
		assert.Equal(t, l.Value, theirs[l.Name])
		assert.Equal(t, l.Value, ours[i].Value)
	}
}

func TestFormatRefusesWhatReadersReadDifferently(t *testing.T) {
	for _, value := range []string{"${HOME}", `both ' and " and ${X}`} {
		_, err := config.Format([]config.Line{{Name: "X", Value: value}})
		require.ErrorIs(t, err, nexuslims.Invalid)
		assert.NotContains(t, err.Error(), value, "it may be a secret")
	}
}
