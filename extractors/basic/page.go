package basic

import (
	"errors"
	"math"

	"github.com/nexuslims/nexuslims-go/internal/tiff"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// page is a page that may be drawn.
type page struct {
	dir     *tiff.Directory
	image   *tiff.Image
	err     error // why there is no image
	w, h    float64
	reduced bool // the file says that it is a thumbnail or a mask
}

func newPage(d *tiff.Directory) page {
	p := page{dir: d}
	p.image, p.err = d.Image()
	p.w, _ = d.Number(256)
	p.h, _ = d.Number(257)
	kind, _ := d.Number(tagSubfile)
	old, _ := d.Number(tagOldSubfile)
	const thumbnail, mask = 1, 4
	p.reduced = int(kind)&(thumbnail|mask) != 0 || old == 2
	return p
}

// choosePage takes the first page of full size: thumbnails may come before it, and that is
// not always said. It returns why nothing can be drawn, if so.
func (t *plainTIFF) choosePage() string {
	pages, err := t.somePages()
	if len(pages) == 0 {
		t.warn("the picture cannot be read", err)
		return err.Error()
	}
	chosen := pages[firstFull(pages)]
	t.dir, t.image, t.pages = chosen.dir, chosen.image, pages
	if err != nil && !errors.Is(err, nexuslims.NotFound) {
		t.warn("the file breaks off", err)
	}
	t.countPages(len(pages), err)
	if chosen.err != nil {
		t.warn("the pixels cannot be read", chosen.err)
		return chosen.err.Error()
	}
	return ""
}

// somePages reads the first pages, and those below the first one where it is a thumbnail.
func (t *plainTIFF) somePages() (pages []page, err error) {
	for i := range maxLookedAt {
		d, err := t.tiff.Directory(i)
		if d != nil && len(d.Tags) > 0 {
			pages = append(pages, newPage(d))
		}
		if err != nil {
			return t.below(pages), err
		}
	}
	return t.below(pages), nil
}

// below adds the pages that the first one names as its parts (tag 330, TIFF Technical Note 1).
func (t *plainTIFF) below(pages []page) []page {
	if len(pages) == 0 || !pages[0].reduced {
		return pages
	}
	offsets, _ := pages[0].dir.Numbers(tagSubIFDs, maxLookedAt)
	for _, off := range offsets {
		if off < 0 || off > float64(t.file.Size()) {
			continue
		}
		if d, err := t.tiff.DirectoryAt(int64(off)); err == nil {
			pages = append(pages, newPage(d))
		}
	}
	return pages
}

// firstFull returns the first page that is neither said to be a thumbnail nor one by its
// size: half or less of the largest, in the same shape.
func firstFull(pages []page) int {
	largest := -1
	for i, p := range pages {
		if !p.reduced && p.image != nil && (largest < 0 || p.w*p.h > pages[largest].w*pages[largest].h) {
			largest = i
		}
	}
	if largest < 0 {
		return 0
	}
	big := pages[largest]
	for i, p := range pages {
		small := p.w <= big.w/2 && p.h <= big.h/2 && math.Abs(p.w*big.h-p.h*big.w) <= 0.05*p.w*big.h
		if !p.reduced && !small && p.w > 0 && p.h > 0 {
			return i
		}
	}
	return largest
}

// countPages counts the pages of the file where there are more than one.
func (t *plainTIFF) countPages(n int, err error) {
	if err == nil {
		for n = maxLookedAt; n < maxPages; n++ {
			if _, err = t.tiff.Directory(n); err != nil {
				break
			}
		}
	}
	switch {
	case err == nil:
		t.ext(nexuslims.Text("more than 1000"), "the chain of directories", "Pages")
	case n > 1 && errors.Is(err, nexuslims.NotFound):
		t.ext(nexuslims.Int(n), "the chain of directories", "Pages")
	}
}
