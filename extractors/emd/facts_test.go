package emd_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// fact is what the metadata of one signal must say. Paths are those of the flattened
// document; numbers are compared to a millionth, nil is what must not be there.
type fact map[string]any

// facts are what is known of the shared files.
var facts = map[string]map[int]fact{
	"STEM HAADF Diffraction Micro.emd": {0: {
		"DatasetType": "Image", "Data Type": "STEM_Imaging", "Data Dimensions": "(128, 128)",
		"acceleration_voltage": "300.0 kV", "extensions/Signal Name": "HAADF", "detector_type": "HAADF",
		"magnification": 7100.0, "pixel_width": "87.370796142255832 nm", "pixel_height": "87.370796142255832 nm",
		"horizontal_field_width": "11.183461906208746 µm", "dwell_time": "10.0 µs", "extensions/Frame Time": "0.24706 s",
		"scan_rotation": "18.199999553 deg", "stage_position/x": "0.57681 µm", "stage_position/z": "-6.879e-05 mm",
		"stage_position/tilt_alpha": "-0.00017968 deg", "stage_position/tilt_beta": "0.033983161 deg",
		"extensions/STEM Camera Length": "301.0 mm", "extensions/C2 Aperture": "150.0 µm",
		"extensions/Collection Angle (inner)": "27.4025521 mrad", "extensions/Collection Angle (outer)": "166.3550889 mrad",
		"extensions/Convergence Angle": nil, "extensions/Acquisition Timestamp": "2020-07-29T16:49:34+00:00",
		"extensions/Microscope": "Titan", "beam_current": nil,
	}},
	"Camera Ceta Diffraction Micro.emd": {0: {
		"DatasetType": "Diffraction", "Data Type": "TEM_Diffraction", "Data Dimensions": "(512, 512)",
		"camera_length": "378.0 mm", "acquisition_device": "BM-Ceta", "extensions/Signal Name": "Ceta",
		"extensions/Exposure Time": "0.4 s", "extensions/Binning (Horizontal)": 8, "extensions/Binning (Vertical)": 8,
		"extensions/Spot Size": 3, "magnification": nil, "extensions/Indicated Magnification": nil,
		"extensions/dwell_time": nil, "extensions/Acquisition Timestamp": "2020-07-29T16:48:45+00:00",
		"extensions/Reciprocal Pixel Size": "0.11442968 1/nm", "pixel_width": nil, "extensions/pixel_width": nil,
	}},
	"fei_example_tem_stack.emd": {0: {
		"DatasetType": "Image", "Data Type": "TEM_Imaging", "Data Dimensions": "(2, 3, 3)",
		"magnification": 1271519.155, "extensions/STEM Camera Length": nil, "stage_position/tilt_alpha": "-12.58637015 deg",
		"extensions/Holder": "FEI Double Tilt", "extensions/Acquisition Timestamp": "2019-12-05T10:03:44+00:00",
	}},
	"fei_example_dpc_titles.emd": dpcFacts(),
	"Test SI 16x16 ReducedData 215 kx.emd": {
		0: segmentFact("SuperXG21", 45), 1: segmentFact("SuperXG24", 315), 2: segmentFact("SuperXG22", 135),
		3: segmentFact("SuperXG23", 225), 4: mapFact("C"), 5: mapFact("Ca"), 6: mapFact("O"), 7: mapFact("Cu"),
		8: {
			"DatasetType": "Image", "Data Type": "STEM_Imaging", "extensions/Signal Name": "HAADF", "magnification": 225000.0,
			"extensions/Specimen": "Test", "extensions/Convergence Angle": "25.01065271 mrad",
			"extensions/Screen Current": "216.546159 pA", "extensions/Microscope": "Titan Themis",
		},
	},
	"Test SI 16x16 215 kx.emd": {
		0: {"extensions/Spectrum Image": nil},
		9: {
			"DatasetType": "SpectrumImage", "Data Type": "STEM_EDS_Spectrum_Imaging", "Data Dimensions": "(16, 16, 4096)",
			"live_time": "2.00665497 s", "acquisition_time": "0.5119965 s", "extensions/Number of frames": 2,
			"extensions/Detectors": "['SuperXG21', 'SuperXG22', 'SuperXG23', 'SuperXG24']", "channel_size": "10.0 eV",
			"elements": "['C', 'O', 'Ca', 'Cu']", "starting_energy": "-0.25 keV", "dwell_time": "1000.0 µs",
			"magnification": 225000.0, "pixel_width": "3.59924926 nm", "extensions/Signal Name": "SuperXG2",
		},
	},
	"FFTComplexEven.emd": {
		0: {
			"DatasetType": "Image", "Data Type": "STEM_Imaging", "extensions/Signal Name": "FFT#1(HAADF)",
			"extensions/Derived": "FFT", "pixel_width": nil, "magnification": nil, "horizontal_field_width": nil,
			"dwell_time": nil, "extensions/Reciprocal Pixel Size": nil,
		},
		1: {"extensions/Signal Name": "HAADF", "pixel_width": "27.1152956 nm", "extensions/Derived": nil},
	},
	"example_image.emd": {0: {
		"DatasetType": "Image", "Data Type": "Imaging", "Data Dimensions": "(3, 3)", "extensions/Signal Name": nil,
		"extensions/Microscope": nil, "extensions/Operator": nil, "acceleration_voltage": nil,
	}},
	"example_metadata.emd": {0: {
		"extensions/Signal Name": "This is a test!", "acceleration_voltage": "300.0 kV", "extensions/Microscope": "Titan",
		"extensions/Specimen": "TiO2", "extensions/Preparation": "FIB", "extensions/Operator": "John Doe",
		"extensions/Comments": "Test",
	}},
	"Si100_4D.emd": {0: {
		"DatasetType": "Diffraction", "Data Type": "STEM_Diffraction", "Data Dimensions": "(2, 11, 11, 8, 8)",
		"acceleration_voltage": "100.0 kV", "convergence_angle": "30.0 mrad", "extensions/Derived": "Simulation",
		"extensions/Simulation/ns": 2, "extensions/Signal Name": "CBED_array",
	}},
}

