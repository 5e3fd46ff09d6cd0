package hspy_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/hspy"
	"github.com/nexuslims/nexuslims-go/extractors/preview"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// spectrum is an energy-loss spectrum.
func spectrum() synth.HyperSpySignal {
	return synth.HyperSpySignal{
		Title: "low loss", Axes: []synth.HyperSpyAxis{axis("Energy", "eV", 32, 0.5)},
		Metadata: tree{
			"Signal": tree{"signal_type": "EELS", "quantity": "Electrons (Counts)"},
			"Acquisition_instrument": tree{"TEM": tree{
				"beam_energy": int64(200), "acquisition_mode": "STEM",
				"Detector": tree{"EELS": tree{
					"collection_angle": 20.0, "dwell_time": 100.0, "dwell_time_units": "ms", "exposure": 0.01,
				}},
			}},
		},
	}
}

func withType(s synth.HyperSpySignal, kind string, instrument tree) synth.HyperSpySignal {
	s.Metadata = tree{"Signal": tree{"signal_type": kind}, "Acquisition_instrument": instrument}
	return s
}

func of(axes ...synth.HyperSpyAxis) synth.HyperSpySignal { return synth.HyperSpySignal{Axes: axes} }

func TestTypes(t *testing.T) {
	x, y, e := axis("x", "nm", 5, 2), axis("y", "nm", 4, 2), axis("E", "keV", 8, 0.01)
	nx, ny := navigation("x", "nm", 5, 2), navigation("y", "nm", 4, 2)
	kx, ky := axis("kx", "$A^{-1}$", 6, 0.1), axis("ky", "mrad", 6, 0.1)
	tem, sem := tree{"TEM": tree{"beam_energy": 200.0}}, tree{"SEM": tree{"beam_energy": 20.0}}
	stem := tree{"TEM": tree{"acquisition_mode": "STEM"}}
	for _, c := range []struct {
		signal     synth.HyperSpySignal
		kind       string
		instrument tree
		want       string
	}{
		{of(e), "EDS_SEM", sem, "Spectrum SEM_EDS"},
		{of(e), "EDS_TEM", tem, "Spectrum TEM_EDS"},
		{of(e), "EDS_TEM", tree{}, "Spectrum TEM_EDS"},
		{of(e), "CL", stem, "Spectrum STEM_CL"},
		{of(e), "", tree{}, "Spectrum Spectrum"},
		{of(ny, nx, e), "EELS", stem, "SpectrumImage STEM_EELS_Spectrum_Imaging"},
		{of(nx, e), "EELS", tem, "SpectrumImage EELS_Spectrum_Imaging"},
		{of(nx, e), "CL", sem, "SpectrumImage SEM_CL_Spectrum_Imaging"},
		{of(nx, e), "", tree{}, "SpectrumImage Spectrum_Imaging"},
		{of(y, x), "", tem, "Image TEM_Imaging"},
		{of(y, x), "", sem, "Image SEM_Imaging"},
		{of(nx, y, x), "", tree{}, "Image Imaging"},
		{of(y, x), "electron_diffraction", tem, "Diffraction TEM_Diffraction"},
		{of(ky, kx), "", tree{}, "Diffraction Diffraction"},
		{of(ny, nx, ky, kx), "", tem, "Diffraction STEM_Diffraction"},
		{of(e, y, x), "", tem, "Misc Miscellaneous"},
		{of(ny, nx), "", tem, "Misc Miscellaneous"},
	} {
		r := read(t, withType(c.signal, c.kind, c.instrument))
		s := r.Signals[0]
		assert.Equal(t, c.want, s.Meta.Text("DatasetType")+" "+s.Meta.Text("Data Type"), "%q %v", c.kind, c.instrument)
		assert.Empty(t, r.Warnings)
		_, err := preview.Draw(context.Background(), s, preview.Options{})
		require.NoError(t, err, c.want)
	}
}

// TestNavigationFirst: axes of navigation that do not stand first are moved there.
func TestNavigationFirst(t *testing.T) {
	s := read(t, of(axis("E", "eV", 3, 1), navigation("x", "nm", 2, 1))).Signals[0]
	assert.Equal(t, []int{2, 3}, s.Data.Shape())
	assert.Equal(t, "x", s.Data.Axes[0].Name)
	assert.Equal(t, []float64{0, 2, 4, 1, 3, 5}, numbers(t, s.Data))
	assert.Equal(t, "(2, 3)", s.Meta.Text("Data Dimensions"))
}

// TestSeriesOfOne: a series of one spectrum is a spectrum.
func TestSeriesOfOne(t *testing.T) {
	s := read(t, of(navigation("x", "nm", 1, 1), axis("E", "eV", 3, 1))).Signals[0]
	assert.Equal(t, "(3,)", s.Meta.Text("Data Dimensions"))
	assert.Equal(t, "Spectrum", s.Meta.Text("DatasetType"))
	assert.Equal(t, []float64{0, 1, 2}, numbers(t, s.Data))
}

