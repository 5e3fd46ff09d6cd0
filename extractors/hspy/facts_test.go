package hspy_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// fact is what the metadata of a file must say. Paths are those of the flattened document;
// quantities are compared to a hundred-thousandth, nil is what must not be there.
type fact map[string]any

// eels are the facts of one spectrum that is there in two versions of the format.
func eels(timestamp any) fact {
	return fact{
		"DatasetType": "Spectrum", "Data Type": "TEM_EELS", "Data Dimensions": "(21,)", "acceleration_voltage": "120.0 kV",
		"extensions/beam_current": "12.345 nA", "acquisition_time": "0.1 s", "extensions/EELS/Convergence semi-angle": "1.5 mrad",
		"extensions/EELS/Collection semi-angle": "3.4 mrad", "channel_size": "3.1 eV", "starting_energy": "0.52013 keV",
		"extensions/Acquisition Timestamp": timestamp, "extensions/Signal Name": "NIO EELS OK SHELL",
	}
}

// facts are what is known of the shared files, read as those of an instrument in New York.
var facts = map[string]fact{
	"example1_v1.0.hdf5": eels(nil),
	"example1_v1.2.hdf5": eels("1991-10-01T12:00:00-04:00"),
	"none_metadata.hdf5": {
		"DatasetType": "Spectrum", "Data Type": "Spectrum", "Data Dimensions": "(1,)", "extensions/Signal Name": nil,
	},
	"with_lists_etc.hdf5": {
		"DatasetType": "Spectrum", "Data Type": "Spectrum", "Data Dimensions": "(10,)", "extensions/Signal Name": nil,
	},
	"example2_v3.1.hspy": {
		"DatasetType": "Diffraction", "Data Type": "TEM_Diffraction", "Data Dimensions": "(16, 16)",
		"acceleration_voltage": "200.0 kV", "camera_length": "320.00000000000006 mm", "extensions/Exposure Time": "0.2 s",
		"stage_position/tilt_alpha": "10.0 deg", "extensions/Microscope": "FEI Tecnai",
		"extensions/Acquisition Timestamp": "2014-07-09T18:56:37-04:00", "beam_current": nil, "extensions/beam_current": nil,
		"extensions/Reciprocal Pixel Size": "0.17443285882472992 1/nm",
	},
	"1D_EDS_SEM_Spectrum.hspy": {
		"DatasetType": "Spectrum", "Data Type": "SEM_EDS", "Data Dimensions": "(1024,)", "acceleration_voltage": "10.0 kV",
		"live_time": "19.997292 s", "acquisition_time": "39.593745 s", "elevation_angle": "37.0 deg",
		"detector_energy_resolution": "130.0 eV", "acquisition_device": "X-max 80 Oxford Instrument",
		"elements": "['Al', 'C', 'Cu', 'Mn', 'Zr']", "channel_size": "10.0 eV", "starting_energy": "-0.1 keV",
	},
	"Cr_L_cl.hspy": {
		"DatasetType": "Spectrum", "Data Type": "TEM_EELS", "Data Dimensions": "(400,)", "acceleration_voltage": "200.0 kV",
		"extensions/EELS/Convergence semi-angle": "21.0 mrad", "extensions/EELS/Collection semi-angle": "50.0 mrad",
		"elements": "['Cr']", "channel_size": "0.1 eV",
	},
	"EELS_LL_linescan.hspy": {
		"DatasetType": "SpectrumImage", "Data Type": "EELS_Spectrum_Imaging", "Data Dimensions": "(17, 1024)",
		"acceleration_voltage": "200.0 kV", "extensions/EELS/Collection semi-angle": "20.0 mrad", "elements": nil,
		"extensions/Signal Name": `Simulated EELS low-loss thickness 0.3-1.9 $t/\lambda$`, "starting_energy": "-0.1 keV",
	},
	"4d-stem_5x6_16x12.hspy": {
		"DatasetType": "Diffraction", "Data Type": "STEM_Diffraction", "Data Dimensions": "(5, 6, 12, 16)",
		"acceleration_voltage": "200.0 kV", "camera_length": "115.0 mm",
		"extensions/Acquisition Timestamp": "2024-10-12T14:03:21-04:00",
	},
}

func TestFacts(t *testing.T) {
	require.Len(t, facts, len(reference.Names(t, "hspy")))
	for name, f := range facts {
		t.Run(name, func(t *testing.T) {
			got := signals(t, name, "FEI-Titan-TEM")
			require.Len(t, got, 1)
			flat := reference.Flatten(got[0].Meta)
			for path, want := range f {
				checkFact(t, path, want, flat[path])
			}
		})
	}
}

func checkFact(t *testing.T, path string, want any, got nexuslims.Value) {
	t.Helper()
	text, ok := want.(string)
	if !ok {
		assert.Nil(t, got, path)
		return
	}
	require.NotNil(t, got, path)
	have, isQuantity := got.(nexuslims.Quantity)
	if !isQuantity {
		assert.Equal(t, text, nexuslims.TextOf(got), path)
		return
	}
	q, ok := nexuslims.ParseQuantity(text)
	require.True(t, ok, text)
	assert.Equal(t, q.Unit.Name, have.Unit.Name, path)
	assert.InEpsilon(t, q.Value, have.Value, 1e-5, path)
}

// TestKnownPixels looks at the largest values.
func TestKnownPixels(t *testing.T) {
	for name, want := range map[string]float64{
		"1D_EDS_SEM_Spectrum.hspy": 13726, "4d-stem_5x6_16x12.hspy": 1003, "with_lists_etc.hdf5": 9,
	} {
		a := signals(t, name, "")[0].Data
		v, err := a.Float64(context.Background(), a.All())
		require.NoError(t, err)
		assert.InDelta(t, want, slices.Max(v), 0, name)
	}
}

// TestListsOfFile looks at the lists, tuples and bytes of a file.
func TestListsOfFile(t *testing.T) {
	o := signals(t, "with_lists_etc.hdf5", "")[0].Raw.Group("metadata", "test")
	one, zero := nexuslims.Int(1), nexuslims.Int(0)
	for key, want := range map[string]nexuslims.List{
		"list": {nexuslims.Int(42)}, "tuple": {one, nexuslims.Int(2)}, "empty_list": {}, "empty_tuple": {},
		"list_inside_list":  {nexuslims.Int(42), nexuslims.Int(137), nexuslims.List{zero, one}},
		"tuple_inside_list": {nexuslims.Int(137), nexuslims.List{nexuslims.Int(123), nexuslims.Int(44)}},
	} {
		assert.Equal(t, want, o.Get(key), key)
	}
	assert.Equal(t, nexuslims.Int(226), o.At("binary_string", "length"))
}
