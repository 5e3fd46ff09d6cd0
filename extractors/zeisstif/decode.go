package zeisstif

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/tiff"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// The private tags and the roots of their XML.
const (
	tagSmartSEM = 34118
	tagWide     = 34119
	tagFibics   = 51023
	tagOrion    = 65000

	rootOrion  = "ImageTags"
	rootFibics = "Fibics"
)

const (
	maxTag   = 256 << 10 // bytes of one tag
	semHead  = 4 << 10   // bytes of one of SmartSEM that show what it is
	maxTexts = 768 << 10 // bytes of the tags of all pages
	maxPages = 64
)

// page is one picture of a file and what it says of itself.
type page struct {
	title         string
	directory     *tiff.Directory
	width, height int
	orion, fibics *node
	sem           *smartSEM
}

func (p *page) empty() bool { return p.orion == nil && p.fibics == nil && !p.sem.known() }

// content is what a file says besides its pixels; there are no pages where it says nothing.
type content struct {
	pages    []page
	warnings []string
	read     int64 // bytes of texts
}

// decode reads the pages of a TIFF file and the texts of the microscope. Of a damaged file
// it gives what is left. The error is that of the first page, of a store that failed,
// or of a context that ended.
func decode(ctx context.Context, f *extractors.File) (*content, error) {
	t, err := tiff.Open(f, f.Size())
	if err != nil {
		return nil, err
	}
	c := &content{}
	for i := range maxPages + 1 {
		if err := ctx.Err(); err != nil {
			return nil, nexuslims.E(nexuslims.Canceled, "read metadata", "", err)
		}
		d, err := t.Directory(i)
		switch kind := nexuslims.KindOf(err); {
		case err == nil:
		case tiff.IsFault(err):
			return nil, err
		case kind == nexuslims.NotFound && i > 0:
			return c, nil
		case d == nil || len(d.Tags) == 0 || i > 0:
			if i == 0 {
				return nil, err
			}
			c.warn("page %d and those behind it cannot be read: %v", i+1, err)
			return c, nil
		default:
			c.warn("the directory is read only in part: %v", err)
		}
		if i == maxPages {
			c.warn("pages behind the first %d are left out", maxPages)
			break
		}
		if err := c.add(i, d); err != nil {
			return nil, err
		}
		if len(c.pages) == 0 {
			return c, nil // the first page says nothing
		}
	}
	return c, nil
}

// add takes a page when it is a picture of the microscope.
func (c *content) add(i int, d *tiff.Directory) error {
	p := page{title: fmt.Sprintf("Page %d", i+1), directory: d}
	w, _ := d.Number(256)
	h, _ := d.Number(257)
	if w >= 1 && w < 1<<31 && h >= 1 && h < 1<<31 {
		p.width, p.height = int(w), int(h)
	}
	if reduced, _ := d.Number(254); i > 0 && int(reduced)&1 != 0 {
		return nil // a thumbnail
	}
	if err := c.texts(i, &p); err != nil {
		return err
	}
	if i > 0 {
		first := &c.pages[0]
		same := p.width == first.width && p.height == first.height
		if !same && !p.sem.known() {
			return nil // Fibics appends thumbnails that are not marked as such
		}
		if p.empty() {
			p.orion, p.fibics, p.sem = first.orion, first.fibics, first.sem
		}
	}
	if !p.empty() {
		c.pages = append(c.pages, p)
	}
	return nil
}

// texts reads the tags of a page.
func (c *content) texts(i int, p *page) error {
	for _, x := range []struct {
		tag  uint16
		root string
		into **node
	}{{tagOrion, rootOrion, &p.orion}, {tagFibics, rootFibics, &p.fibics}} {
		text, err := c.text(p.directory, x.tag)
		if err != nil {
			return err
		}
		if text == "" {
			continue
		}
		root, broken := parseXML(text)
		if root == nil || !strings.Contains(root.name, x.root) {
			c.warn("tag %d of page %d has no element %s", x.tag, i+1, x.root)
			continue
		}
		if broken != nil {
			c.warn("the XML of tag %d is read only in part: %v", x.tag, errors.Unwrap(broken))
		}
		*x.into = root
	}
	text, err := c.text(p.directory, tagSmartSEM)
	if err != nil {
		return err
	}
	p.sem = parseSmartSEM(text)
	if len(p.sem.names) > 0 && !strings.Contains(text, "?") {
		return nil
	}
	// Letters outside the code page are question marks there.
	text, err = c.text(p.directory, tagWide)
	if wide := parseSmartSEM(text); len(wide.names) >= len(p.sem.names) && wide.known() {
		wide.tag = tagWide
		p.sem = wide
	}
	return err
}

// text returns the text of a tag, "" where there is none. Of one that cannot be read whole
// it returns what is there.
func (c *content) text(d *tiff.Directory, id uint16) (string, error) {
	tag, ok := d.Tag(id)
	if !ok {
		return "", nil
	}
	if c.read += min(tag.Count, maxTag); c.read > maxTexts {
		c.warn("there are too many settings: tag %d of a page is left out", id)
		return "", nil
	}
	if tag.Count > maxTag {
		c.warn("of the %d bytes of tag %d, %d are read", tag.Count, id, maxTag)
	}
	text, err := tagText(d, id, maxTag)
	if tiff.IsFault(err) {
		return "", err
	}
	if err != nil {
		c.warn("tag %d: %v", id, err)
	}
	return text, nil
}

// warn notes a warning, once.
func (c *content) warn(format string, args ...any) {
	c.warnings = appendOnce(c.warnings, fmt.Sprintf(format, args...))
}

func appendOnce(list []string, text string) []string {
	for _, have := range list {
		if have == text {
			return list
		}
	}
	return append(list, text)
}

// firstDirectory returns what can be read of the first page, or why nothing can.
func firstDirectory(f *extractors.File) (*tiff.Directory, error) {
	t, err := tiff.Open(f, f.Size())
	if err != nil {
		return nil, err
	}
	d, err := t.Directory(0)
	if err != nil && (d == nil || len(d.Tags) == 0) {
		return nil, err
	}
	return d, nil
}

// tagText returns the text of a tag of any byte type, "" where there is none.
func tagText(d *tiff.Directory, id uint16, limit int64) (string, error) {
	if !d.Has(id) {
		return "", nil
	}
	return d.WideText(id, limit)
}
