package tia_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// threeSeries are a map, an image and another map of the same detector, each from a minute
// of its own, behind a survey image.
func threeSeries() (survey []synth.EMIObject, series []synth.TIA) {
	series = []synth.TIA{
		synth.TIAMap(3, 2, 64, 1, microscope()), synth.TIAStack(8, 1, 1, microscope()), synth.TIAMap(3, 2, 64, 2, microscope()),
	}
	for i := range series {
		series[i].EMI.Block.Date = synth.EMIDate(at.AddDate(0, 0, i+1))
	}
	return []synth.EMIObject{synth.TIASurvey(16, 1, microscope())}, series
}

// day is that of the block which a series was given: 15 to 17 for the three series.
func day(meta *nexuslims.Object) string {
	text := meta.Text("Creation Time")
	return text[8:10]
}

func TestPairing(t *testing.T) {
	survey, series := threeSeries()
	named := folderWith(t, true, survey, series...)
	unnamed := folderWith(t, false, survey, series...)
	renamed := folderOf(map[string][]byte{"other.emi": named.files["map.emi"], "other_3.ser": named.files["map_3.ser"]})
	strange := folderOf(map[string][]byte{"other.emi": named.files["map.emi"], "other_7.ser": named.files["map_3.ser"]})
	missing := folderOf(map[string][]byte{
		"map.emi": unnamed.files["map.emi"], "map_1.ser": unnamed.files["map_1.ser"], "map_3.ser": unnamed.files["map_3.ser"],
	})
	damaged := folderOf(map[string][]byte{
		"map.emi": unnamed.files["map.emi"], "map_1.ser": []byte("II"), "map_2.ser": unnamed.files["map_2.ser"],
	})
	brackets := folderOf(map[string][]byte{"a[1].emi": named.files["map.emi"], "a[1]_2.SER": named.files["map_2.ser"]})
	upper := folderOf(map[string][]byte{"MAP.EMI": named.files["map.emi"], "MAP_2.SER": named.files["map_2.ser"]})
	for _, c := range []struct {
		name   string
		folder *inFolder
		file   string
		day    string
		how    string // in "emi Block"
		unsure bool
	}{
		{"by path, map", named, "map_1.ser", "15", "", false},
		{"by path, image", named, "map_2.ser", "16", "", false},
		{"by path, second map", named, "map_3.ser", "17", "", false},
		{"by number", renamed, "other_3.ser", "17", "4 of 4, by the number of the series, whose name has changed", false},
		{"no path of that number", strange, "other_7.ser", "14", "", false},
		{"by range, in order", unnamed, "map_1.ser", "15", "2 of 4, by the range of the detector, in order", false},
		{"by range behind a map", unnamed, "map_2.ser", "16", "", true},
		{"by range behind two", unnamed, "map_3.ser", "17", "4 of 4, by the range of the detector, in order", false},
		{"behind one that is missing", missing, "map_3.ser", "17", "", true},
		{"behind one that is damaged", damaged, "map_2.ser", "16", "", true},
		{"pattern characters", brackets, "a[1]_2.SER", "16", "by the number", false},
		{"other case", upper, "MAP_2.SER", "16", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := c.folder.signal(t, c.file)
			assert.Equal(t, c.day, day(s.Meta))
			assert.Contains(t, extension(s, "emi Block"), c.how)
			assert.Equal(t, c.unsure, strings.Contains(warnings(s), "does not say which"), warnings(s))
		})
	}
}

// TestTenthSeries finds the block of a series with a number of two digits.
func TestTenthSeries(t *testing.T) {
	m := microscope()
	files := map[string][]byte{}
	var emi synth.EMI
	for i := 1; i <= 12; i++ {
		o := synth.TIAStack(4, 1, uint64(i), m)
		b, err := o.SER.Bytes()
		require.NoError(t, err)
		files["a_"+nexuslims.TextOf(nexuslims.Int(i))+".ser"] = b
		o.EMI.Block.Date = synth.EMIDate(at.AddDate(0, 0, i))
		emi.Objects = append(emi.Objects, o.EMI)
	}
	b, err := emi.Bytes()
	require.NoError(t, err)
	files["a.emi"] = b
	assert.Equal(t, "24", day(folderOf(files).signal(t, "a_10.ser").Meta))
	delete(files, "a_3.ser")
	assert.Equal(t, "26", day(folderOf(files).signal(t, "a_12.ser").Meta))
	files["a_02.ser"] = files["a_2.ser"]
	assert.Equal(t, "16", day(folderOf(files).signal(t, "a_02.ser").Meta))
}

// TestPairingWithoutRanges numbers the blocks where they say nothing of the detector.
func TestPairingWithoutRanges(t *testing.T) {
	_, series := threeSeries()
	for i := range series {
		series[i].EMI.Block.Range = nil
	}
	d := folderWith(t, false, nil, series...)
	s := d.signal(t, "map_2.ser")
	assert.Equal(t, "16", day(s.Meta))
	assert.Equal(t, "2 of 3, by the number of the series, which may be wrong", extension(s, "emi Block"))
	assert.Contains(t, warnings(s), "does not say which of its objects")
	d.files["map_4.ser"] = d.files["map_1.ser"]
	assert.Contains(t, warnings(d.signal(t, "map_4.ser")), "No experimental metadata was found")
}