func dpcFacts() map[int]fact {
	all := map[int]fact{}
	for i, name := range []string{"B-D", "DPC", "iDPC", "DF4-C", "DF4-B", "DF4-A", "A-C", "DF4-D", "Filtered iDPC"} {
		all[i] = fact{
			"DatasetType": "Image", "Data Type": "STEM_Imaging", "extensions/Signal Name": name, "magnification": 910000.0,
			"extensions/STEM Camera Length": "3028.0 mm", "extensions/Convergence Angle": "1.04612820693 mrad",
			"stage_position/tilt_alpha": "4.673088 deg", "stage_position/tilt_beta": "5.06 deg",
			"extensions/Collection Angle (inner)": "0.60253744 mrad", "extensions/Collection Angle (outer)": "3.36298742 mrad",
			"extensions/Acquisition Timestamp": "2020-10-29T13:16:16+00:00",
		}
	}
	for i, derived := range map[int]any{0: "B-D", 1: "DPC", 2: "iDPC", 3: nil, 6: "A-C", 8: "iDPC"} {
		all[i]["extensions/Derived"] = derived
	}
	all[5]["detector_type"] = "DF4-A"
	return all
}

func segmentFact(name string, azimuth float64) fact {
	f := fact{
		"DatasetType": "Spectrum", "Data Type": "STEM_EDS", "acquisition_device": name, "azimuthal_angle": azimuth,
		"elevation_angle": "18.0000003 deg", "elements": "['C', 'O', 'Ca', 'Cu']", "channel_size": "10.0 eV",
		"starting_energy": "-0.25 keV", "extensions/dwell_time": "1000.0 µs", "extensions/Indicated Magnification": 225000.0,
		"extensions/Spectrum Image": "pruned (stream removed)", "extensions/EDS/Detector type": "Super-X G2",
		"extensions/EDS/Incidence angle": "5.42 deg", "extensions/EDS/Solid angle": "0.7 sr", "extensions/Specimen": nil,
		"extensions/Acquisition Timestamp": "2024-02-29T06:58:04+00:00",
	}
	if name == "SuperXG21" {
		f["live_time"], f["acquisition_time"] = "0.49210381111044865 s", "0.5119965 s"
	}
	return f
}

func mapFact(element string) fact {
	return fact{
		"DatasetType": "Image", "Data Type": "STEM_EDS_Map", "extensions/Signal Name": element,
		"extensions/Derived": "Element map", "magnification": 225000.0, "pixel_width": "3.59924926 nm",
	}
}

func TestFacts(t *testing.T) {
	for name, list := range facts {
		t.Run(name, func(t *testing.T) {
			got := signals(t, name)
			for i, f := range list {
				require.Less(t, i, len(got))
				flat := reference.Flatten(got[i].Meta)
				for path, want := range f {
					checkFact(t, i, path, want, flat[path])
				}
			}
		})
	}
}

