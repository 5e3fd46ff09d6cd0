package profilefile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/profilefile"
	"github.com/nexuslims/nexuslims-go/extractors/profiles"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
)

// TestExamplesOfThePage reads every profile that docs/profiles.md shows.
func TestExamplesOfThePage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(testdata.Root(), "docs", "profiles.md"))
	require.NoError(t, err)
	compiled := new(extractors.Profiles)
	require.NoError(t, compiled.AddStep(profiles.TecnaiText()))
	examples := strings.Split(string(page), "```yaml\n")[1:]
	require.Len(t, examples, 4)
	for _, e := range examples {
		text, _, _ := strings.Cut(e, "```")
		list, err := profilefile.Parse("example.yaml", []byte(text), compiled)
		require.NoError(t, err, text)
		for _, s := range list[0].Steps() {
			doc := document()
			assert.NoError(t, s.Apply(&doc, extractors.Subject{Name: "L7_W2_001.tif", Path: "fib/L7_W2_001.tif"}), s.Name)
		}
	}
}
