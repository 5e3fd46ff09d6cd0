package hspy_test

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// TestXraysBeginAtZero: the noise peak at no energy is not drawn, but among the data.
func TestXraysBeginAtZero(t *testing.T) {
	energy := axis("Energy", "keV", 50, 0.02)
	energy.Offset = -0.2
	spectrum := of(energy)
	spectrum.Metadata = tree{"Signal": tree{"signal_type": "EDS_SEM"}}
	s := read(t, spectrum).Signals[0]
	assert.Equal(t, "X-rays (Counts)", s.DataLabel)
	assert.Equal(t, []int{50}, s.Data.Shape())
	require.NotNil(t, s.Shown)
	assert.Equal(t, []int{40}, s.Shown.Shape())
	assert.InDelta(t, 0, s.Shown.Axes[0].Offset, 1e-12)
	assert.Equal(t, numbers(t, s.Data)[10:], numbers(t, s.Shown))

	spectrum.Metadata = tree{"Signal": tree{"signal_type": "EELS", "quantity": "Electrons (e$^-$)"}}
	s = read(t, spectrum).Signals[0]
	assert.Nil(t, s.Shown, "energy losses begin before the zero-loss peak")
	assert.Equal(t, "Electrons (e$^-$)", s.DataLabel)
}

// TestMapsOfSums: what is left of a map when its spectra were summed has places alone.
func TestMapsOfSums(t *testing.T) {
	sums := of(navigation("z", "", 2, 1), navigation("y", "nm", 4, 0.5), navigation("x", "nm", 6, 0.5))
	s := read(t, sums).Signals[0]
	assert.Equal(t, "Misc", s.Meta.Text("DatasetType"))
	require.NotNil(t, s.Shown)
	var shown []bool
	for _, x := range s.Shown.Axes {
		shown = append(shown, x.Navigation)
	}
	assert.Equal(t, []bool{true, false, false}, shown)
	assert.Equal(t, 3, s.Data.NavigationAxes())
	assert.Equal(t, numbers(t, s.Data), numbers(t, s.Shown))
}

// TestTransforms: a Fourier transform is no diffraction pattern, and has no magnification.
func TestTransforms(t *testing.T) {
	transform := of(axis("y", "1/nm", 4, 0.1), axis("x", "1/nm", 4, 0.1))
	transform.Metadata = tree{
		"Signal":                 tree{"signal_type": "", "FFT": tree{"shifted": true}},
		"Acquisition_instrument": tree{"TEM": tree{"beam_energy": 200.0, "magnification": 1e5, "dwell_time": 1e-6}},
	}
	m := read(t, transform).Signals[0].Meta
	assert.Equal(t, "Image TEM_Imaging FFT", m.Text("DatasetType")+" "+m.Text("Data Type")+" "+m.Text("Derived"))
	assert.Equal(t, nexuslims.Q(200, "kilovolt"), m.Get("acceleration_voltage"))
	for _, name := range []string{"magnification", "dwell_time", "pixel_width", "horizontal_field_width"} {
		assert.Nil(t, m.Get(name), name)
	}
}

// TestLongArrays holds arrays of trees to the shortened form, with the kind of their numbers.
func TestLongArrays(t *testing.T) {
	whole, halves, words := make([]int16, 1000), make([]float32, 20_000), make([]string, 300)
	for i := range whole {
		whole[i] = int16(-i)
	}
	for i := range halves {
		halves[i] = float32(i) / 2
	}
	f := synth.HyperSpy{Version: "3.1", Signals: []synth.HyperSpySignal{of(axis("x", "", 3, 1))}}.HDF5()
	g := f.Root().Group("Experiments/__unnamed__/original_metadata")
	g.Dataset("whole", synth.HDF5Of(whole))
	g.Dataset("halves", synth.HDF5Of(halves))
	g.Dataset("table", synth.HDF5Data{Shape: []int{20, 50}, Type: synth.HDF5Number(">i2"), Bytes: bigEndian(whole)})
	g.Dataset("words", synth.HDF5Of(words))
	g.Attr("of an attribute", whole[:400])
	s := extract(t, fileOf("a.hspy", f.Bytes())).Signals[0]
	o := s.Raw.Group("original_metadata")
	assert.Equal(t, extractors.Shorten(whole), o.Get("whole"))
	assert.Equal(t, extractors.Shorten(halves), o.Get("halves"))
	assert.Equal(t, extractors.Shorten(whole), o.Get("table"))
	assert.Equal(t, extractors.Shorten(whole[:400]), o.Get("of an attribute"))
	assert.Equal(t, nexuslims.Int(300), o.At("words", "length"))
}

func bigEndian(numbers []int16) []byte {
	var b []byte
	for _, n := range numbers {
		b = binary.BigEndian.AppendUint16(b, uint16(n))
	}
	return b
}

// TestFieldsAreExact: a field is the product of the decimals that are shown.
func TestFieldsAreExact(t *testing.T) {
	m := read(t, of(axis("y", "nm", 6, 0.1), axis("x", "nm", 7, 0.1))).Signals[0].Meta
	assert.Equal(t, nexuslims.Q(0.0007, "micrometer"), m.Get("horizontal_field_width"))
	assert.Equal(t, nexuslims.Q(0.0006, "micrometer"), m.Get("vertical_field_width"))
}