func checkFact(t *testing.T, signal int, path string, want any, got nexuslims.Value) {
	t.Helper()
	switch want := want.(type) {
	case nil:
		assert.Nil(t, got, "signal %d: %s", signal, path)
	case float64:
		assert.InEpsilon(t, want, reference.Number(got), 1e-6, "signal %d: %s", signal, path)
	case int:
		assert.Equal(t, nexuslims.Int(want), got, "signal %d: %s", signal, path)
	case string:
		q, ok := nexuslims.ParseQuantity(want)
		have, isQuantity := got.(nexuslims.Quantity)
		if !ok || !isQuantity {
			require.NotNil(t, got, "signal %d: %s", signal, path)
			assert.Equal(t, want, nexuslims.TextOf(got), "signal %d: %s", signal, path)
			return
		}
		assert.Equal(t, q.Unit.Name, have.Unit.Name, "signal %d: %s", signal, path)
		assert.InEpsilon(t, q.Value, have.Value, 1e-5, "signal %d: %s", signal, path)
	}
}

// TestKnownPixels looks at single pixels.
func TestKnownPixels(t *testing.T) {
	for _, c := range []struct {
		name   string
		signal int
		at     []int
		want   complex128
	}{
		{"STEM HAADF Diffraction Micro.emd", 0, []int{0, 0}, 9993},
		{"STEM HAADF Diffraction Micro.emd", 0, []int{127, 127}, 9996},
		{"fei_example_tem_stack.emd", 0, []int{0, 1, 2}, 10},
		{"fei_example_tem_stack.emd", 0, []int{1, 0, 1}, 3},
		{"fei_example_dpc_titles.emd", 0, []int{0, 0}, -1170},
		{"fei_example_dpc_titles.emd", 1, []int{0, 0}, complex(-32.846664428710938, -214.79666137695312)},
		{"fei_example_dpc_titles.emd", 3, []int{0, 0}, 29955},
		{"example_image.emd", 0, []int{0, 1}, 3},
	} {
		a := signals(t, c.name)[c.signal].Data
		r := extractors.Region{Start: c.at, Count: []int{1, 1, 1}[:len(c.at)], Step: []int{1, 1, 1}[:len(c.at)]}
		got, err := a.Complex(context.Background(), r)
		require.NoError(t, err)
		assert.Equal(t, c.want, got[0], "%s#%d at %v", c.name, c.signal, c.at)
	}
}

// TestSumOfCube compares the map with the whole spectra that stand beside it.
func TestSumOfCube(t *testing.T) {
	list := signals(t, "Test SI 16x16 215 kx.emd")
	total := make([]float64, 4096)
	for _, s := range list[:4] {
		v, err := s.Data.Float64(context.Background(), s.Data.All())
		require.NoError(t, err)
		for i, n := range v {
			total[i] += n
		}
	}
	cube := list[9].Data
	v, err := cube.Float64(context.Background(), cube.All())
	require.NoError(t, err)
	sum := make([]float64, 4096)
	for i, n := range v {
		sum[i%4096] += n
	}
	assert.Equal(t, total, sum)
}

// TestPrunedFile: the events were removed, which is said, and everything else is there.
func TestPrunedFile(t *testing.T) {
	f := reference.Open(t, "emd/Test SI 16x16 ReducedData 215 kx.emd", "")
	defer func() { _ = f.Close() }()
	r := extract(t, f)
	require.Len(t, r.Warnings, 1)
	assert.Contains(t, r.Warnings[0], "pruned")
	assert.Equal(t, "Velox EMD", r.Format)
}

// TestBerkeley and TestSimulation check the tags that the independent reader gives another
// form.
func TestBerkeley(t *testing.T) {
	for name, want := range map[string]string{"example_image.emd": "0.2", "Si100_4D.emd": "0.5"} {
		assert.Equal(t, nexuslims.Text(want), signals(t, name)[0].Raw.Get("EMD_version"), name)
	}
}

func TestSimulation(t *testing.T) {
	p := signals(t, "Si100_4D.emd")[0].Raw.Group("simulation_parameters")
	assert.Equal(t, 33, p.Len())
	assert.Equal(t, nexuslims.Float(100), p.Get("E"))
	assert.Equal(t, nexuslims.Text("m"), p.Get("a"))
	f := reference.Open(t, "emd/Si100_4D.emd", "")
	defer func() { _ = f.Close() }()
	assert.Equal(t, "Prismatic EMD", extract(t, f).Format)
}
