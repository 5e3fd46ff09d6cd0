package dm_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// explain returns where each value of the last signal comes from.
func explain(t *testing.T, f *extractors.File) map[string]extractors.FieldAccount {
	t.Helper()
	x, _, err := engine(t).Explain(context.Background(), f)
	require.NoError(t, err)
	accounts := map[string]extractors.FieldAccount{}
	for _, field := range x.Signals[len(x.Signals)-1].Fields {
		accounts[extractors.PathText(field.Path)] = field
	}
	return accounts
}

// TestExplain names the tags of values of every sort, in all versions alike.
func TestExplain(t *testing.T) {
	const image, tags = "ImageList:TagGroup0:", "ImageList:TagGroup0:ImageTags:"
	m := synth.DefaultMicroscope(at)
	m.Mode = "STEM"
	d := synth.EELSImage(5, 4, 32, 1, m)
	spectrometer := synth.Group{{Name: "Slit width (eV)", Value: "10"}, {Name: "Slit inserted", Value: true}}
	d.Images[0].Tags = append(d.Images[0].Tags, synth.Tag{Name: "EELS Spectrometer", Value: spectrometer},
		synth.Tag{Name: "DigiScan", Value: synth.Group{{Name: "Sample Time", Value: 12.5}}})
	for version, name := range map[int]string{3: "a.dm3", 4: "a.dm4", 5: "a.dm5"} {
		d.Version = version
		b, err := d.Bytes()
		require.NoError(t, err)
		got := explain(t, extractors.NewFile(name, bytes.NewReader(b), int64(len(b)), at, extractors.Context{
			Instrument: &nexuslims.Instrument{PID: "Scope", Timezone: "America/New_York"},
		}))
		for path, want := range map[string]struct{ from, how string }{
			"acceleration_voltage":        {tags + "Microscope Info:Voltage", ""},
			"magnification":               {tags + "Microscope Info:Indicated Magnification", ""},
			"stage_position / tilt_alpha": {tags + "Microscope Info:Stage Position:Stage Alpha", ""},
			"acquisition_device":          {tags + "Acquisition:Device:Name", ""},
			"dwell_time":                  {tags + "DigiScan:Sample Time", ""},
			"pixel_time":                  {tags + "SI:Acquisition:Pixel time (s)", ""},
			"pixel_width":                 {image + "ImageData:Calibrations:Dimension:TagGroup0:Scale", ""},
			"channel_size":                {image + "ImageData:Calibrations:Dimension:TagGroup2:Scale", ""},
			"horizontal_field_width":      {image + "ImageData:Calibrations:Dimension:TagGroup0:Scale", "times 5 pixels"},
			"Data Type":                   {"axes, units and tags", ""},
			"Instrument ID":               {"the folder of the file", ""},
			"Creation Time":               {"modification time of the file", ""},
			"Data Dimensions":             {image + "ImageData:Dimensions", "slowest first, without sizes of 1"},
			"extensions / EELS / Convergence semi-angle": {
				tags + "EELS:Experimental Conditions:Convergence semi-angle (mrad)", "",
			},
			"extensions / EELS / Spectrometer Slit width": {tags + "EELS Spectrometer:Slit width (eV)", "text to number"},
			"extensions / Binning (Vertical)": {
				tags + "Acquisition:Parameters:High Level:Binning", "number 2 of the list",
			},
			"extensions / Spectrum Imaging / Acquisition Duration": {
				tags + "SI:Acquisition:Start time and End time", "difference of the times of day",
			},
			"extensions / Acquisition Timestamp": {tags + "DataBar:Acquisition Time (OS)", "Windows FILETIME"},
		} {
			if assert.Contains(t, got, path, name) {
				assert.Equal(t, want.from, got[path].From, "%s: %s", name, path)
				assert.Equal(t, want.how, got[path].Conversion, "%s: %s", name, path)
			}
		}
	}
}

// TestExplainNamesATagForEverything looks at files of instruments: no value is left without
// its tag but those that a profile made, and the warnings.
func TestExplainNamesATagForEverything(t *testing.T) {
	for _, name := range names(t) {
		f := open(t, testdata.Unpacked(t, "instrument-files/gatan-dm/"+name), "")
		for path, field := range explain(t, f) {
			if path != "warnings" && !strings.Contains(field.From, "ImageList:TagGroup") {
				made := []string{"axes, units and tags", "modification time of the file"}
				assert.Contains(t, made, field.From, "%s: %s", name, path)
			}
		}
	}
}
