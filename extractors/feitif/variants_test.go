package feitif_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/feitif"
	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// picture24 returns a small picture with these tags.
func picture24(t *testing.T, tags ...synth.TIFFTag) []byte {
	t.Helper()
	data, err := synth.DefaultFEI(24, 1, at).File(synth.TIFFOptions{}, tags...)
	require.NoError(t, err)
	return data
}

func utf16Bytes(text string, order binary.AppendByteOrder, mark bool) []byte {
	var b []byte
	if mark {
		b = order.AppendUint16(b, 0xfeff)
	}
	for _, u := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, u)
	}
	return b
}

// TestWhereTheSettingsStand finds them in tags of any byte type and encoding, and outside.
func TestWhereTheSettingsStand(t *testing.T) {
	text := strings.Replace(synth.DefaultFEI(24, 1, at).Settings(), "Chamber=xT-SDB", "Chamber=Größe", 1)
	latin := strings.NewReplacer("ö", "\xf6", "ß", "\xdf").Replace(text)
	bare := picture24(t)
	damaged := append([]byte("II*\x00\xff\xff\xff\xff"), text+strings.Repeat("\x00", 70_000)...)
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"text", picture24(t, synth.TIFFTag{ID: 34682, Value: text})},
		{"Latin-1", picture24(t, synth.TIFFTag{ID: 34682, Value: latin})},
		{"bytes", picture24(t, synth.TIFFTag{ID: 34682, Type: 1, Value: []byte(text)})},
		{"undefined", picture24(t, synth.TIFFTag{ID: 34682, Value: []byte(text)})},
		{"UTF-16", picture24(t, synth.TIFFTag{ID: 34682, Value: utf16Bytes(text, binary.LittleEndian, true)})},
		{"UTF-16 without mark", picture24(t, synth.TIFFTag{ID: 34682, Value: utf16Bytes(text, binary.BigEndian, false)})},
		{"older tag", picture24(t, synth.TIFFTag{ID: 34680, Value: text})},
		{"other tag", picture24(t, synth.TIFFTag{ID: 34683, Value: text})},
		{"behind the pixels", append(bytes.Clone(bare), text...)},
		{"behind the pixels, in front of others", append(append(bytes.Clone(bare), latin...), 0, 1, 2, '[', 'x', ']')},
		{"in front, of a file that is damaged", damaged},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := extractors.NewFile("a.tif", bytes.NewReader(c.data), int64(len(c.data)), at, extractors.Context{})
			require.True(t, feitif.New().Match(f), feitif.New().WhyMatch(f))
			m := reference.Flatten(read(t, c.data, nil).Signals[0].Meta)
			assert.Equal(t, "Größe", show(m, "extensions/Chamber ID"))
			assert.Equal(t, "5.0 kV", show(m, "acceleration_voltage"))
			assert.Equal(t, "(17, 24)", dimensionsOr(m))
		})
	}
}

// dimensionsOr is the size of the picture; of the file without one, that of the scan.
func dimensionsOr(m map[string]nexuslims.Value) string {
	if d := show(m, "Data Dimensions"); d != "(16, 24)" {
		return d
	}
	return "(17, 24)"
}

// TestModernXML reads the XML alone: the same values as from the sections.
func TestModernXML(t *testing.T) {
	o := synth.DefaultFEI(24, 1, at)
	alone := reference.Flatten(read(t, picture24(t, synth.TIFFTag{ID: 34683, Value: o.XML()}), newYork).Signals[0].Meta)
	sections := reference.Flatten(read(t, withText(t, o.Settings()), newYork).Signals[0].Meta)
	for _, path := range []string{
		"acceleration_voltage", "beam_current", "working_distance", "horizontal_field_width", "vertical_field_width",
		"pixel_width", "pixel_height", "dwell_time", "scan_rotation", "stage_position/x", "stage_position/tilt_alpha",
		"detector_type", "Data Dimensions", "Data Type", "DatasetType", "extensions/Operator", "extensions/Detector Signal",
		"extensions/Frames Integrated", "extensions/Acquisition Timestamp", "extensions/System Type", "warnings",
	} {
		assert.NotEmpty(t, show(alone, path), path)
		assert.Equal(t, show(sections, path), show(alone, path), path)
	}
	assert.Equal(t, "0.000584097 Pa", show(alone, "extensions/Chamber Pressure"))
}

