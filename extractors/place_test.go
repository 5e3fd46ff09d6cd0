package extractors_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestPlace(t *testing.T) {
	text := func(s string) nexuslims.Value { return nexuslims.Text(s) }
	stage := func(pairs ...any) *nexuslims.Object { return meta(pairs...) }
	for _, c := range []struct {
		name, kind, want string
		in               *nexuslims.Object
	}{
		{"preferred unit", "Image", `"pixel_width": {"value": 1562.5, "unit": "nanometer"}`, meta("pixel_width", nexuslims.Q(0.0000015625, "m"))},
		{"alias", "Image", `"dwell_time": {"value": 2.0, "unit": "microsecond"}`, meta("Pixel Dwell Time", nexuslims.Q(2000, "ns"))},
		{"text quantity", "Misc", `"acceleration_voltage": {"value": 10.0, "unit": "kilovolt"}`, meta("acceleration_voltage", text("10 kV"))},
		{"wrong dimension", "Image", `"extensions": {"beam_current": {"value": 5.0, "unit": "meter"}}, "warnings": [["beam_current"]]`, meta("beam_current", nexuslims.Q(5, "m"))},
		{
			"wrong dimension as text", "Image", `"warnings": [["Operator"], ["working_distance"]], "extensions": {"working_distance": "5 kV"}`,
			meta("warnings", text("Operator"), "working_distance", text("5 kV")),
		},
		{
			"wrong dimension of a number", "Image", `"extensions": {"magnification": {"value": 5.0, "unit": "meter"}}, "warnings": [["magnification"]]`,
			meta("magnification", nexuslims.Q(5, "m")),
		},
		{
			"wrong dimension, name taken", "Image",
			`"beam_current": {"value": 1.0, "unit": "picoampere"}, "extensions": {"Beam Current (extension)": {"value": 2.0, "unit": "meter"}}, ` +
				`"warnings": [["Beam Current (extension)"]]`,
			meta("Beam Current", nexuslims.Q(2, "m"), "beam_current", nexuslims.Q(1, "pA")),
		},
		{"no unit", "Image", `"extensions": {"beam_current": 5.0}`, meta("beam_current", nexuslims.Float(5))},
		{"text stays text", "Image", `"extensions": {"working_distance": "1,5 mm"}`, meta("working_distance", text("1,5 mm"))},
		{"not finite text", "Image", `"extensions": {"working_distance": "nan mm"}`, meta("working_distance", text("nan mm"))},
		{"too large", "Image", `"extensions": {"working_distance": {"value": 1e+308, "unit": "kilometer"}}`, meta("working_distance", nexuslims.Q(1e308, "km"))},
		{"forbidden by type", "Diffraction", `"extensions": {"horizontal_field_width": {"value": 5.0, "unit": "meter"}}`, meta("horizontal_field_width", nexuslims.Q(5, "m"))},
		{
			"unknown", "Image", `"extensions": {"GMS Version": "3.2", "temperature": {"value": 20.0, "unit": "degree_Celsius"}}`,
			meta("GMS Version", text("3.2"), "temperature", nexuslims.Q(20, "degC")),
		},
		{"kiloX", "Image", `"magnification": 2300.0`, meta("magnification", nexuslims.Q(2.3, "kX"))},
		{"kiloX text", "Image", `"magnification": 160000.0`, meta("magnification", text("160 kX"))},
		{"numeric text", "Image", `"magnification": 5000`, meta("magnification", text("5000"))},
		{"dimensionless", "Image", `"magnification": 5000.0`, meta("magnification", nexuslims.Q(5000, "dimensionless"))},
		{"no number", "Image", `"extensions": {"magnification": true}`, meta("magnification", nexuslims.Bool(true))},
		{"number as text field", "Image", `"extensions": {"detector_type": 3}`, meta("detector_type", nexuslims.Int(3))},
		{"elements", "Spectrum", `"elements": ["Fe"]`, meta("elements", nexuslims.List{text("Fe")})},
		{"one element is no list", "Spectrum", `"extensions": {"elements": "Fe"}`, meta("elements", text("Fe"))},
		{
			"stage", "Image", `"stage_position": {"x": {"value": 1000.0, "unit": "micrometer"}, "tilt_alpha": {"value": 14.32394487827058, "unit": "degree"}, "X": 1}`,
			meta("stage_position", stage("x", nexuslims.Q(1, "mm"), "tilt_alpha", nexuslims.Q(0.25, "rad"), "X", nexuslims.Int(1))),
		},
		{"empty stage", "Image", "", meta("stage_position", stage("x", nexuslims.Null{}))},
		{"null", "Image", "", meta("a", nexuslims.Null{}, "Instrument ID", nexuslims.Null{})},
		{
			"both spellings", "Image", `"beam_current": {"value": 1.0, "unit": "picoampere"}, "extensions": {"Beam Current (extension)": {"value": 2.0, "unit": "picoampere"}}`,
			meta("Beam Current", nexuslims.Q(2, "pA"), "beam_current", nexuslims.Q(1, "pA")),
		},
		{
			"extension named as a core field", "Image", `"Data Dimensions": "(1, 2)", "extensions": {"data_dimensions (extension)": "x"}`,
			meta("Data Dimensions", text("(1, 2)"), "extensions", meta("data_dimensions", text("x"))),
		},
		{"what a profile set stays", "Image", `"extensions": {"a": 1}`, meta("a", nexuslims.Int(2), "extensions", meta("a", nexuslims.Int(1)))},
		{"warnings text", "Image", `"warnings": [["Operator"]]`, meta("warnings", text("Operator"))},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.in.Set("DatasetType", nexuslims.Text(c.kind))
			extractors.Place(c.in)
			c.in.Delete("DatasetType")
			want := "{}"
			if c.want != "" {
				want = "{" + c.want + "}"
			}
			assert.Equal(t, want, string(nexuslims.AppendJSON(nil, c.in, "")))
			c.in.Set("DatasetType", nexuslims.Text(c.kind))
			before := c.in.Clone()
			extractors.Place(c.in)
			assert.True(t, nexuslims.Equal(before, c.in), "a second time changes nothing: %s", nexuslims.AppendJSON(nil, c.in, ""))
		})
	}
}

func TestPlaceNotes(t *testing.T) {
	m := meta("DatasetType", nexuslims.Text("Notes"), "beam_current", nexuslims.Q(1, "pA"), "acceleration_voltage", nexuslims.Q(1, "m"))
	notes := extractors.Place(m)
	assert.Equal(t, []extractors.Note{
		{Field: "DatasetType", Action: "replaced", Reason: "not a dataset type: Notes"},
		{Field: "beam_current", Action: "to extensions", Reason: "the schema of Misc has no such field"},
		{Field: "acceleration_voltage", Action: "to extensions", Reason: "meter is no unit of voltage"},
	}, notes)
	assert.Equal(t, "Misc", m.Text("DatasetType"))
}
