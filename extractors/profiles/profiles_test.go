package profiles_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/profiles"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func text(s string) nexuslims.Value { return nexuslims.Text(s) }

// apply carries out all steps of a profile on a copy of a document.
func apply(
	t *testing.T, p extractors.Profile, file string, meta map[string]string, raw *nexuslims.Object,
) extractors.Document {
	t.Helper()
	d := extractors.Document{Meta: nexuslims.NewObject(len(meta)), Raw: raw}
	d.Meta.Set("DatasetType", text("Image"))
	d.Meta.Set("Data Type", text("TEM_Imaging"))
	for k, v := range meta {
		d.Meta.Set(k, text(v))
	}
	instrument := nexuslims.Instrument{PID: p.Instrument()}
	subject := extractors.Subject{Name: file, Path: "diff/saed/" + file, Instrument: instrument}
	for _, s := range p.Steps() {
		require.NoError(t, s.Apply(&d, subject), s.Name)
	}
	return d
}

func kind(d extractors.Document) string {
	return d.Meta.Text("DatasetType") + " " + d.Meta.Text("Data Type")
}

func TestAll(t *testing.T) {
	var all extractors.Profiles
	for _, p := range profiles.All() {
		require.NoError(t, all.Add(p))
	}
	assert.Equal(t, []string{"FEI-Titan-STEM", "FEI-Titan-TEM", "JEOL-JEM-TEM"}, all.Names())
}

func TestTitanSTEM(t *testing.T) {
	const image, eftem = "Image TEM_Imaging", "Diffraction TEM_EFTEM_Diffraction"
	for name, c := range map[string]struct {
		meta map[string]string
		want string
	}{
		"other mode":  {map[string]string{"Imaging Mode": "DIFFRACTION"}, image},
		"diffraction": {map[string]string{"Imaging Mode": "EFTEM Diffraction", "Data Dimensions": "(4, 4)"}, eftem},
		"spectrum":    {map[string]string{"Imaging Mode": "EFTEM DIFFRACTION", "Data Dimensions": "(2048,)"}, image},
		"spectrum image": {
			map[string]string{"Imaging Mode": "EFTEM DIFFRACTION", "DatasetType": "SpectrumImage"},
			"SpectrumImage TEM_Imaging",
		},
		"transform": {map[string]string{"Imaging Mode": "EFTEM DIFFRACTION", "Derived": "FFT"}, image},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, kind(apply(t, profiles.TitanSTEM(), "a.dm3", c.meta, nil)))
		})
	}
	d := apply(t, profiles.TitanSTEM(), "a.dm3", map[string]string{"Operator": "x", "Detector": "y"}, nil)
	assert.Equal(t, "[['Detector'], ['Operator']]", nexuslims.TextOf(d.Meta.Get("warnings")))
}

func TestJEOL(t *testing.T) {
	for file, want := range map[string]string{
		"JEOL3010_TEM_diffraction_dataZeroed.dm3": "Diffraction TEM_Diffraction",
		"a_SAED_01.dm3":     "Diffraction TEM_Diffraction",
		"03DP.dm3":          "Diffraction TEM_Diffraction",
		"Diff-2.dm3":        "Diffraction TEM_Diffraction",
		"diffPixelSize.dm3": "Image TEM_Imaging",
		"hdpe.dm3":          "Image TEM_Imaging",
		"different.dm3":     "Image TEM_Imaging",
	} {
		d := apply(t, profiles.JEOLTEM(), file, nil, nil)
		assert.Equal(t, want, kind(d), file)
		assert.Equal(t, "[['DatasetType'], ['Data Type']]", nexuslims.TextOf(d.Meta.Get("warnings")))
	}
}

func TestTitanTEMTypes(t *testing.T) {
	for name, c := range map[string]struct {
		meta map[string]string
		want string
	}{
		"imaging":     {map[string]string{"Operation Mode": "IMAGING"}, "Image TEM_Imaging"},
		"diffraction": {map[string]string{"Operation Mode": "DIFFRACTION"}, "Diffraction TEM_Diffraction"},
		"scanning":    {map[string]string{"Tecnai Mode": "STEM nP SA Zoom Diffraction"}, "Diffraction STEM_Diffraction"},
		"spectrum": {
			map[string]string{"Operation Mode": "DIFFRACTION", "Data Dimensions": "(9,)"}, "Image TEM_Imaging",
		},
		"spectrum image": {
			map[string]string{"Operation Mode": "DIFFRACTION", "DatasetType": "SpectrumImage"}, "SpectrumImage TEM_Imaging",
		},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, kind(apply(t, profiles.TitanTEM(), "a.dm3", c.meta, nil)))
		})
	}
}

const sep = "\u2028"

var imaging = strings.Join([]string{
	"Microscope Titan 300 kV ABCD1 SuperTwin", "User USER",
	"Gun FEG HT 300 Extr volt 4400 V Gun Lens 3 Emission 134.0uA",
	"Mode TEM uP SA Zoom Image Defocus (um) 0.183 Magn 13000x", "Spot 2", "C2 44.717%", "C3 43.380%", "Obj 87.685%",
	"Dif 44.625%", "Image shift 0.289/-0.235um", "Stage -192.365 um, -134.755 um, 100.167 um, 1.85 deg, -0.50 deg",
	"C1 Aperture: 2000 um", "C2 Aperture: 150 um", "OBJ Aperture: 30 um", "SA Aperture: retracted",
	"Filter related settings:", "Mode: Spectroscopy", "Selected dispersion: 0.10[eV/Channel]", "Selected aperture: 3mm",
	"Prism shift: -0.00[eV]", "Drift tube: 0.00[eV]", "Total energy loss: 0.00[eV]", "",
}, sep)

