package builtin_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nexuslims/nexuslims-go/nexuslims/builtin"
)

// TestKnownExtensions lists what the exclusive strategy takes: a format that falls out of it
// would be missing in records without a word.
func TestKnownExtensions(t *testing.T) {
	assert.Equal(t, []string{
		"dm3", "dm4", "dm5", "emd", "h5", "hdf5", "hspy", "msa", "ser", "spc", "spd", "tif", "tiff",
	}, builtin.Plugins().Extractors.Known())
}

// TestExtractorNames keeps the names that stand in metadata of the Python program.
func TestExtractorNames(t *testing.T) {
	var names []string
	for _, x := range builtin.Plugins().Extractors.All() {
		names = append(names, x.Info().Name)
	}
	assert.ElementsMatch(t, []string{
		"dm3_extractor", "ser_emi_extractor", "fei_tif_extractor", "orion_HIM_tif_extractor", "tescan_tif_extractor",
		"spc_extractor", "msa_extractor", "tofwerk_pfib_extractor", "emd_extractor", "hspy_extractor",
		"basic_file_info_extractor",
	}, names)
}

// TestMediaTypes keeps the types that crates give to files.
func TestMediaTypes(t *testing.T) {
	types := builtin.Plugins().Extractors.MediaTypes()
	assert.Equal(t, "image/tiff", types["TIFF"])
	assert.Equal(t, "application/x-hdf5", types["DM5"])
	assert.NotContains(t, types, "DM3", "none is registered")
}
