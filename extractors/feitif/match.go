package feitif

import (
	"fmt"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// marks are the texts that show whose a file is, by tag.
var marks = []struct {
	tag   uint16
	texts []string
}{
	{tagHelios, []string{"[User]", "[Beam]", "<Root>", "<Metadata", "<FeiImage"}},
	{tagTitan, []string{"<Metadata", "<FeiImage", "<Root>", "[User]", "[Beam]"}},
	{tagSFEG, []string{"[User]", "[Beam]", "[DatabarData]"}},
}

// Match looks for the private tags, then for sections at the beginning and the end.
func (*Extractor) Match(f *extractors.File) bool {
	_, found := evidence(f)
	return found
}

// WhyMatch names the evidence.
func (*Extractor) WhyMatch(f *extractors.File) string {
	why, _ := evidence(f)
	return why
}

func evidence(f *extractors.File) (string, bool) {
	d, _ := firstDirectory(f)
	for _, m := range marks {
		text, err := tagText(d, m.tag)
		if err != nil && text == "" {
			continue
		}
		text = clean(text)
		for _, mark := range m.texts {
			if strings.Contains(text, mark) {
				return fmt.Sprintf("tag %d contains %s", m.tag, mark), true
			}
		}
	}
	if text, err := textAtEnd(f); err == nil && text != "" {
		return "sections of an FEI microscope at the end of the file", true
	}
	if text, err := textAtFront(f); err == nil && text != "" {
		return "sections of an FEI microscope at the beginning of the file", true
	}
	return "no text of an FEI microscope in tags 34680, 34682 and 34683, or outside the tags", false
}
