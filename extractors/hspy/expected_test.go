package hspy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/hspy"
	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func signals(t *testing.T, name, instrument string) []*extractors.Signal {
	t.Helper()
	engine := reference.Engine(t, []extractors.Extractor{hspy.New()})
	return reference.Signals(t, engine, "hspy/"+name, instrument)
}

// TestAgainstExternalReader compares shapes, types, axes and pixels with what an independent
// reader says.
func TestAgainstExternalReader(t *testing.T) {
	for _, name := range reference.Names(t, "hspy") {
		t.Run(name, func(t *testing.T) {
			want := reference.LoadExpected(t, "hspy/"+name)
			require.Empty(t, want.Error)
			got := signals(t, name, "")
			require.Len(t, got, len(want.Signals))
			for i, w := range want.Signals {
				a := got[i].Data
				require.NotNil(t, a)
				assert.Equal(t, w.Element(), a.Type.String())
				reference.CheckAxes(t, w.Axes, a.Axes)
				for k, x := range w.Axes {
					assert.Equal(t, x.Name, a.Axes[k].Name)
					assert.Equal(t, x.Navigate, a.Axes[k].Navigation, "axis %d", k)
				}
				reference.CheckPixels(t, w, a)
			}
		})
	}
}

// otherTrees are the places, by their beginning, that are not those of the independent
// reader, and why.
var otherTrees = map[string]string{
	"example1_v1.0.hdf5: Acquisition_instrument/TEM/Detector/": "it loses the level of the spectrometer",
	"with_lists_etc.hdf5: Signal/Noise_properties/":            "a whole signal is given by its shape",
	"with_lists_etc.hdf5: test/binary_string":                  "it calls the length of bytes otherwise",
}

// TestTrees compares both trees, in both directions.
func TestTrees(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range reference.Names(t, "hspy") {
		want := reference.LoadExpected(t, "hspy/"+name)
		for i, s := range signals(t, name, "") {
			w := want.Signals[i]
			require.Equal(t, []string{"metadata", "original_metadata"}, s.Raw.Keys())
			compare(t, name, w.Metadata, s.Raw.Group("metadata"), seen)
			compare(t, name, w.Original, s.Raw.Group("original_metadata"), seen)
		}
	}
	assert.Len(t, seen, len(otherTrees), "a row that no longer occurs: %v", seen)
}

func compare(t *testing.T, name string, want, got *nexuslims.Object, seen map[string]bool) {
	t.Helper()
	w, g := reference.Flatten(want), reference.Flatten(got)
	for path := range g {
		if _, ok := w[path]; !ok {
			w[path] = nil
		}
	}
	for path, v := range w {
		if nexuslims.Equal(v, g[path]) {
			continue
		}
		explained := false
		for row := range otherTrees {
			if strings.HasPrefix(name+": "+path, row) {
				seen[row], explained = true, true
			}
		}
		if !explained {
			t.Errorf("%s: %s is %v, there %v", name, path, g[path], v)
		}
	}
}