func TestModernXMLVariants(t *testing.T) {
	o := synth.DefaultFEI(24, 1, at)
	for _, c := range []struct{ name, from, to, kind, dataset string }{
		{"electrons", "", "", "SEM_Imaging", "Image"},
		{"ions", "<BeamType>Electron", "<BeamType>Ion", "FIB_Imaging", "Image"},
		{"camera", "<BeamType>Electron", "<BeamType>Infrared", "Camera_Image", "Image"},
		{"names its encoding", `version="1.0"?`, `version="1.0" encoding="utf-16"?`, "SEM_Imaging", "Image"},
		{"breaks off", "</Metadata>", "", "SEM_Imaging", "Image"},
		{"transmission", "<InstrumentClass>Example DualBeam", "<InstrumentClass>Talos F200X", "TEM_Imaging", "Image"},
		{"diffraction", "<Optics>", "<Optics><ProjectorMode>Diffraction</ProjectorMode>", "TEM_Diffraction", "Diffraction"},
		{
			"scanning transmission", "<Optics>", "<Optics><OperatingMode>2</OperatingMode><ProjectorMode>1</ProjectorMode>",
			"STEM_Imaging", "Image",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(o.XML(), c.from, c.to, 1)
			s := read(t, picture24(t, synth.TIFFTag{ID: 34683, Value: text}), nil).Signals[0]
			assert.Equal(t, c.kind, s.Meta.Text("Data Type"))
			assert.Equal(t, c.dataset, s.Meta.Text("DatasetType"))
			assert.Equal(t, "FEI Company", s.Raw.Group("FEI_XML_Metadata", "Instrument").Text("Manufacturer"))
		})
	}
}

// TestXMLOfElementsThatRepeat keeps both, and the text of one that has children too.
func TestXMLOfElementsThatRepeat(t *testing.T) {
	root, err := feitif.ParseXML(`<a:R xmlns:a="x" n="1"><b>1</b><b>2</b><c> x <d>3</d></c><e/></a:R>`)
	require.NoError(t, err)
	assert.Equal(t, "R", root.Name)
	assert.Equal(t, `{"b": ["1", "2"], "c": "x", "e": ""}`, string(nexuslims.AppendJSON(nil, root.Object(), "")))
	for _, broken := range []string{"", "no markup", "<a><b>1</b>", "<a>&#0;</a>", strings.Repeat("<a>", 100)} {
		_, err := feitif.ParseXML(broken)
		assert.ErrorIs(t, err, nexuslims.Corrupt, "%.20q", broken)
	}
}

func TestLabels(t *testing.T) {
	for _, c := range []struct{ mode, kind, dataset, unit string }{
		{"TEM uP SA Zoom Image", "TEM_Imaging", "Image", "nm"},
		{"TEM uP SA Zoom DIFFRACTION", "TEM_Diffraction", "Diffraction", "1/nm"},
		{"STEM nP SA Zoom Diffraction", "STEM_Imaging", "Image", "nm"},
		{"", "TEM_Imaging", "Image", "nm"},
	} {
		t.Run(c.mode, func(t *testing.T) {
			size := 3.63e-9
			if c.unit == "1/nm" {
				size = 1.7107e7
			}
			tags := synth.FEICalibration(size)
			if c.unit == "1/nm" { // less than one pixel a unit
				tags[0].Value = [][2]uint32{{1, 1_710_700_000}}
				tags[1].Value = tags[0].Value
			}
			tags = append(tags, synth.TIFFTag{ID: 34682, Value: synth.FEILabels(temLabels(c.mode)...)})
			s := read(t, picture24(t, tags...), nil).Signals[0]
			m := reference.Flatten(s.Meta)
			assert.Equal(t, c.kind, show(m, "Data Type"))
			assert.Equal(t, c.dataset, show(m, "DatasetType"))
			assert.Equal(t, "200.0 kV", show(m, "acceleration_voltage"))
			assert.Equal(t, "307.693 µm", show(m, "stage_position/x"))
			assert.Equal(t, "-2.35 deg", show(m, "stage_position/tilt_alpha"))
			assert.Equal(t, "5 furlong", show(m, "extensions/Odd"))
			assert.Equal(t, "27.417", show(m, "extensions/Defocus"))
			for _, a := range s.Data.Axes {
				assert.Equal(t, c.unit, a.Unit)
				assert.InEpsilon(t, map[string]float64{"nm": 3.63, "1/nm": 0.017107}[c.unit], a.Scale, 1e-3)
			}
			if c.dataset == "Diffraction" {
				assert.Equal(t, "550.0 mm", show(m, "camera_length"))
				assert.Empty(t, show(m, "pixel_width"))
			} else {
				assert.Equal(t, "6300", show(m, "magnification"))
			}
		})
	}
}