func raw(text string) *nexuslims.Object {
	tecnai := nexuslims.NewObject(2)
	tecnai.Set("Microscope Info", nexuslims.Text(text))
	tecnai.Set("Specimen Info", nexuslims.Text("Specimen information is not available yet"))
	o := new(nexuslims.Object)
	o.Ensure("ImageList").Ensure("TagGroup0").Ensure("ImageTags").Set("Tecnai", tecnai)
	return o
}

func TestTecnaiText(t *testing.T) {
	d := apply(t, profiles.TitanTEM(), "a.dm3", nil, raw(imaging))
	for name, want := range map[string]nexuslims.Value{
		"Gun Name": text("FEG HT 300"), "Extractor Voltage (V)": nexuslims.Int(4400), "Gun Lens #": nexuslims.Int(3),
		"Emission Current (μA)": nexuslims.Float(134), "Spot": nexuslims.Int(2), "Tecnai Mode": text("TEM uP SA Zoom Image"),
		"Defocus": nexuslims.Q(0.183, "micrometer"), "C2 Lens Strength (%)": nexuslims.Float(44.717),
		"Objective Aperture (μm)": nexuslims.Int(30), "Image Shift Y (μm)": nexuslims.Float(-0.235),
		"Tecnai Microscope Name": text("Titan 300 kV ABCD1 SuperTwin"), "Tecnai User": text("USER"),
		"Selected Area Aperture (μm)": nil, "Camera Length (m)": nil, "Specimen": nil,
	} {
		assert.Equal(t, want, d.Meta.Get(name), name)
	}
	assert.Equal(t, nexuslims.Float(0.1), d.Meta.At("Tecnai Filter", "Dispersion (eV/channel)"))
	assert.Equal(t, nexuslims.Float(-192.365), d.Meta.At("Stage Position", "X"))
	assert.Equal(t, nexuslims.Float(-0.5), d.Meta.At("Stage Position", "β"))
	parsed := d.Raw.Group("ImageList", "TagGroup0", "ImageTags", "Tecnai", "Microscope Info")
	require.NotNil(t, parsed, "the text is replaced")
	assert.Equal(t, nexuslims.Int(13000), parsed.Get("Magnification"))
}

// TestTecnaiTextFillsGaps keeps what the program read from the stage itself.
func TestTecnaiTextFillsGaps(t *testing.T) {
	d := extractors.Document{Meta: new(nexuslims.Object), Raw: raw(imaging)}
	d.Meta.Ensure("Stage Position").Set("X", nexuslims.Float(-192.3654))
	require.NoError(t, profiles.TitanTEM().Steps()[0].Apply(&d, extractors.Subject{}))
	assert.Equal(t, nexuslims.Float(-192.3654), d.Meta.At("Stage Position", "X"))
	assert.Equal(t, nexuslims.Float(-134.755), d.Meta.At("Stage Position", "Y"))
}

type values = map[string]nexuslims.Value

func TestTecnaiModes(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want map[string]nexuslims.Value
	}{
		"diffraction": {"Mode TEM uP SA Zoom Diffraction Defocus 0.500 CL 0.380m", map[string]nexuslims.Value{
			"Mode": text("TEM uP SA Zoom Diffraction"), "Defocus": nexuslims.Float(0.5), "Camera_Length": nexuslims.Float(0.38),
			"Magnification": nil,
		}},
		"scanning": {"Mode STEM nP SA Zoom Image Defocus (um) -0.1 Magn 8100x CL 0.245m", map[string]nexuslims.Value{
			"Magnification": nexuslims.Int(8100), "Camera_Length": nexuslims.Float(0.245), "Defocus": nexuslims.Float(-0.1),
		}},
		"rotation": {"Stem rotation: 12.5 deg" + sep + "Stem rotation correction: -3 deg", map[string]nexuslims.Value{
			"STEM_Rotation": nexuslims.Float(12.5), "STEM_Rotation_Correction": nexuslims.Float(-3),
		}},
		"not a number":   {"Spot ?" + sep + "C2 x%", map[string]nexuslims.Value{"Spot": text("?"), "C2_Strength": text("x")}},
		"aperture alone": {"C2 Aperture: 150 um", values{"C2_Strength": nil, "C2_Aperture": nexuslims.Int(150)}},
		"broken line":    {"Stage 1 um, 2 um" + sep + "User A", values{"Stage_Position_x": nil, "User": text("A")}},
		"nothing":        {"", map[string]nexuslims.Value{"Mode": nil}},
	} {
		t.Run(name, func(t *testing.T) {
			o := profiles.ParseTecnai(c.text)
			for key, want := range c.want {
				assert.Equal(t, want, o.Get(key), key)
			}
		})
	}
	d := apply(t, profiles.TitanTEM(), "a.dm3", nil, raw("Stem rotation: 12.5 deg"))
	assert.Equal(t, nexuslims.Q(12.5, "degree"), d.Meta.Get("STEM Rotation"))
}

// TestOtherFormats have no such tags; the profiles do nothing.
func TestOtherFormats(t *testing.T) {
	for _, p := range profiles.All() {
		d := apply(t, p, "a.ser", nil, nil)
		assert.Equal(t, "Image TEM_Imaging", kind(d), p.Instrument())
	}
}

func FuzzParseTecnai(f *testing.F) {
	f.Add(imaging)
	f.Fuzz(func(_ *testing.T, text string) { profiles.ParseTecnai(text) })
}
