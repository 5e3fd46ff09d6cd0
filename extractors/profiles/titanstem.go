package profiles

import (
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// TitanSTEM is the profile of FEI-Titan-STEM. Detector, operator and specimen are marked as
// doubtful: on that instrument they are those of whoever logged in before. Images in the
// diffraction mode of the energy filter are diffraction patterns.
func TitanSTEM() extractors.Profile {
	return extractors.NewProfile("FEI-Titan-STEM",
		extractors.Warn([]string{"Detector"}, []string{"Operator"}, []string{"Specimen"}),
		extractors.Step{Name: "EFTEM diffraction", Apply: eftemDiffraction},
	)
}

func eftemDiffraction(doc *extractors.Document, _ extractors.Subject) error {
	mode := strings.ToUpper(doc.Meta.Text("Imaging Mode"))
	if strings.Contains(mode, "EFTEM DIFFRACTION") && !isSpectral(doc) && !isTransform(doc) {
		setDiffraction(doc, "TEM_EFTEM_Diffraction")
	}
	return nil
}
