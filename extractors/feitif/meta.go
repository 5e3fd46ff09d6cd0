package feitif

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// builder makes the metadata of a file.
type builder struct {
	*extractors.Sheet
	file     *extractors.File
	c        *Content
	active   active
	warnings []string
	size     extractors.Pixel // as far as it is known
	moments  []moment
}

func newBuilder(f *extractors.File, c *Content) *builder {
	b := &builder{file: f, c: c, warnings: slices.Clone(c.Warnings)}
	b.active = activeSections(c.Settings)
	b.Sheet = extractors.NewSheet(f, nexuslims.Image, b.active.dataType())
	if b.active.beam != "" {
		b.Classify(nexuslims.Image, b.active.dataType(), "the section of the beam, ["+b.active.beam+"] in "+c.From)
	}
	return b
}

// build writes everything that is known. What the sections say comes first; XML fills in
// what they leave open.
func (b *builder) build() {
	if x := b.c.XML; x != nil && x.Name == "Metadata" && b.active.beam == "" {
		b.classifyModern()
	}
	if b.c.Settings.Has("DatabarData") {
		b.databar()
	} else if b.c.Settings.Sections != nil {
		b.sections()
	}
	if b.c.XML != nil {
		switch b.c.XML.Name {
		case "Root":
			b.labels()
		case "FeiImage":
			b.phenom()
		case "Metadata":
			b.modern()
		}
	}
	b.timestamp()
	b.dimensions()
}

// raw returns the file's own tags: each section, and the XML in a group of its own.
func (b *builder) raw() *nexuslims.Object {
	raw := new(nexuslims.Object)
	if x := b.c.XML; x != nil && x.Name == "Root" {
		raw.Set("FEI_Root_Metadata", labelTree(x))
	} else if x != nil {
		raw.Set("FEI_XML_Metadata", x.Object())
	}
	if b.c.Settings.Sections == nil {
		return raw
	}
	for name, section := range b.c.Settings.Sections.All() {
		raw.Set(name, section)
	}
	if user := raw.Group("User"); user.Has(wideUserText) {
		if _, ok := decodeUserText(user.Text(wideUserText)); ok {
			user = user.Clone()
			user.Delete(wideUserText) // the text itself is in the metadata
			raw.Set("User", user)
		}
	}
	return raw
}

// warn adds a warning about the reading.
func (b *builder) warn(format string, args ...any) {
	b.warnings = append(b.warnings, fmt.Sprintf(format, args...))
}

// put sets a value that the file has as text, unless it is there already. A value with a
// unit must be a number; another text goes to the extensions under its display name, so
// that it is never taken for a quantity.
func (b *builder) put(text, unit, from string, path ...string) {
	text = strings.TrimSpace(text)
	if text == "" || b.has(path) {
		return
	}
	number, isNumber := extractors.ParseNumber(text)
	switch {
	case isNumber && !finite(number):
		b.warn("%s is %s, which is no number to be kept", from, text)
	case unit == "" && isNumber:
		b.Put(number, from, path...)
	case unit == "":
		b.PutText(text, from, path...)
	case isNumber:
		b.PutQuantity(number, unit, from, path...)
	default:
		b.putDoubtful(text, from, path)
	}
}

// putDoubtful keeps a text that should be a number.
func (b *builder) putDoubtful(text, from string, path []string) {
	name := make([]string, len(path))
	for i, p := range path {
		name[i] = nexuslims.DisplayName(p)
	}
	b.PutText(text, from, "extensions", strings.Join(name, " "))
	b.warn("%s is %q, which is no number", from, nexuslims.CutText(text, 40, "…"))
}

func (b *builder) has(path []string) bool { return b.Meta.At(path...) != nil }

// putText sets a text unless it is there already.
func (b *builder) putText(text, from string, path ...string) {
	if !b.has(path) {
		b.PutText(text, from, path...)
	}
}

func finite(v nexuslims.Value) bool {
	n, ok := nexuslims.Number(v)
	return ok && !math.IsNaN(n) && !math.IsInf(n, 0)
}

// positive reads a number that must be above zero, for sizes.
func positive(text string) (float64, bool) {
	v, ok := extractors.ParseNumber(text)
	if !ok {
		return 0, false
	}
	n, ok := nexuslims.Number(v)
	return n, ok && n > 0 && !math.IsInf(n, 0)
}
