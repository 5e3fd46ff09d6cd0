package tia_test

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/tia"
	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const folder = "fei-tia"

func names(tb testing.TB) []string {
	tb.Helper()
	return reference.Names(tb, folder, "ser")
}

func engine(tb testing.TB) *extractors.Engine {
	tb.Helper()
	return reference.Engine(tb, []extractors.Extractor{tia.New()})
}

// patterns are the series whose axes the independent reader, which does not see the .emi
// file, takes for nanometres although the numbers are reciprocal.
var patterns = map[string]bool{"16x16-line_profile_horizontal_5x128x128_EDS_2.ser": true}

// TestAgainstIndependentReader compares shape, type, axes, every pixel and the header of
// all shared series with what another reader says.
func TestAgainstIndependentReader(t *testing.T) {
	for _, name := range names(t) {
		t.Run(name, func(t *testing.T) {
			expected := reference.LoadExpected(t, folder+"/"+name)
			got := reference.Signals(t, engine(t), folder+"/"+name, "")
			require.Len(t, got, len(expected.Signals))
			want, s := expected.Signals[0], got[0]
			require.NotNil(t, s.Data)
			assert.Equal(t, want.Shape, s.Data.Shape())
			assert.Equal(t, want.Element(), s.Data.Type.String())
			checkAxes(t, want, s.Data.Axes, patterns[name])
			reference.CheckPixels(t, want, s.Data)
			checkHeader(t, want.Original.Group("ser_header_parameters"), s.Raw.Group("ser_header_parameters"))
		})
	}
}

// checkAxes compares the axes. The reader converts steps to nanometres and forgets to
// convert the first value; of reciprocal steps it converts the wrong way. It takes the first
// value of a dimension for that of the first element, whatever the element it belongs to.
func checkAxes(t *testing.T, want reference.ExpectedSignal, got []extractors.Axis, pattern bool) {
	t.Helper()
	header := want.Original.Group("ser_header_parameters")
	for i := range want.Axes {
		a := &want.Axes[i]
		assert.Equal(t, a.Navigate, got[i].Navigation)
		switch {
		case pattern && !a.Navigate:
			a.Units, a.Scale, a.Offset = "1/nm", a.Scale/1e18, a.Offset/1e9
		case a.Units == "nm":
			a.Offset *= 1e9
		}
		if a.Navigate && a.Name == "y" {
			a.Offset -= reference.Number(header.Get("Dim-2_CalibrationElement")) * a.Scale
			checkPlaces(t, header, got[i])
		}
	}
	reference.CheckAxes(t, want.Axes, got)
}

// checkPlaces compares an axis with the places where the elements were acquired: the centres
// of the fields.
func checkPlaces(t *testing.T, header *nexuslims.Object, y extractors.Axis) {
	t.Helper()
	places, _ := header.Get("PositionY").(nexuslims.List)
	require.NotEmpty(t, places)
	if first := reference.Number(places[0]) * 1e9; first != 0 { // not blanked
		assert.InDelta(t, first, y.Offset+y.Scale/2, 1e-9)
	}
}

// checkHeader compares every value of the header and of the elements.
func checkHeader(t *testing.T, want, got *nexuslims.Object) {
	t.Helper()
	require.NotNil(t, want)
	assert.Equal(t, want.Keys(), got.Keys())
	for key, v := range want.All() {
		if f, ok := v.(nexuslims.Float); ok && strings.HasPrefix(key, "Calibration") {
			assert.InDelta(t, float64(f), reference.Number(got.Get(key)), 1e-15*math.Abs(float64(f)), key)
			continue
		}
		assert.True(t, reference.Same(v, got.Get(key)), "%s: %v, expected %v", key, got.Get(key), v)
	}
}

// theirs is the only signal of a file in the answers of the reference implementation.
func theirs(tb testing.TB, name string) *nexuslims.Object {
	tb.Helper()
	o := reference.ReadObject(tb, filepath.Join(testdata.Dir(tb), "reference-output/extract", folder, name+".json"))
	list, _ := o.Group("instrument none").Get("signals").(nexuslims.List)
	require.Len(tb, list, 1)
	signal, ok := list[0].(*nexuslims.Object)
	require.True(tb, ok)
	return signal
}