// TestWithoutDescription holds the words of the warnings and what there is without .emi.
func TestWithoutDescription(t *testing.T) {
	survey, series := threeSeries()
	d := folderWith(t, true, survey, series...)
	ser := d.files["map_2.ser"]
	onlyID, err := synth.EMI{Objects: []synth.EMIObject{{Series: `C:\b_1.ser`, Block: synth.EMIBlock{UUID: "1"}}}}.Bytes()
	require.NoError(t, err)
	files := folderOf(map[string][]byte{
		"alone_1.ser": ser, "bad.emi": []byte("JK of nothing"), "bad_1.ser": ser, "plain.ser": ser, "plain_x.ser": ser,
		"b.emi": onlyID, "b_1.ser": ser, "b_2.ser": ser,
	})
	for name, want := range map[string]struct{ warning, path string }{
		"alone_1.ser": {"could not find a corresponding .emi metadata file", ""},
		"bad_1.ser":   {"The .emi metadata file associated with this .ser file could not be opened", "Titan/2024/bad.emi"},
		"plain.ser":   {"could not be opened by NexusLIMS", ""},
		"plain_x.ser": {"could not be opened by NexusLIMS", ""},
		"b_1.ser":     {"No experimental metadata was found", "Titan/2024/b.emi"},
		"b_2.ser":     {"No experimental metadata was found", "Titan/2024/b.emi"},
	} {
		t.Run(name, func(t *testing.T) {
			s := files.signal(t, name)
			assert.Contains(t, warnings(s), want.warning)
			assert.Equal(t, want.path, extension(s, "emi Filename"))
			assert.Equal(t, "(8, 8)", s.Meta.Text("Data Dimensions"))
			assert.Equal(t, "TEM_Imaging", s.Meta.Text("Data Type"))
			assert.Equal(t, "2024-05-14T14:30:00+00:00", s.Meta.Text("Creation Time"), "that of the file")
			assert.Equal(t, "2024-05-14T13:30:00+00:00", extension(s, "Acquisition Timestamp"))
			assert.NotNil(t, s.Raw.Group("ser_header_parameters"))
		})
	}
}

// TestRightBlocks holds the values of the series that the reference gives those of another
// object.
func TestRightBlocks(t *testing.T) {
	for name, want := range map[string]map[string]string{
		"Titan_TEM_3_eds_spectrum_image_dataZeroed_1.ser": {
			"Creation Time": "2019-07-17T13:50:23+00:00", "extensions/Manufacturer": "EDAX", "acquisition_time": "5.0",
			"detector_energy_resolution": "10.0", "extensions/Shaping Time": "51.2", "extensions/Frame Time": "", "dwell_time": "",
		},
		"Titan_TEM_4_eds_line_scan_1_dataZeroed_1.ser": {
			"Creation Time": "2019-11-01T15:42:58+00:00", "extensions/Manufacturer": "EDAX", "acquisition_time": "20.0",
		},
		"16x16-line_profile_horizontal_5x128x128_EDS_1.ser": {
			"Creation Time": "2016-02-22T19:18:16+00:00", "extensions/Manufacturer": "FEI-Edx", "extensions/Shaping Time": "1.0",
		},
		"16x16-line_profile_horizontal_5x128x128_EDS_2.ser": {
			"Creation Time": "2016-02-22T19:18:24+00:00", "acquisition_device": "BM-Ceta", "extensions/Binning": "8",
			"camera_length": "260.0", "extensions/Dwell Time Path": "0.05",
		},
		"16x16-diffraction_imagel_5x5x256x256_EDS_1.ser": {
			"Creation Time": "2016-02-22T19:21:01+00:00", "extensions/Manufacturer": "FEI-Edx",
		},
		"16x16-spectrum_image-5x5x1024_1.ser": {
			"Creation Time": "2016-02-22T11:56:27+00:00", "extensions/Number of Spectra": "24", "channel_size": "0.2",
			"pixel_width": "0.12053969116531095", "pixel_height": "0.12053969116531095",
		},
		"16x16-2_point-spectra-2x1024_1.ser":          {"Creation Time": "2016-02-22T11:36:20+00:00", "acquisition_time": "0.05"},
		"16x16-line_profile_horizontal_10x1024_1.ser": {"Creation Time": "2016-02-22T11:50:45+00:00"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Contains(t, paired, name)
			s := reference.Signals(t, engine(t), folder+"/"+name, "")[0]
			got := reference.Flatten(s.Meta)
			for path, text := range want {
				assert.Equal(t, text, nexuslims.TextOf(got[path]), path)
			}
			assert.Empty(t, warnings(s))
		})
	}
}