// TestBrokenLabels keeps what comes before the fault and says so.
func TestBrokenLabels(t *testing.T) {
	text := synth.FEILabels(temLabels("TEM Image")...)
	cut := text[:strings.Index(text, "<Data><Label>Defocus")+20]
	s := read(t, picture24(t, synth.TIFFTag{ID: 34682, Value: cut}), nil).Signals[0]
	m := reference.Flatten(s.Meta)
	assert.Equal(t, "TEM_Imaging", show(m, "Data Type"))
	assert.Equal(t, "200.0 kV", show(m, "acceleration_voltage"))
	assert.Contains(t, show(m, "NexusLIMS Extraction/Extractor Warnings"), "read only in part")
}

func TestPhenom(t *testing.T) {
	s := read(t, picture24(t, synth.TIFFTag{ID: 34683, Value: phenomXML}), newYork).Signals[0]
	m := reference.Flatten(s.Meta)
	for path, want := range map[string]string{
		"acceleration_voltage": "15.0 kV", "emission_current": "60.0 µA", "working_distance": "5.2 mm",
		"dwell_time":  "0.2 µs",
		"pixel_width": "12.5 nm", "detector_type": "bsdFull", "stage_position/y": "-20.0 µm", "extensions/Spot Size": "3.3",
		"extensions/User Text": "Grains", "extensions/System Type": "Example", "extensions/Software Version": "4.5",
		"extensions/Acquisition Timestamp": "2021-03-04T05:06:07-05:00",
	} {
		assert.Equal(t, want, show(m, path), path)
	}
	assert.Equal(t, "nm", s.Data.Axes[1].Unit)
	assert.InDelta(t, 12.5, s.Data.Axes[1].Scale, 1e-9)
}

func TestDatabar(t *testing.T) {
	m := reference.Flatten(read(t, picture24(t, synth.TIFFTag{ID: 34680, Value: databarText}), nil).Signals[0].Meta)
	for path, want := range map[string]string{
		"acceleration_voltage": "10.0 kV", "working_distance": "9.8 mm", "magnification": "2000", "extensions/Spot Size": "3",
		"extensions/User Text": "Grains", "Data Type": "SEM_Imaging",
	} {
		assert.Equal(t, want, show(m, path), path)
	}
	ion := strings.Replace(databarText, "iImageType = 1", "iImageType = 2\r\nflIonAccV = 30000", 1)
	m = reference.Flatten(read(t, picture24(t, synth.TIFFTag{ID: 34680, Value: ion}), nil).Signals[0].Meta)
	assert.Equal(t, "FIB_Imaging", show(m, "Data Type"))
	assert.Equal(t, "30.0 kV", show(m, "acceleration_voltage"))
}

// TestPicture looks at the pixels: bar, shades, scale.
func TestPicture(t *testing.T) {
	o := synth.DefaultFEI(48, 1, at)
	shape := func(change func(*synth.FEI)) *extractors.Signal {
		p := o
		change(&p)
		data, err := p.TIFF()
		require.NoError(t, err)
		return read(t, data, nil).Signals[0]
	}
	eight := shape(func(*synth.FEI) {})
	assert.True(t, eight.AsIs)
	assert.Equal(t, []int{35, 48}, eight.Data.Shape())
	assert.Equal(t, 32, eight.ContrastRows)
	assert.Equal(t, extractors.Axis{Name: "width", Size: 48, Scale: 2.5, Unit: "nm"}, eight.Data.Axes[1])

	sixteen := shape(func(p *synth.FEI) { p.Bits = 16 })
	assert.False(t, sixteen.AsIs)
	assert.Equal(t, extractors.Uint16, sixteen.Data.Type)
	assert.Equal(t, 32, sixteen.ContrastRows)

	assert.Zero(t, shape(func(p *synth.FEI) { p.Bar = 0 }).ContrastRows)
	assert.Equal(t, "mm", shape(func(p *synth.FEI) { p.Pixel = 1e-4 }).Data.Axes[0].Unit)
	assert.Equal(t, "µm", shape(func(p *synth.FEI) { p.Pixel = 1e-7 }).Data.Axes[0].Unit)
}

