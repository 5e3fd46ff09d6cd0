package feitif_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// TestAgainstExternalReader compares sizes, types, axes and pixels with what independent
// readers say.
func TestAgainstExternalReader(t *testing.T) {
	for _, name := range files(t) {
		t.Run(name, func(t *testing.T) {
			want := reference.LoadExpected(t, "fei-tiff/"+name)
			s := signal(t, name)
			require.NotNil(t, s.Data)
			w, ok := picture(t, want)
			require.True(t, ok)
			assert.Equal(t, w.Shape, s.Data.Shape())
			assert.Equal(t, w.Element(), s.Data.Type.String())
			reference.CheckPixels(t, w, s.Data)
			if w.Axes == nil {
				return
			}
			for i, a := range s.Data.Axes {
				size, known := nexuslims.Q(a.Scale, a.Unit).Convert(nexuslims.MustUnit(w.Axes[i].Units))
				require.True(t, known, a.Unit)
				scale := w.Axes[i].Scale
				if name == navigation {
					scale = w.Axes[1-i].Scale // that reader divides the height of the field by the rows for the columns
				}
				assert.InDelta(t, scale, size.Value, 1e-6*scale, a.Name)
				assert.Zero(t, a.Offset)
			}
		})
	}
}

// picture returns what is said of the pixels, as a signal or as a page of the container.
func picture(t *testing.T, want reference.Expected) (reference.ExpectedSignal, bool) {
	t.Helper()
	if len(want.Signals) > 0 {
		return want.Signals[0], true
	}
	pages, _ := want.All.Group("tiff").Get("pages").(nexuslims.List)
	if len(pages) == 0 {
		return reference.ExpectedSignal{}, false
	}
	page, ok := pages[0].(*nexuslims.Object)
	shape, isList := page.Get("shape").(nexuslims.List)
	if !ok || !isList {
		return reference.ExpectedSignal{}, false
	}
	w := reference.ExpectedSignal{SHA256: page.Text("sha256_le"), Dtype: []byte(`"` + page.Text("dtype") + `"`)}
	for _, n := range shape {
		size, _ := nexuslims.Number(n)
		w.Shape = append(w.Shape, int(size))
	}
	return w, true
}

// TestRawAgainstExternalReader compares every setting with that reader's reading of the
// same sections, in which numbers are numbers. It knows nothing of gases that repeat.
func TestRawAgainstExternalReader(t *testing.T) {
	compared := 0
	for _, name := range files(t) {
		s := signal(t, name)
		sections := settingsOf(reference.LoadExpected(t, "fei-tiff/"+name))
		for section, v := range sections.All() {
			want, ok := v.(*nexuslims.Object)
			if !ok || strings.HasPrefix(section, "MultiGISGas") {
				continue
			}
			require.True(t, s.Raw.Has(section), "%s: [%s]", name, section)
			for key, w := range want.All() {
				if key == "UserTextUnicode" {
					continue // decoded
				}
				compared++
				assertSetting(t, name+" ["+section+"] "+key, w, s.Raw.Group(section).Text(key))
			}
		}
	}
	assert.Greater(t, compared, 1000)
}

func settingsOf(want reference.Expected) *nexuslims.Object {
	if len(want.Signals) > 0 {
		return want.Signals[0].Original.Group("fei_metadata")
	}
	pages, _ := want.All.Group("tiff").Get("pages").(nexuslims.List)
	if len(pages) == 0 {
		return nil
	}
	page, _ := pages[0].(*nexuslims.Object)
	return page.Group("tags", "34682")
}

func assertSetting(t *testing.T, where string, want nexuslims.Value, got string) {
	t.Helper()
	switch w := want.(type) {
	case nexuslims.Text:
		assert.Equal(t, strings.TrimSpace(string(w)), got, where)
	case nexuslims.Bool:
		assert.True(t, strings.EqualFold(nexuslims.TextOf(w), got), "%s: %s", where, got)
	default:
		n, ok := extractors.ParseNumber(got)
		require.True(t, ok, "%s: %q", where, got)
		assert.InDelta(t, reference.Number(w), reference.Number(n), 1e-9*math.Abs(reference.Number(w)), where)
	}
}

func signal(t *testing.T, name string) *extractors.Signal {
	t.Helper()
	list := reference.Signals(t, engine(t), "fei-tiff/"+name, "")
	require.Len(t, list, 1)
	return list[0]
}
