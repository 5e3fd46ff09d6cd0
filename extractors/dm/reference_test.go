package dm_test

import (
	"testing"

	"github.com/nexuslims/nexuslims-go/internal/reference"
)

// TestAgainstReference compares every value with what the reference implementation says of
// the same files, without instrument and under the three built-in profiles.
func TestAgainstReference(t *testing.T) {
	suite := reference.Suite{
		Folder:      "gatan-dm",
		Names:       names(t),
		Engine:      engine(t),
		Instruments: []string{"FEI-Titan-STEM", "FEI-Titan-TEM", "JEOL-JEM-TEM"},
		Differences: differences,
		Types:       types,
		Refused:     refused,
		// Made by a profile for a value that only we find.
		Warnings: map[string][]string{"test_stackbuilder_imagestack.dm3#0": {"['Specimen']"}},
		MovedWarnings: map[string]string{
			"['Detector']":               "detector_type",
			"['EDS', 'Azimuthal angle']": "azimuthal_angle",
			"['EDS', 'Elevation angle']": "elevation_angle",
			"['EDS', 'Live time']":       "live_time",
			"['EDS', 'Real time']":       "acquisition_time",
		},
	}
	suite.Run(t)
}
