package nexuslims_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestValidText(t *testing.T) {
	for given, want := range map[string]string{
		"": "", "5 µm": "5 µm", "a\xffb": "a\uFFFDb", "a\x00b": "a\uFFFDb", "\xc2": "\uFFFD", "a\tb\n": "a\tb\n",
	} {
		assert.Equal(t, want, nexuslims.ValidText(given), "%q", given)
	}
}

func TestCutText(t *testing.T) {
	for _, c := range []struct {
		text string
		most int
		want string
	}{
		{"short", 5, "short"},
		{"longer", 5, "lo..."},
		{"µµµµ", 7, "µµ..."},
		{"µµµµ", 6, "µ..."},
		{"µµµµ", 3, "..."},
		{"", 0, ""},
	} {
		assert.Equal(t, c.want, nexuslims.CutText(c.text, c.most, "..."), "%q in %d bytes", c.text, c.most)
	}
}

func TestIsElement(t *testing.T) {
	for _, s := range []string{"H", "He", "Fe", "Og"} {
		assert.True(t, nexuslims.IsElement(s), s)
	}
	for _, s := range []string{"", " ", "h", "FE", "Xx", "H He", "He ", "Iron", strings.Repeat("H", 3)} {
		assert.False(t, nexuslims.IsElement(s), "%q", s)
	}
}

func TestElementSymbol(t *testing.T) {
	for number, want := range map[int]string{1: "H", 8: "O", 27: "Co", 118: "Og", 0: "", 119: "", -4: ""} {
		symbol, ok := nexuslims.ElementSymbol(number)
		assert.Equal(t, want, symbol, number)
		assert.Equal(t, want != "", ok, number)
	}
}
