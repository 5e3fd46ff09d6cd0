package emd_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func simpleNCEM() synth.NCEM {
	return synth.NCEM{
		Version: "0.2",
		Arrays: []synth.NCEMArray{{
			Name: "image", Shape: []int{4, 3}, Axes: []synth.NCEMAxis{axis("x", "[n_m]", -1, 0.5), axis("y", "nm", 0, 0.5)},
		}},
		Microscope: map[string]any{
			"name": "Example", "voltage": 200.0, "voltage_units": "kV", "camera_length": "120 mm", "magnification": 5000,
			"stage": "double tilt", "email": "",
		},
		User:   map[string]any{"name": "Ada Example", "email": "ada@example.org"},
		Sample: map[string]any{"material": "TiO2"},
	}
}

func axis(name, unit string, offset, scale float64) synth.NCEMAxis {
	return synth.NCEMAxis{Name: name, Unit: unit, Offset: offset, Scale: scale}
}

func TestBerkeleyImage(t *testing.T) {
	r := read(t, "a.emd", simpleNCEM().Bytes())
	assert.Equal(t, "Berkeley EMD", r.Format)
	require.Len(t, r.Signals, 1)
	s := r.Signals[0]
	assert.Equal(t, []int{3, 4}, s.Data.Shape(), "transposed")
	assert.Equal(t, extractors.Axis{Name: "y", Size: 3, Scale: 0.5, Unit: "nm"}, s.Data.Axes[0])
	assert.Equal(t, extractors.Axis{Name: "x", Size: 4, Scale: 0.5, Offset: -1, Unit: "nm"}, s.Data.Axes[1])
	v := numbers(t, s.Data, s.Data.All())
	assert.Equal(t, []float64{0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11}, v)
	for name, want := range map[string]nexuslims.Value{
		"acceleration_voltage": nexuslims.Q(200, "kilovolt"), "STEM Camera Length": nexuslims.Q(120, "millimeter"),
		"magnification": nexuslims.Float(5000), "Operator": nexuslims.Text("Ada Example"), "Specimen": nexuslims.Text("TiO2"),
		"Microscope": nexuslims.Text("Example"), "stage": nexuslims.Text("double tilt"), "email": nil,
		"pixel_width": nexuslims.Q(0.5, "nanometer"),
	} {
		assert.Equal(t, want, s.Meta.Get(name), name)
	}
}

// TestBackwards: an axis may run backwards, its pixels have a size all the same.
func TestBackwards(t *testing.T) {
	n := simpleNCEM()
	for i := range n.Arrays[0].Axes {
		n.Arrays[0].Axes[i].Scale = -0.5
	}
	s := read(t, "a.emd", n.Bytes()).Signals[0]
	assert.Equal(t, nexuslims.Q(0.5, "nanometer"), s.Meta.Get("pixel_width"))
	assert.InDelta(t, -0.5, s.Data.Axes[1].Scale, 0)
}

// TestVoltages: a number of a thousand or more is volt, a text has its own unit.
func TestVoltages(t *testing.T) {
	for _, c := range []struct{ key, value any }{
		{"voltage", 300000.0}, {"voltage", 300}, {"beam_energy", "300kV"}, {"accelerating voltage", "300000"}, {"voltage", "300 kV"},
	} {
		n := simpleNCEM()
		n.Microscope = map[string]any{c.key.(string): c.value}
		s := read(t, "a.emd", n.Bytes()).Signals[0]
		assert.Equal(t, nexuslims.Q(300, "kilovolt"), s.Meta.Get("acceleration_voltage"), "%v", c)
	}
}

func TestPrismaticLayers(t *testing.T) {
	n := synth.NCEM{
		Version: "0.5",
		Arrays: []synth.NCEMArray{{
			Name: "CBED_array_depth", Shape: []int{2, 3, 4, 4}, Layers: 3,
			Axes: []synth.NCEMAxis{axis("R_x", "[n_m]", 0, 1), axis("R_y", "[n_m]", 0, 1), axis("Q_x", "[n_m^-1]", -2, 1), axis("Q_y", "[n_m^-1]", -2, 1)},
		}},
		Parameters: map[string]any{"E": 80.0, "sa": 25.0, "ns": 4, "s": 1.5, "zs": 0.0},
	}
	r := read(t, "a.emd", n.Bytes())
	assert.Equal(t, "Prismatic EMD", r.Format)
	require.Len(t, r.Signals, 1)
	s := r.Signals[0]
	assert.Equal(t, []int{3, 2, 3, 4, 4}, s.Data.Shape(), "not transposed")
	assert.Equal(t, extractors.Axis{Name: "CBED_array_depth", Size: 3, Scale: 6, Offset: 6, Unit: "Å", Navigation: true}, s.Data.Axes[0])
	assert.Equal(t, extractors.Axis{Name: "Q_y", Size: 4, Scale: 1, Offset: -2, Unit: "1/nm"}, s.Data.Axes[4])
	assert.Equal(t, "STEM_Diffraction", s.Meta.Text("Data Type"))
	v := numbers(t, s.Data, extractors.Region{Start: []int{1, 1, 2, 3, 2}, Count: []int{2, 1, 1, 1, 2}, Step: []int{1, 1, 1, 1, 1}})
	assert.Equal(t, []float64{190, 191, 286, 287}, v)
	assert.Equal(t, nexuslims.Q(25, "milliradian"), s.Meta.Get("convergence_angle"))
}

func TestPy4DSTEM(t *testing.T) {
	n := synth.NCEM{
		Version: "1.0",
		Arrays: []synth.NCEMArray{{
			Name: "datacube", Shape: []int{2, 3, 4, 5},
			Axes: []synth.NCEMAxis{axis("Rx", "pixels", 0, 1), axis("Ry", "pixels", 0, 1), axis("Qx", "pixels", 0, 1), axis("Qy", "pixels", 0, 1)},
		}},
		Parameters: map[string]any{"R_pixel_size": 1.5, "R_pixel_units": "nm", "Q_pixel_size": 0.02, "Q_pixel_units": "A^-1"},
	}
	r := read(t, "a.h5", n.Bytes())
	assert.Equal(t, "py4DSTEM EMD", r.Format)
	require.Len(t, r.Signals, 1)
	s := r.Signals[0]
	assert.Equal(t, []int{2, 3, 4, 5}, s.Data.Shape())
	assert.Equal(t, extractors.Axis{Name: "Rx", Size: 2, Scale: 1.5, Unit: "nm", Navigation: true}, s.Data.Axes[0])
	assert.Equal(t, extractors.Axis{Name: "Qy", Size: 5, Scale: 0.02, Unit: "1/Å"}, s.Data.Axes[3])
	assert.Equal(t, "STEM_Diffraction", s.Meta.Text("Data Type"))
	assert.NotNil(t, s.Raw.At("metadatabundle", "calibration", "R_pixel_size"))
}

// TestListsOfPoints: what is no array is left out, and said.
func TestListsOfPoints(t *testing.T) {
	h := simpleNCEM().HDF5()
	g := h.Root().Group("signals/points").Attr("emd_group_type", int32(1))
	point := synth.HDF5Compound(synth.HDF5Field{Name: "qx", Type: synth.HDF5Number("f4")}, synth.HDF5Field{Name: "n", Type: synth.HDF5Number("i2")})
	g.Dataset("data", synth.HDF5Data{Shape: []int{2}, Type: point, Bytes: make([]byte, 12)})
	r := read(t, "a.emd", h.Bytes())
	require.Len(t, r.Signals, 1)
	require.Len(t, r.Warnings, 1)
	assert.Contains(t, r.Warnings[0], "/signals/points")
}
