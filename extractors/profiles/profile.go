package profiles

import (
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// All returns the profiles, ready to be added to [extractors.Profiles].
func All() []extractors.Profile {
	return []extractors.Profile{TitanSTEM(), TitanTEM(), JEOLTEM()}
}

// setDiffraction makes the document one of a diffraction pattern.
func setDiffraction(doc *extractors.Document, data string) {
	doc.Meta.Set("DatasetType", nexuslims.Text(nexuslims.Diffraction))
	doc.Meta.Set("Data Type", nexuslims.Text(data))
}

// isSpectral reports whether a document shows spectra, which no mode of the microscope
// turns into a diffraction pattern: a spectrum image, or one dimension. Other datasets
// that carry settings of a spectrometer are images.
func isSpectral(doc *extractors.Document) bool {
	if doc.DatasetType() == nexuslims.SpectrumImage || doc.Meta.Group("Spectrum Imaging").Len() > 0 {
		return true
	}
	return strings.HasSuffix(doc.Meta.Text("Data Dimensions"), ",)") // one dimension: "(2048,)"
}

// isTransform reports whether a document is a Fourier transform, which has the tags of the
// image it was made of.
func isTransform(doc *extractors.Document) bool { return doc.Meta.Text("Derived") == "FFT" }
