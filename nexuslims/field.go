package nexuslims

import (
	"slices"
	"strings"
	"unicode"
)

// FieldKind is the kind of value that a schema field holds.
type FieldKind int

// The kinds of schema fields.
const (
	FieldText FieldKind = iota
	FieldQuantity
	FieldNumber   // number without unit
	FieldTextList // list of text
	FieldStage    // object of stage coordinates
	FieldObject   // any object
	FieldWarnings // list of field paths
)

// Field is one name of the metadata schema: what a value of that name means wherever
// it comes from. Names without glossary id have none in the EM Glossary 2.0.0.
type Field struct {
	Name     string // key in JSON: "acceleration_voltage"
	Alias    string // the other accepted spelling, where Display is none
	Display  string // name in records: "Acceleration Voltage"; accepted as spelling, too
	Kind     FieldKind
	Unit     string        // preferred unit, long name; values are converted to it
	Glossary string        // id in the EM Glossary: "EMG_00000004"
	Types    []DatasetType // where the field is allowed; nil means every type
}

// Allowed reports whether the schema of t has the field.
func (f Field) Allowed(t DatasetType) bool {
	return f.Types == nil || slices.Contains(f.Types, t)
}

var (
	imageTypes    = []DatasetType{Image, SpectrumImage}
	spectrumTypes = []DatasetType{Spectrum, SpectrumImage}
)

var fieldTable = []Field{
	{Name: "Creation Time", Alias: "creation_time", Kind: FieldText},
	{Name: "Data Type", Alias: "data_type", Kind: FieldText},
	{Name: "DatasetType", Alias: "dataset_type", Kind: FieldText},
	{Name: "Data Dimensions", Alias: "data_dimensions", Kind: FieldText},
	{Name: "Instrument ID", Alias: "instrument_id", Kind: FieldText},
	{Name: "warnings", Kind: FieldWarnings},
	{Name: "NexusLIMS Extraction", Alias: "nexuslims_extraction", Kind: FieldObject},
	{Name: "extensions", Kind: FieldObject},
	{Name: "acceleration_voltage", Display: "Acceleration Voltage", Kind: FieldQuantity, Unit: "kilovolt", Glossary: "EMG_00000004"},
	{Name: "stage_position", Kind: FieldStage},

	{Name: "working_distance", Display: "Working Distance", Kind: FieldQuantity, Unit: "millimeter", Glossary: "EMG_00000050", Types: imageTypes},
	{Name: "beam_current", Display: "Beam Current", Kind: FieldQuantity, Unit: "picoampere", Glossary: "EMG_00000006", Types: imageTypes},
	{Name: "emission_current", Display: "Emission Current", Kind: FieldQuantity, Unit: "microampere", Glossary: "EMG_00000025", Types: imageTypes},
	{Name: "dwell_time", Display: "Pixel Dwell Time", Kind: FieldQuantity, Unit: "microsecond", Glossary: "EMG_00000015", Types: imageTypes},
	{Name: "magnification", Display: "Magnification", Kind: FieldNumber, Types: imageTypes},
	{
		Name: "horizontal_field_width", Display: "Horizontal Field Width", Kind: FieldQuantity, Unit: "micrometer",
		Types: []DatasetType{Image, SpectrumImage, Spectrum},
	},
	{Name: "vertical_field_width", Display: "Vertical Field Width", Kind: FieldQuantity, Unit: "micrometer", Types: imageTypes},
	{Name: "pixel_width", Display: "Pixel Width", Kind: FieldQuantity, Unit: "nanometer", Types: imageTypes},
	{Name: "pixel_height", Display: "Pixel Height", Kind: FieldQuantity, Unit: "nanometer", Types: imageTypes},
	{Name: "scan_rotation", Display: "Scan Rotation", Kind: FieldQuantity, Unit: "degree", Types: imageTypes},
	{Name: "detector_type", Display: "Detector", Kind: FieldText, Types: imageTypes},
	{Name: "acquisition_device", Display: "Acquisition Device", Kind: FieldText, Types: []DatasetType{Image, SpectrumImage, Spectrum, Diffraction}},

	{Name: "acquisition_time", Display: "Acquisition Time", Kind: FieldQuantity, Unit: "second", Glossary: "EMG_00000055", Types: spectrumTypes},
	{Name: "live_time", Display: "Live Time", Kind: FieldQuantity, Unit: "second", Types: spectrumTypes},
	{Name: "detector_energy_resolution", Display: "Energy Resolution", Kind: FieldQuantity, Unit: "electron_volt", Types: spectrumTypes},
	{Name: "channel_size", Display: "Channel Size", Kind: FieldQuantity, Unit: "electron_volt", Types: spectrumTypes},
	{Name: "starting_energy", Display: "Starting Energy", Kind: FieldQuantity, Unit: "kiloelectron_volt", Types: spectrumTypes},
	{Name: "azimuthal_angle", Display: "Azimuthal Angle", Kind: FieldQuantity, Unit: "degree", Types: spectrumTypes},
	{Name: "elevation_angle", Display: "Elevation Angle", Kind: FieldQuantity, Unit: "degree", Types: spectrumTypes},
	{Name: "takeoff_angle", Display: "Takeoff Angle", Kind: FieldQuantity, Unit: "degree", Types: spectrumTypes},
	{Name: "elements", Kind: FieldTextList, Types: spectrumTypes},

	{Name: "pixel_time", Kind: FieldQuantity, Unit: "second", Types: []DatasetType{SpectrumImage}},
	{Name: "scan_mode", Kind: FieldText, Types: []DatasetType{SpectrumImage}},

	{Name: "camera_length", Display: "Camera Length", Kind: FieldQuantity, Unit: "millimeter", Glossary: "EMG_00000008", Types: []DatasetType{Diffraction}},
	{
		Name: "convergence_angle", Display: "Convergence Angle", Kind: FieldQuantity, Unit: "milliradian", Glossary: "EMG_00000010",
		Types: []DatasetType{Diffraction},
	},
}

