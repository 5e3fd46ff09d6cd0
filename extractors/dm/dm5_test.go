package dm_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/dm"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

var nionFiles = []string{"nion/ref_F_0_1", "nion/ref_F_1_1", "nion/ref_T_0_2"}

// tagsOf returns the groups of a tree as nested objects.
func tagsOf(g *dm.Group) *nexuslims.Object {
	o := nexuslims.NewObject(len(g.Tags()))
	for _, t := range g.Tags() {
		if t.Group != nil {
			o.Set(t.Name, tagsOf(t.Group))
		} else if t.Value != nil {
			o.Set(t.Name, t.Value)
		}
	}
	return o
}

// TestDM5IsLikeItsTwins compares files with those that the same program wrote of the same
// data in version 3: signals, metadata, pixels and raw tags are the same.
func TestDM5IsLikeItsTwins(t *testing.T) {
	for _, name := range nionFiles {
		t.Run(name, func(t *testing.T) {
			for _, instrument := range []string{"", "FEI-Titan-STEM"} {
				want := run(t, testdata.Unpacked(t, "instrument-files/gatan-dm/"+name+".dm3"), instrument)
				got := run(t, testdata.Unpacked(t, "instrument-files/gatan-dm/"+name+".dm5"), instrument)
				compareSignals(t, want, got)
			}
		})
	}
}

// compareSignals holds two lists of signals to be the same, but for what differs from run to
// run and the moment at which the two files were written.
func compareSignals(t *testing.T, want, got []*extractors.Signal) {
	t.Helper()
	require.Len(t, got, len(want))
	for i, w := range want {
		g := got[i]
		assert.Equal(t, w.Title, g.Title)
		assert.Equal(t, w.DataLabel, g.DataLabel)
		assert.Equal(t, w.Marks, g.Marks)
		assert.Equal(t, sorted(w.Meta), sorted(g.Meta))
		assert.Equal(t, sorted(w.Raw), sorted(g.Raw))
		if w.Data == nil {
			assert.Equal(t, w.NoPreview, g.NoPreview)
			continue
		}
		require.Len(t, g.Data.Axes, len(w.Data.Axes))
		for k, x := range w.Data.Axes { // the precision of the numbers differs
			assert.InEpsilon(t, x.Scale, g.Data.Axes[k].Scale, 1e-6)
			assert.InDelta(t, x.Offset, g.Data.Axes[k].Offset, 1e-6)
			x.Scale, x.Offset = g.Data.Axes[k].Scale, g.Data.Axes[k].Offset
			assert.Equal(t, x, g.Data.Axes[k])
		}
		require.Equal(t, w.Data.Type, g.Data.Type)
		a, err := w.Data.Read(context.Background(), w.Data.All())
		require.NoError(t, err)
		b, err := g.Data.Read(context.Background(), g.Data.All())
		require.NoError(t, err)
		assert.Equal(t, a, b, "pixels")
	}
}

// sorted returns the values by path, without those of the moment of writing.
func sorted(o *nexuslims.Object) map[string]string {
	m := map[string]string{}
	var walk func(path string, v nexuslims.Value)
	walk = func(path string, v nexuslims.Value) {
		if o, ok := v.(*nexuslims.Object); ok {
			for key, v := range o.All() {
				walk(path+"/"+key, v)
			}
			return
		}
		for _, other := range []string{
			"/Timestamp", "/Acquisition Timestamp", "/Creation Time", "/NexusLIMS Extraction", // moments
			"/warnings",                                                      // about the moment
			"/DataBar/", "/hardware_source/", "/Timezone", "/TagGroup0/Name", // the program wrote them in one of the two
		} {
			if strings.Contains(path, other) {
				return
			}
		}
		m[path] = strings.ReplaceAll(nexuslims.TextOf(v), ".0", "") // floats in one, whole numbers in the other
	}
	walk("", o)
	return m
}