// TestUnsaidNavigation: files that do not say which axes are of the signal say it for all
// at once, or not at all.
func TestUnsaidNavigation(t *testing.T) {
	for record, want := range map[string]int{"spectrum": 2, "image": 1, "": 1} {
		signal := of(axis("", "", 2, 1), axis("", "", 3, 1), axis("", "", 4, 1))
		for i := range signal.Axes {
			signal.Axes[i].Unsaid = true
		}
		signal.Metadata = tree{"Signal": tree{"record_by": record}}
		assert.Equal(t, want, read(t, signal).Signals[0].Data.NavigationAxes(), record)
	}
}

func TestAxes(t *testing.T) {
	listed, function := axis("t", "s", 4, 0), axis("f", "nm", 4, 0)
	listed.Values, function.Function = []float64{1, 2, 4, 7}, true
	for _, c := range []struct {
		name  string
		axis  synth.HyperSpyAxis
		want  extractors.Axis
		warns string
	}{
		{
			"plain",
			synth.HyperSpyAxis{Name: "x", Unit: "nm", Size: 4, Scale: 0.5, Offset: -1},
			extractors.Axis{Name: "x", Unit: "nm", Size: 4, Scale: 0.5, Offset: -1},
			"",
		},
		{"not calibrated", axis("<undefined>", "<undefined>", 4, 1), extractors.Axis{Size: 4, Scale: 1}, ""},
		{"none", axis("", "", 4, 1), extractors.Axis{Size: 4, Scale: 1}, ""},
		{"other spelling", axis("k", "$A^{-1}$", 4, 1), extractors.Axis{Name: "k", Unit: "1/Å", Size: 4, Scale: 1}, ""},
		{"other sign", axis("x", "\u03bcm", 4, 1), extractors.Axis{Name: "x", Unit: "µm", Size: 4, Scale: 1}, ""},
		{"other unit", axis("x", "furlong", 4, 1), extractors.Axis{Name: "x", Unit: "furlong", Size: 4, Scale: 1}, ""},
		{"listed", listed, extractors.Axis{Name: "t", Unit: "s", Size: 4, Scale: 2, Offset: 1}, "mean"},
		{"function", function, extractors.Axis{Name: "f", Size: 4, Scale: 1}, "function"},
	} {
		for _, inList := range []bool{false, true} {
			signal := of(c.axis)
			signal.Listed = inList
			r := read(t, signal)
			assert.Equal(t, []extractors.Axis{c.want}, r.Signals[0].Data.Axes, c.name)
			if c.warns == "" {
				assert.Empty(t, r.Warnings, c.name)
				continue
			}
			require.Len(t, r.Warnings, 1, c.name)
			assert.Contains(t, r.Warnings[0], c.warns, c.name)
		}
	}
}

func stored(t synth.HDF5Type, b []byte, shape ...int) synth.HDF5Data {
	return synth.HDF5Data{Shape: shape, Type: t, Bytes: b}
}

// TestElements: booleans, complex numbers and colours are read as what they are.
func TestElements(t *testing.T) {
	field := func(name, code string) synth.HDF5Field {
		return synth.HDF5Field{Name: name, Type: synth.HDF5Number(code)}
	}
	rgb := synth.HDF5Compound(field("R", "u1"), field("G", "u1"), field("B", "u1"))
	deep := synth.HDF5Compound(field("R", "u2"), field("G", "u2"), field("B", "u2"), field("A", "u2"))
	big := synth.HDF5Compound(field("R", ">u2"), field("G", ">u2"), field("B", ">u2"))
	two := synth.HDF5Compound(field("r", "f4"), field("i", "f4"))
	for _, c := range []struct {
		name  string
		data  synth.HDF5Data
		want  extractors.ElementType
		first []byte
		warns string
	}{
		{"truth", stored(synth.HDF5Bool(), []byte{1, 0}, 2), extractors.Bool8, []byte{1, 0}, ""},
		{"big-endian", stored(synth.HDF5Number(">u2"), []byte{1, 2}, 1), extractors.Uint16, []byte{2, 1}, ""},
		{"complex", stored(two, make([]byte, 8), 1), extractors.Complex64, make([]byte, 8), ""},
		{"RGB", stored(rgb, []byte{1, 2, 3}, 1, 1), extractors.RGB, []byte{1, 2, 3}, ""},
		{"16 bits", stored(deep, []byte{0, 1, 0, 2, 0, 3, 0, 4}, 1, 1), extractors.RGBA, []byte{1, 2, 3, 4}, "16 bits"},
		{"16 bits big", stored(big, []byte{1, 0, 2, 0, 3, 0}, 1, 1), extractors.RGB, []byte{1, 2, 3}, "16 bits"},
	} {
		r := read(t, synth.HyperSpySignal{Data: c.data})
		a := r.Signals[0].Data
		require.NotNil(t, a, c.name)
		assert.Equal(t, c.want, a.Type, c.name)
		b, err := a.Read(context.Background(), a.All())
		require.NoError(t, err, c.name)
		assert.Equal(t, c.first, b, c.name)
		if c.warns == "" {
			assert.Empty(t, r.Warnings, c.name)
			continue
		}
		require.Len(t, r.Warnings, 1, c.name)
		assert.Contains(t, r.Warnings[0], c.warns, c.name)
	}
}

