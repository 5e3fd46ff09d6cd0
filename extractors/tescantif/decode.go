package tescantif

import (
	"context"
	"fmt"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/tiff"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// The tags that are read.
const (
	tagTescan   = 50431
	tagMake     = 271
	tagModel    = 272
	tagSoftware = 305
	tagDateTime = 306
	tagArtist   = 315
)

const (
	maxText  = 256 << 10 // bytes of one tag, thumbnail included, or of the text file
	maxTexts = 768 << 10 // bytes of the tags of all pages
	maxPages = 64
)

// page is one picture of a file and its settings.
type page struct {
	title         string
	directory     *tiff.Directory // nil where there is none
	broken        error           // why there is none
	width, height int
	settings      *settings
}

// content is what a file says besides its pixels: at least one page.
type content struct {
	pages    []page
	side     *settings
	warnings []string
	read     int64
}

// decode reads the pages of a TIFF file and the text file beside it. Of a damaged file it
// gives what is left. The error is that of the first page, where the text file is missing
// too; of a store that failed; or of a context that ended.
func decode(ctx context.Context, f *extractors.File) (*content, error) {
	c := &content{side: newSettings()}
	name, text, err := sideCar(f, maxText)
	if err != nil {
		return nil, err
	}
	if text != "" {
		c.side.parse(text, "MAIN", name)
		c.skipped(c.side, name)
	}
	err = c.directories(ctx, f)
	if err != nil && (tiff.IsFault(err) || c.side.empty()) {
		return nil, err
	}
	if err != nil {
		c.warn("the TIFF tags cannot be read: %v", err)
		c.pages = []page{{settings: c.side, broken: err}}
	}
	return c, nil
}

func (c *content) directories(ctx context.Context, f *extractors.File) error {
	t, err := tiff.Open(f, f.Size())
	if err != nil {
		return err
	}
	for i := range maxPages + 1 {
		if err := ctx.Err(); err != nil {
			return nexuslims.E(nexuslims.Canceled, "read metadata", "", err)
		}
		d, err := t.Directory(i)
		switch {
		case err == nil:
		case tiff.IsFault(err):
			return err
		case i > 0 && nexuslims.KindOf(err) == nexuslims.NotFound:
			return nil
		case i > 0:
			c.warn("page %d and those behind it cannot be read: %v", i+1, err)
			return nil
		case d == nil || len(d.Tags) == 0:
			return err
		default:
			c.warn("the directory is read only in part: %v", err)
		}
		if i == maxPages {
			c.warn("pages behind the first %d are left out", maxPages)
			return nil
		}
		if err := c.add(i, d); err != nil {
			return err
		}
	}
	return nil
}

// add takes the first page, and those that have its size.
func (c *content) add(i int, d *tiff.Directory) error {
	p := page{title: fmt.Sprintf("Page %d", i+1), directory: d}
	w, _ := d.Number(256)
	h, _ := d.Number(257)
	if w >= 1 && w < 1<<31 && h >= 1 && h < 1<<31 {
		p.width, p.height = int(w), int(h)
	}
	if i > 0 {
		reduced, _ := d.Number(254)
		if first := c.pages[0]; int(reduced)&1 != 0 || p.width != first.width || p.height != first.height {
			return nil // a thumbnail
		}
	}
	var err error
	if p.settings, err = c.tag(d); err != nil {
		return err
	}
	if i > 0 && p.settings.empty() {
		p.settings = c.pages[0].settings
	}
	p.settings.add(c.side)
	if p.settings.empty() {
		c.warn("there are no settings of the microscope")
	}
	c.pages = append(c.pages, p)
	return nil
}

// tag reads the settings of a page.
func (c *content) tag(d *tiff.Directory) (*settings, error) {
	tag, ok := d.Tag(tagTescan)
	if !ok {
		return newSettings(), nil
	}
	if c.read += min(tag.Count, maxText); c.read > maxTexts {
		c.warn("there are too many settings: those of further pages are left out")
		return newSettings(), nil
	}
	b, err := d.Bytes(tagTescan, maxText)
	if tiff.IsFault(err) {
		return nil, err
	}
	if err != nil {
		c.warn("tag 50431: %v", err)
	}
	s, whole := parseTag(b)
	if !whole {
		c.warn("tag 50431 is read only in part: a record has a length that cannot be")
	}
	c.skipped(s, "tag 50431")
	return s, nil
}

func (c *content) skipped(s *settings, where string) {
	if s.skipped > 0 {
		c.warn("%d lines of %s are no settings and were skipped", s.skipped, where)
	}
}

// warn notes a warning, once.
func (c *content) warn(format string, args ...any) {
	c.warnings = appendOnce(c.warnings, fmt.Sprintf(format, args...))
}
