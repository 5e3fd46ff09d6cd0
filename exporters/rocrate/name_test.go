package rocrate_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nexuslims/nexuslims-go/exporters/exportertest"
	"github.com/nexuslims/nexuslims-go/exporters/rocrate"
)

func TestSafeName(t *testing.T) {
	for own, want := range map[string]string{
		"grain 1.tif":          "grain_1.tif",
		"Cafe\u0301.tif":       "Caf_.tif",
		"Café.tif":             "Caf_.tif",
		".hidden":              "hidden",
		"--force.tif":          "force.tif",
		"CON":                  "_CON",
		"con.tif":              "_con.tif",
		"lpt1.thumb.png":       "_lpt1.thumb.png",
		"dot.":                 "dot",
		"...":                  "_",
		"":                     "_",
		"日本語":                  "_",
		"a\x00b\xffc":          "ab_c",
		"100%25 #?&.dm3":       "100_25_.dm3",
		"../../etc/passwd":     "_.._etc_passwd",
		"x" + sameLong(".tif"): "x" + strings.Repeat("x", 115) + ".tif",
	} {
		assert.Equal(t, want, rocrate.SafeName(own), "%q", own)
	}
	for _, text := range exportertest.Hostile() {
		name := rocrate.SafeName(text)
		assert.Regexp(t, `^[A-Za-z0-9_][A-Za-z0-9._-]*$`, name, "%q", text)
		assert.LessOrEqual(t, len(name), 121)
		assert.Equal(t, name, rocrate.SafeName(name), "a safe name stays")
	}
}

func sameLong(ending string) string { return strings.Repeat("x", 300) + ending }

func TestNamesDifferWithoutCase(t *testing.T) {
	assert.Equal(t, []string{"a.tif", "A_2.tif", "a_3.tif", "a_2_2.tif"}, rocrate.TakeAll("a.tif", "A.tif", "a.tif", "a_2.tif"))
	assert.Equal(t, []string{"metadata-file.json", "my.metadata-file.json"}, rocrate.TakeAll("metadata.json", "my.metadata.json"))
	assert.Equal(t, []string{"_", "__2"}, rocrate.TakeAll("日本", "語"))
}