var stageFields = []Field{
	{Name: "x", Kind: FieldQuantity, Unit: "micrometer"},
	{Name: "y", Kind: FieldQuantity, Unit: "micrometer"},
	{Name: "z", Kind: FieldQuantity, Unit: "millimeter"},
	{Name: "rotation", Kind: FieldQuantity, Unit: "degree"},
	{Name: "tilt_alpha", Kind: FieldQuantity, Unit: "degree"},
	{Name: "tilt_beta", Kind: FieldQuantity, Unit: "degree"},
}

var fieldIndex = indexFields()

func indexFields() map[string]Field {
	m := make(map[string]Field, 2*len(fieldTable))
	for _, f := range fieldTable {
		m[f.Name] = f
		for _, other := range []string{f.Alias, f.Display} {
			if other != "" {
				m[other] = f
			}
		}
	}
	return m
}

// Fields returns the schema's fields.
func Fields() []Field { return slices.Clone(fieldTable) }

// StageFields returns the members of a stage position with their preferred units.
func StageFields() []Field { return slices.Clone(stageFields) }

// FieldByName finds a field by its name in JSON, its alias or its display name.
func FieldByName(name string) (Field, bool) {
	f, ok := fieldIndex[name]
	return f, ok
}

// otherDisplay are display names of aliases that do not follow from the key.
var otherDisplay = map[string]string{"dataset_type": "DatasetType", "instrument_id": "Instrument ID"}

// DisplayName returns the name of a metadata key in records. Only keys that contain
// an underscore and are entirely lower case have another one: that of the schema, else
// blanks for underscores and a capital at each word ("eds_3d_map": "Eds 3D Map").
func DisplayName(key string) string {
	if !strings.Contains(key, "_") || key != strings.ToLower(key) {
		return key
	}
	if d, ok := otherDisplay[key]; ok {
		return d
	}
	if f, ok := fieldIndex[key]; ok && f.Display != "" {
		return f.Display
	}
	return titleWords(strings.ReplaceAll(key, "_", " "))
}

// titleWords capitalises each letter that does not follow another letter.
func titleWords(s string) string {
	letter := false
	return strings.Map(func(r rune) rune {
		wasLetter := letter
		letter = unicode.IsLetter(r)
		if letter && !wasLetter {
			return unicode.ToUpper(r)
		}
		return unicode.ToLower(r)
	}, s)
}