// TestPictureOfAnotherSize has no scale: it was cut or reduced after the scan.
func TestPictureOfAnotherSize(t *testing.T) {
	text := strings.Replace(synth.DefaultFEI(24, 1, at).Settings(), "ResolutionX=24", "ResolutionX=48", 1)
	s := read(t, withText(t, text), nil).Signals[0]
	assert.Empty(t, s.Data.Axes[0].Unit)
	assert.Zero(t, s.ContrastRows)
	said := s.Meta.Group("NexusLIMS Extraction").Text("Extractor Warnings")
	assert.Contains(t, said, "has 24 columns, its settings tell of 48")
}

// TestPixelsThatCannotBeRead leaves the metadata as they are.
func TestPixelsThatCannotBeRead(t *testing.T) {
	data := picture24(t, synth.TIFFTag{ID: 34682, Value: synth.DefaultFEI(24, 1, at).Settings()},
		synth.TIFFTag{ID: 259, Value: []uint16{9999}})
	s := read(t, data, nil).Signals[0]
	assert.Nil(t, s.Data)
	assert.Contains(t, s.NoPreview, "cannot be read")
	assert.Equal(t, "5.0 kV", show(reference.Flatten(s.Meta), "acceleration_voltage"))
	assert.Equal(t, "(17, 24)", s.Meta.Text("Data Dimensions"))
}

// TestNothingFound is what a file gives that was taken away under the extractor.
func TestNothingFound(t *testing.T) {
	data := picture24(t)
	f := extractors.NewFile("a.tif", bytes.NewReader(data), int64(len(data)), at, extractors.Context{})
	_, err := feitif.New().Extract(context.Background(), f)
	assert.ErrorIs(t, err, nexuslims.Unsupported)
	assert.Contains(t, feitif.New().WhyMatch(f), "no text of an FEI microscope")
}

// TestColours reads a picture of the navigation camera, or one with drawings.
func TestColours(t *testing.T) {
	o := synth.DefaultFEI(24, 1, at)
	o.Beam, o.Detector, o.Bar = "IRBeam", "Nav-Cam", 0
	page := synth.TIFFPage{
		Width: 24, Height: 16, Samples: 3, Photometric: 2, Data: bytes.Repeat([]byte{10, 20, 30}, 24*16),
		Tags: []synth.TIFFTag{{ID: 34682, Value: o.Settings()}},
	}
	data, err := synth.TIFFFile(synth.TIFFOptions{}, page)
	require.NoError(t, err)
	s := read(t, data, nil).Signals[0]
	assert.Equal(t, "Camera_Image", s.Meta.Text("Data Type"))
	assert.Equal(t, extractors.RGB, s.Data.Type)
	assert.True(t, s.AsIs)
	pixels, err := s.Data.Read(context.Background(), s.Data.All())
	require.NoError(t, err)
	assert.Equal(t, page.Data, pixels)
}

// TestSectionsWithoutBeam take the kind of beam from the XML beside them.
func TestSectionsWithoutBeam(t *testing.T) {
	o := synth.DefaultFEI(24, 1, at)
	o.Beam = "IBeam"
	text := o.Settings()
	text = text[:strings.Index(text, "[Beam]")] + text[strings.Index(text, "[Stage]"):]
	tags := []synth.TIFFTag{{ID: 34682, Value: text}, {ID: 34683, Value: o.XML()}}
	m := reference.Flatten(read(t, picture24(t, tags...), nil).Signals[0].Meta)
	assert.Equal(t, "FIB_Imaging", show(m, "Data Type"))
	assert.Equal(t, "5.0 kV", show(m, "acceleration_voltage"))
	assert.Equal(t, "1.0 µs", show(m, "dwell_time"))
	assert.Equal(t, "5.000002142878398 deg", show(m, "stage_position/tilt_alpha"))
}