// TestDM5AgainstHDF5Reader compares every attribute with what an independent reader says,
// and the pixels.
func TestDM5AgainstHDF5Reader(t *testing.T) {
	for _, name := range nionFiles {
		t.Run(name, func(t *testing.T) {
			var want struct {
				HDF5 []struct {
					Path  string
					Attrs map[string]any
					Shape []int
					Dtype string
					Value any
				}
			}
			readJSON(t, filepath.Join(testdata.Dir(t), "instrument-files/gatan-dm/expected", name+".dm5.json"), &want)
			path := testdata.Unpacked(t, "instrument-files/gatan-dm/"+name+".dm5")
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			tree, err := dm.DecodeHDF5(context.Background(), bytes.NewReader(data), int64(len(data)))
			require.NoError(t, err)
			assert.Empty(t, tree.Warnings)
			assert.Equal(t, 5, tree.Version)
			root, values := tagsOf(tree.Root), 0
			for _, object := range want.HDF5 {
				if object.Shape != nil {
					signals := run(t, path, "")
					if object.Value != nil { // the third has 0 to 59, as its twin
						comparePixels(t, signals[0], flatten(object.Value, nil))
					}
					continue
				}
				for key, v := range object.Attrs {
					values++
					path := append(segments(object.Path), segmentOf(key, "Data"))
					got, err := json.Marshal(v)
					require.NoError(t, err)
					assert.JSONEq(t, string(got), string(nexuslims.AppendJSON(nil, root.At(path...), "")), "%v", path)
				}
			}
			assert.Equal(t, values, len(leaves(root)), "no value more")
		})
	}
}

func leaves(v nexuslims.Value) (list []nexuslims.Value) {
	o, ok := v.(*nexuslims.Object)
	if !ok {
		return []nexuslims.Value{v}
	}
	for _, v := range o.All() {
		list = append(list, leaves(v)...)
	}
	return list
}

func segments(path string) (list []string) {
	for _, name := range strings.Split(strings.Trim(path, "/"), "/") {
		if name != "" {
			list = append(list, segmentOf(name, "TagGroup"))
		}
	}
	return list
}

func segmentOf(name, kind string) string {
	if strings.HasPrefix(name, "[") {
		return kind + strings.Trim(name, "[]")
	}
	return name
}

func flatten(v any, into []float32) []float32 {
	if list, ok := v.([]any); ok {
		for _, v := range list {
			into = flatten(v, into)
		}
		return into
	}
	n, _ := v.(float64)
	return append(into, float32(n))
}

// comparePixels compares with the values in the order of the file.
func comparePixels(t *testing.T, s *extractors.Signal, want []float32) {
	t.Helper()
	b, err := s.Data.Read(context.Background(), s.Data.All())
	require.NoError(t, err)
	require.Equal(t, extractors.Float32, s.Data.Type)
	shape := s.Data.Shape()
	if len(shape) == 2 { // the spectrum image: energy is last here and first in the file
		b = transposed(b, shape[0], shape[1])
	}
	got := make([]float32, len(b)/4)
	for i := range got {
		got[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	assert.Equal(t, want, got)
}

func transposed(b []byte, rows, columns int) []byte {
	out := make([]byte, 0, len(b))
	for c := range columns {
		for r := range rows {
			out = append(out, b[4*(r*columns+c):][:4]...)
		}
	}
	return out
}

// TestDM5Facts holds the samples to what is known of them.
func TestDM5Facts(t *testing.T) {
	for name, want := range map[string]struct{ dimensions, kind, stamp string }{
		"nion/ref_F_0_1": {"(3,)", "Spectrum TEM_Spectrum", "2026-04-13T16:40:51.664697+01:00"},
		"nion/ref_F_1_1": {"(3, 2)", "SpectrumImage EELS_Spectrum_Imaging", "2026-04-13T16:40:51.766066+01:00"},
		"nion/ref_T_0_2": {"(3, 4, 5)", "Image TEM_Imaging", "2026-04-13T16:40:51.895057+01:00"},
	} {
		path := testdata.Unpacked(t, "instrument-files/gatan-dm/"+name+".dm5")
		outcome, err := engine(t).Extract(context.Background(), open(t, path, ""))
		require.NoError(t, err)
		assert.Equal(t, "DM5", outcome.Format)
		s := outcome.Signals[0]
		assert.Equal(t, want.kind, s.Meta.Text("DatasetType")+" "+s.Meta.Text("Data Type"), name)
		assert.Equal(t, nexuslims.Text(want.dimensions), s.Meta.Get("Data Dimensions"), name)
		assert.Equal(t, nexuslims.Text(want.stamp), s.Meta.At("extensions", "Acquisition Timestamp"), name)
	}
}
