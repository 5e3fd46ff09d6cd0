package dm_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// TestMetadataFilesOfTheReference compares the text of the raw groups with metadata files
// that the reference wrote, order of keys and form of numbers included, and the order and
// number form of what nx_meta has in common.
func TestMetadataFilesOfTheReference(t *testing.T) {
	root := filepath.Join(testdata.Dir(t), "reference-output")
	for _, c := range []struct {
		folder, instrument string
		files              []int
	}{
		{"session-1001", "Titan-TEM", []int{1, 2, 3, 4, 5, 6, 7, 8}},
		{"nx-data", "FEI-Titan-TEM", []int{1, 4, 5, 7}},
	} {
		for _, i := range c.files {
			name := "image_00" + nexuslims.TextOf(nexuslims.Int(i)) + ".dm3"
			t.Run(c.folder+"/"+name, func(t *testing.T) {
				want := reference.ReadObject(t, filepath.Join(root, c.folder, name+".json"))
				raw := want.Clone()
				raw.Delete("nx_meta")
				got := run(t, testdata.Unpacked(t, "instrument-files/gatan-dm/"+name), c.instrument)
				require.Len(t, got, 1)
				assert.Equal(t, rawText(raw), string(nexuslims.AppendJSON(nil, got[0].Raw, "  ")))
				compareOrder(t, want.Group("nx_meta"), got[0].Meta)
			})
		}
	}
}

// rawText writes an empty text as such, where the reference writes an empty list.
func rawText(o *nexuslims.Object) string {
	return strings.ReplaceAll(string(nexuslims.AppendJSON(nil, o, "  ")), "[]", `""`)
}

func compareOrder(t *testing.T, want, got *nexuslims.Object) {
	t.Helper()
	var a, b []string
	for _, key := range want.Keys() {
		if got.Has(key) {
			a = append(a, key)
		}
	}
	for _, key := range got.Keys() {
		if want.Has(key) {
			b = append(b, key)
		}
	}
	assert.Equal(t, a, b)
	for _, key := range a {
		w, g := want.Get(key), got.Get(key)
		if sub, ok := w.(*nexuslims.Object); ok {
			if o, ok := g.(*nexuslims.Object); ok {
				compareOrder(t, sub, o)
			}
			continue
		}
		switch key {
		case "Creation Time", "warnings", "Defocus", "Date", "Module", "Version": // other conditions, and a unit
		default:
			assert.True(t, reference.Same(w, g) || nexuslims.Equal(w, g), "%s: %v, in the reference %v", key, g, w)
		}
	}
}
