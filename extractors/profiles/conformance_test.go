package profiles_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/dm"
	"github.com/nexuslims/nexuslims-go/extractors/extractortest"
	"github.com/nexuslims/nexuslims-go/extractors/profiles"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// example is a document as the extractor of DigitalMicrograph files gives it, and what the
// profile should make of it: the types, and values in the extensions or among the fields.
type example struct {
	file     string
	meta     map[string]string
	raw      *nexuslims.Object
	types    string
	warnings string
	values   map[string]nexuslims.Value // by name; in the extensions but for those of the schema
	stage    values                     // coordinates, when they matter
}

func (e example) asCase() extractortest.Case {
	meta := nexuslims.NewObject(8)
	meta.Set("DatasetType", text("Image"))
	meta.Set("Data Type", text("TEM_Imaging"))
	meta.Set("Voltage", nexuslims.Q(300, "kilovolt"))
	for k, v := range e.meta {
		meta.Set(k, text(v))
	}
	return extractortest.Case{
		Name: e.file, Document: extractors.Document{Meta: meta, Raw: e.raw}, Migrate: dm.New().Migrate, Check: e.check,
	}
}

func (e example) check(tb testing.TB, doc extractors.Document) {
	tb.Helper()
	assert.Equal(tb, e.types, kind(doc))
	assert.Equal(tb, e.warnings, nexuslims.TextOf(doc.Meta.Get("warnings")))
	assert.Equal(tb, nexuslims.Q(300, "kilovolt"), doc.Meta.Get("acceleration_voltage"), "migration goes on after the profile")
	for name, want := range e.values {
		got := doc.Meta.Get(name)
		if got == nil {
			got = doc.Meta.At("extensions", name)
		}
		assert.Equal(tb, want, got, name)
	}
	for name, want := range e.stage {
		assert.Equal(tb, want, doc.Meta.At("stage_position", name), name)
	}
}

// TestConformance has an example of each rule of each profile, and of what it leaves alone.
func TestConformance(t *testing.T) {
	const doubtful = "[['DatasetType'], ['Data Type']]"
	other := raw("User B")
	other.Group("ImageList", "TagGroup0", "ImageTags", "Tecnai").Set("Specimen Info", text("Au on C"))
	for name, c := range map[string]struct {
		profile extractors.Profile
		example example
	}{
		"scanning, doubtful people": {profiles.TitanSTEM(), example{
			file: "a.dm3", meta: map[string]string{"Operator": "x", "Specimen": "y", "Detector": "z"},
			types: "Image TEM_Imaging", warnings: "[['detector_type'], ['Operator'], ['Specimen']]",
		}},
		"scanning, filtered diffraction": {profiles.TitanSTEM(), example{
			file: "a.dm3", meta: map[string]string{"Imaging Mode": "EFTEM DIFFRACTION", "Data Dimensions": "(4, 4)"},
			types: "Diffraction TEM_EFTEM_Diffraction", warnings: "[]",
		}},
		"scanning, spectrum": {profiles.TitanSTEM(), example{
			file: "a.dm3", meta: map[string]string{"Imaging Mode": "EFTEM DIFFRACTION", "Data Dimensions": "(2048,)"},
			types: "Image TEM_Imaging", warnings: "[]",
		}},
		"Tecnai text": {profiles.TitanTEM(), example{
			file: "a.dm3", raw: raw(imaging), types: "Image TEM_Imaging", warnings: "[]",
			values: map[string]nexuslims.Value{
				"Gun Name": text("FEG HT 300"), "Spot": nexuslims.Int(2), "emission_current": nexuslims.Q(134, "microampere"),
				"C2 Aperture (μm)": nexuslims.Int(150), "specimen": nil,
			},
			stage: values{"x": nexuslims.Q(-192.365, "micrometer"), "tilt_alpha": nexuslims.Q(1.85, "degree")},
		}},
		"Tecnai specimen": {profiles.TitanTEM(), example{
			file: "a.dm3", raw: other, types: "Image TEM_Imaging", warnings: "[]",
			values: map[string]nexuslims.Value{"Specimen": text("Au on C"), "Tecnai User": text("B")},
		}},
		"Tecnai scanning diffraction": {profiles.TitanTEM(), example{
			file: "a.dm3", raw: raw("Mode STEM nP SA Zoom Diffraction Defocus 0.5 CL 0.380m"),
			types: "Diffraction STEM_Diffraction", warnings: "[]",
		}},
		"diffraction by operation mode": {profiles.TitanTEM(), example{
			file: "a.dm3", meta: map[string]string{"Operation Mode": "DIFFRACTION"},
			types: "Diffraction TEM_Diffraction", warnings: "[]",
		}},
		"transform of a diffraction": {profiles.TitanTEM(), example{
			file: "a.dm3", meta: map[string]string{"Operation Mode": "DIFFRACTION", "Derived": "FFT"},
			types: "Image TEM_Imaging", warnings: "[]",
		}},
		"diffraction by name": {profiles.JEOLTEM(), example{
			file: "grain SAED 3.dm3", types: "Diffraction TEM_Diffraction", warnings: doubtful,
		}},
		"image by name": {profiles.JEOLTEM(), example{
			file: "different.dm3", types: "Image TEM_Imaging", warnings: doubtful,
		}},
	} {
		t.Run(name, func(t *testing.T) { extractortest.RunProfile(t, c.profile, c.example.asCase()) })
	}
}
