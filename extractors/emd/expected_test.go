package emd_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/emd"
	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// files are all shared files and what they are called.
func files(t *testing.T) []string {
	t.Helper()
	return reference.Names(t, "emd", "emd")
}

func signals(t *testing.T, name string) []*extractors.Signal {
	t.Helper()
	engine := reference.Engine(t, []extractors.Extractor{emd.New()})
	return reference.Signals(t, engine, "emd/"+name, "")
}

// otherForm are the signals that the independent reader gives another form, and which part
// of ours is the same.
var otherForm = map[string]struct {
	why  string
	same extractors.Region
}{
	"Test SI 16x16 215 kx.emd#8": {
		"it reads the first frame alone of the image beside a map",
		extractors.Region{Start: []int{0, 0, 0}, Count: []int{1, 16, 16}, Step: []int{1, 1, 1}},
	},
}

// TestAgainstExternalReader compares shapes, types, axes and pixels with what an independent
// reader says. Some versions of it widen all images to float64.
func TestAgainstExternalReader(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range files(t) {
		t.Run(name, func(t *testing.T) {
			want := reference.LoadExpected(t, "emd/"+name)
			require.Empty(t, want.Error)
			got := signals(t, name)
			require.Len(t, got, len(want.Signals))
			for i, w := range want.Signals {
				key := name + "#" + string(rune('0'+i))
				region := got[i].Data.All()
				axes := got[i].Data.Axes
				if form, ok := otherForm[key]; ok {
					seen[key] = true
					region, axes = form.same, axes[1:]
				}
				for k := range w.Axes {
					w.Axes[k].Units = strings.NewReplacer("1 / ", "1/", "μ", "µ", "[]", "").Replace(w.Axes[k].Units)
				}
				reference.CheckAxes(t, w.Axes, axes)
				for k, x := range w.Axes {
					assert.Equal(t, x.Navigate, axes[k].Navigation, "axis %d of signal %d", k, i)
				}
				checkDigest(t, key, w, got[i].Data, region)
			}
		})
	}
	assert.Len(t, seen, len(otherForm), "a row that no longer occurs")
}

func checkDigest(t *testing.T, key string, want reference.ExpectedSignal, a *extractors.Array, r extractors.Region) {
	t.Helper()
	var element string
	require.NoError(t, json.Unmarshal(want.Dtype, &element))
	if element == "float64" && a.Type != extractors.Float64 {
		assert.Equal(t, want.SHA256, reference.WidenedSHA256(t, a), key)
		return
	}
	assert.Equal(t, element, a.Type.String(), key)
	b, err := a.Read(context.Background(), r)
	require.NoError(t, err)
	sum := sha256.Sum256(b)
	assert.Equal(t, want.SHA256, hex.EncodeToString(sum[:]), key)
}

// otherTags are the tags of the independent reader that are not ours, by their beginning.
var otherTags = map[string]string{
	"DetectorMetadata":      "its own copy of a detector",
	"ImportedDataParameter": "its own settings",
	"simulation_parameters": "it gives the parameters long names of its own; checked by TestSimulation",
	"EMD_version":           "it looks at the root alone; checked by TestBerkeley",
}

// TestRawTags compares the file's own tags with those that the independent reader found.
func TestRawTags(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range files(t) {
		want := reference.LoadExpected(t, "emd/"+name)
		for i, s := range signals(t, name) {
			got := reference.Flatten(s.Raw)
			for path, w := range reference.Flatten(want.Signals[i].Original) {
				first, _, _ := strings.Cut(path, "/")
				if _, ok := otherTags[first]; ok && (first != "EMD_version" || w == nexuslims.Value(nexuslims.Null{})) {
					seen[first] = true
					continue
				}
				assert.Equal(t, w, got[path], "%s#%d: %s", name, i, path)
			}
		}
	}
	assert.Len(t, seen, len(otherTags), "a row that no longer occurs")
}
