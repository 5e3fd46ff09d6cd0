package profiles

import (
	"strings"
	"unicode"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// JEOLTEM is the profile of JEOL-JEM-TEM, whose files hold no microscope tags: a word in
// the file name says that an image is a diffraction pattern. The type is a guess either
// way, and marked as such.
func JEOLTEM() extractors.Profile {
	return extractors.NewProfile("JEOL-JEM-TEM",
		extractors.Step{Name: "diffraction by file name", Apply: diffractionByName},
		extractors.Warn([]string{"DatasetType"}, []string{"Data Type"}),
	)
}

func diffractionByName(doc *extractors.Document, subject extractors.Subject) error {
	words := strings.FieldsFunc(subject.Name, func(r rune) bool { return !unicode.IsLetter(r) })
	for _, w := range words {
		switch strings.ToLower(w) {
		case "diff", "diffraction", "saed", "dp":
			setDiffraction(doc, "TEM_Diffraction")
			return nil
		}
	}
	return nil
}
