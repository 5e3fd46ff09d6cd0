package nexuslims_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestDisplayName(t *testing.T) {
	for key, want := range map[string]string{
		"acceleration_voltage": "Acceleration Voltage", "dwell_time": "Pixel Dwell Time", "detector_type": "Detector",
		"detector_energy_resolution": "Energy Resolution", "dataset_type": "DatasetType", "instrument_id": "Instrument ID",
		"data_dimensions": "Data Dimensions", "creation_time": "Creation Time", "stage_x": "Stage X", "chamber_pressure": "Chamber Pressure",
		"stage_position": "Stage Position", "facility_code": "Facility Code", "eds_3d_map": "Eds 3D Map", "scan_mode": "Scan Mode",
		"magnification": "magnification", "elements": "elements", "GMS_version": "GMS_version", "Data Type": "Data Type", "µ_x": "Μ X",
	} {
		assert.Equal(t, want, nexuslims.DisplayName(key), key)
	}
}

func TestFieldsByType(t *testing.T) {
	for _, c := range []struct {
		field string
		kind  nexuslims.DatasetType
		want  bool
	}{
		{"acceleration_voltage", nexuslims.Misc, true},
		{"horizontal_field_width", nexuslims.Spectrum, true},
		{"vertical_field_width", nexuslims.Spectrum, false},
		{"horizontal_field_width", nexuslims.Diffraction, false},
		{"convergence_angle", nexuslims.Image, false},
		{"acquisition_time", nexuslims.Image, false},
		{"pixel_time", nexuslims.SpectrumImage, true},
		{"pixel_time", nexuslims.Spectrum, false},
		{"acquisition_device", nexuslims.Diffraction, true},
		{"acquisition_device", nexuslims.UnknownType, false},
	} {
		f, ok := nexuslims.FieldByName(c.field)
		assert.True(t, ok, c.field)
		assert.Equal(t, c.want, f.Allowed(c.kind), "%s in %s", c.field, c.kind)
	}
	_, ok := nexuslims.FieldByName("Stage Position")
	assert.False(t, ok, "a stage position has no alias")
}

func TestPreferredUnitsExist(t *testing.T) {
	for _, f := range append(nexuslims.Fields(), nexuslims.StageFields()...) {
		if f.Kind == nexuslims.FieldQuantity {
			_, ok := nexuslims.ParseUnit(f.Unit)
			assert.True(t, ok, f.Name)
		}
	}
}
