package zeisstif

import (
	"context"
	"errors"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/tiff"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Extractor reads TIFF files of Zeiss microscopes. It has no state.
type Extractor struct{}

// New returns the extractor.
func New() *Extractor { return &Extractor{} }

// Info describes the extractor; its name is that of the reference implementation.
func (*Extractor) Info() extractors.Info {
	return extractors.Info{
		Name:     "orion_HIM_tif_extractor",
		Priority: extractors.PrioritySpecialised,
		Formats: []extractors.Format{{
			Name: "TIFF", Extensions: []string{"tif", "tiff"}, MIME: "image/tiff",
			Reads: "Zeiss (SmartSEM, Orion, NanoFab) and Fibics (Atlas, NPVE): beam, scan, stage, detector, vacuum and " +
				"user settings of tags 34118, 34119, 65000 and 51023, of every page",
			Draws:  "each page with its information bar and a scale bar",
			Limits: "up to 64 pages; 256 KiB of each tag, 768 KiB of all",
		}},
		Source: "files of Zeiss instruments; public descriptions by their users; the TIFF 6.0 specification",
	}
}

// Match looks for the private tags of the first page.
func (*Extractor) Match(f *extractors.File) bool {
	_, found := evidence(f)
	return found
}

// WhyMatch implements extractors.Explainer.
func (*Extractor) WhyMatch(f *extractors.File) string {
	why, _ := evidence(f)
	return why
}

func evidence(f *extractors.File) (why string, found bool) {
	d, err := firstDirectory(f)
	if d == nil {
		return "cannot be read as TIFF: " + err.Error(), false
	}
	for _, m := range []struct {
		tag  uint16
		root string
		why  string
	}{{tagOrion, rootOrion, "tag 65000 is XML of an Orion"}, {tagFibics, rootFibics, "tag 51023 is XML of Fibics"}} {
		if text, _ := tagText(d, m.tag, maxTag); hasRoot(text, m.root) {
			return m.why, true
		}
	}
	for _, tag := range []uint16{tagSmartSEM, tagWide} {
		if ofSmartSEM(d, tag) {
			return "a tag of SmartSEM, 34118 or 34119", true
		}
	}
	return "no settings in tags 65000, 51023, 34118 and 34119", false
}

// hasRoot reports whether a text is XML of a root, as far as the first element shows.
func hasRoot(text, root string) bool {
	return strings.Contains(rootName(text), root)
}

// ofSmartSEM reports whether a tag holds settings of SmartSEM. Its first lines tell as a rule,
// else all of it.
func ofSmartSEM(d *tiff.Directory, tag uint16) bool {
	head, _ := tagText(d, tag, semHead)
	whole := strings.LastIndexAny(head, "\r\n") + 1 // the last line may be cut
	if parseSmartSEM(head[:whole]).known() {
		return true
	}
	text, _ := tagText(d, tag, maxTag)
	return parseSmartSEM(text).known()
}

// Extract reads the settings of every page. A picture whose pixels cannot be read has its
// metadata all the same.
func (*Extractor) Extract(ctx context.Context, f *extractors.File) (*extractors.Result, error) {
	c, err := decode(ctx, f)
	if err != nil {
		return nil, err
	}
	if len(c.pages) == 0 {
		return nil, nexuslims.E(nexuslims.Unsupported, "read metadata", "",
			errors.New("could not detect Zeiss/Fibics variant"))
	}
	result := &extractors.Result{Format: "TIFF", Warnings: c.warnings}
	for i := range c.pages {
		b := newBuilder(f, &c.pages[i])
		b.build()
		s := b.Signal(b.raw())
		if len(c.pages) > 1 {
			s.Title = b.page.title
		}
		b.pixels(s)
		result.Signals = append(result.Signals, s)
		result.Warnings = append(result.Warnings, b.warnings...)
	}
	return result, nil
}

var (
	_ extractors.Extractor = (*Extractor)(nil)
	_ extractors.Explainer = (*Extractor)(nil)
)