// TestNoPixels: metadata stay where pixels cannot be read, and it is said why.
func TestNoPixels(t *testing.T) {
	sequence := synth.HDF5Data{
		Shape: []int{2}, Type: synth.HDF5Sequence(synth.HDF5Number("f4")), Sequences: [][]byte{make([]byte, 4), nil},
	}
	said := of(navigation("x", "", 3, 1))
	said.Ragged = true
	for name, c := range map[string]struct {
		signal synth.HyperSpySignal
		says   string
	}{
		"ragged":        {synth.HyperSpySignal{Data: sequence}, "ragged data not supported"},
		"said ragged":   {said, "ragged data not supported"},
		"texts":         {synth.HyperSpySignal{Data: synth.HDF5Of([]string{"a", "b"})}, "no numbers"},
		"empty":         {synth.HyperSpySignal{Data: stored(synth.HDF5Number("f4"), nil, 0, 3)}, "no elements"},
		"single number": {synth.HyperSpySignal{Data: synth.HDF5Data{Null: true, Type: synth.HDF5Number("f4")}}, "0 axes"},
		"other filter": {synth.HyperSpySignal{Data: synth.HDF5Data{
			Shape: []int{4}, Chunk: []int{4}, Type: synth.HDF5Number("u1"), Bytes: make([]byte, 4),
			Filter: 32001, FilterName: "blosc",
		}}, "blosc"},
	} {
		t.Run(name, func(t *testing.T) {
			c.signal.Metadata = tree{"General": tree{"title": "kept"}}
			r := read(t, c.signal)
			require.Len(t, r.Signals, 1)
			assert.Equal(t, "kept", r.Signals[0].Meta.Text("Signal Name"))
			assert.Contains(t, r.Signals[0].NoPreview, c.says)
			require.Len(t, r.Warnings, 1)
			assert.Contains(t, r.Warnings[0], c.says)
		})
	}
}

// TestSeveralSignals: each in order of name, damaged ones left out; a group without data is
// no signal.
func TestSeveralSignals(t *testing.T) {
	h := synth.HyperSpy{Version: "9.1", Signals: []synth.HyperSpySignal{
		named(of(axis("x", "nm", 2, 1)), "b"), named(of(axis("x", "nm", 2, 1)), "a/c"),
	}}.HDF5()
	h.Root().Group("Experiments/0 empty")
	b := h.Bytes()
	r := extract(t, fileOf("a.hspy", b))
	require.Len(t, r.Signals, 2)
	assert.Equal(t, "a/c", r.Signals[0].Title)
	assert.Equal(t, "b", r.Signals[1].Title)
	assert.Equal(t, []string{"version 9.1 of the format is newer than 3.3"}, r.Warnings)
}

// TestDamagedSignal: a signal that is damaged is left out and named, the other one stays.
func TestDamagedSignal(t *testing.T) {
	first, second := spectrum(), spectrum()
	first.Title, second.Title = "first", "second"
	whole := synth.HyperSpy{Version: "3.1", Signals: []synth.HyperSpySignal{first, second}}.Bytes()
	left := map[string]bool{}
	for i := 96; i < len(whole)-8; i += 24 {
		b := bytes.Clone(whole)
		copy(b[i:], bytes.Repeat([]byte{0xff}, 8))
		r, err := hspy.New().Extract(context.Background(), fileOf("a.hspy", b))
		if err == nil && len(r.Signals) == 1 && len(r.Warnings) > 0 {
			left[r.Signals[0].Title] = true
		}
	}
	assert.Equal(t, map[string]bool{"first": true, "second": true}, left)
}

func TestVersions(t *testing.T) {
	for _, version := range []any{"3.0", synth.HDF5Fixed("3.0"), 3.0} {
		h := synth.NewHDF5()
		h.Root().Attr("file_format", "HyperSpy").Attr("file_format_version", version)
		g := h.Root().Group("Experiments/a")
		g.Dataset("data", synth.HDF5Of([]float32{1, 2}))
		g.Group("metadata/TEM").Attr("beam_energy", 1.0)
		r := extract(t, fileOf("a.hspy", h.Bytes()))
		assert.Empty(t, r.Warnings)
		assert.Equal(t, nexuslims.Float(1), r.Signals[0].Raw.At("metadata", "TEM", "beam_energy"), "not renamed")
	}
	h := synth.NewHDF5()
	h.Root().Attr("file_format", "HyperSpy").Attr("file_format_version", "next")
	h.Root().Group("Experiments/a").Dataset("data", synth.HDF5Of([]float32{1, 2}))
	assert.Contains(t, extract(t, fileOf("a.hspy", h.Bytes())).Warnings[0], `"next", is not understood`)
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b := synth.HyperSpy{Version: "3.1", Signals: []synth.HyperSpySignal{spectrum()}}.Bytes()
	_, err := hspy.New().Extract(ctx, fileOf("a.hspy", b))
	require.ErrorIs(t, err, nexuslims.Canceled)
}
