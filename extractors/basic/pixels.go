package basic

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/tiff"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// array returns the handle on the pixels of the page that is drawn, upright.
func (t *plainTIFF) array() *extractors.Array {
	kind, ok := extractors.ParseElementType(t.image.Element)
	if !ok {
		return nil
	}
	source := &mended{image: t.image}
	a := &extractors.Array{Type: kind, Source: source}
	c := t.scale
	y := extractors.Axis{Name: "y", Size: t.image.Height, Scale: 1}
	x := extractors.Axis{Name: "x", Size: t.image.Width, Scale: 1}
	if c.x > 0 && c.y > 0 {
		y.Scale, y.Unit, y.Offset = c.y, c.unitY, 0-c.originY*c.y
		x.Scale, x.Unit, x.Offset = c.x, c.unitX, 0-c.originX*c.x
	}
	a.Axes = []extractors.Axis{y, x}
	if o := t.image.Orientation; o > 1 {
		a.Source = turnedPixels{source, kind.Size(), o, t.image.Height, t.image.Width}
		if o >= 5 {
			a.Axes = []extractors.Axis{x, y}
			a.Axes[0].Name, a.Axes[1].Name = "y", "x"
		}
	}
	return a
}

// missing looks whether the file ends before the picture does. It returns how many rows are
// there of one that does.
func (t *plainTIFF) missing(s *extractors.Signal) {
	if t.image == nil || s.Data == nil {
		return
	}
	rows, err := t.image.Whole()
	if err == nil || !errors.Is(err, nexuslims.Corrupt) {
		return
	}
	t.warn("the picture is incomplete", err)
	if rows == 0 {
		s.NoPreview = "the pixels are not in the file"
	}
	if rows > 0 && t.image.Orientation == 1 {
		s.ContrastRows = rows
	}
}

// mended is the source of a picture that may be damaged: what of it can be decoded is
// given out, the rest is zero. One of which nothing can be decoded is an error.
type mended struct {
	image *tiff.Image
	some  atomic.Bool // pixels were decoded
}

// ReadRegion implements extractors.PixelSource.
func (m *mended) ReadRegion(ctx context.Context, r extractors.Region, dst []byte) error {
	clear(dst)
	err := m.image.ReadRegion(ctx, r.Start, r.Count, r.Step, dst)
	if err == nil {
		m.some.Store(true)
		return nil
	}
	if !errors.Is(err, nexuslims.Corrupt) {
		return err
	}
	for i := 0; i < len(dst) && !m.some.Load(); i++ {
		if dst[i] != 0 {
			m.some.Store(true)
		}
	}
	if m.some.Load() || m.begins(ctx) {
		return nil
	}
	return err
}

// begins reports whether the first row can be decoded.
func (m *mended) begins(ctx context.Context) bool {
	first := make([]byte, 16) // room for a pixel of any type
	kind, _ := extractors.ParseElementType(m.image.Element)
	if m.image.ReadRegion(ctx, []int{0, 0}, []int{1, 1}, []int{1, 1}, first[:kind.Size()]) != nil {
		return false
	}
	m.some.Store(true)
	return true
}

// turnedPixels is the source of a picture that is to be turned, by the numbers of tag 274.
type turnedPixels struct {
	stored      extractors.PixelSource
	size        int // of an element
	orientation int
	rows        int // as stored
	columns     int
}

// ReadRegion implements extractors.PixelSource.
func (u turnedPixels) ReadRegion(ctx context.Context, r extractors.Region, dst []byte) error {
	up, across, turned := 0, 1, false // axes of the region for rows and columns as stored
	if u.orientation >= 5 {
		up, across, turned = 1, 0, true
	}
	backRows := slices.Contains([]int{3, 4, 6, 7}, u.orientation)
	backColumns := slices.Contains([]int{2, 3, 7, 8}, u.orientation)
	stored := extractors.Region{
		Start: []int{r.Start[up], r.Start[across]},
		Count: []int{r.Count[up], r.Count[across]},
		Step:  []int{r.Step[up], r.Step[across]},
	}
	rows, columns := stored.Count[0], stored.Count[1]
	if backRows {
		stored.Start[0] = u.rows - 1 - stored.Start[0] - (rows-1)*stored.Step[0]
	}
	if backColumns {
		stored.Start[1] = u.columns - 1 - stored.Start[1] - (columns-1)*stored.Step[1]
	}
	raw := make([]byte, len(dst))
	if len(dst) == 0 {
		return nil
	}
	if err := u.stored.ReadRegion(ctx, stored, raw); err != nil {
		return err
	}
	for i := range rows * columns {
		y, x := i/columns, i%columns
		if backRows {
			y = rows - 1 - y
		}
		if backColumns {
			x = columns - 1 - x
		}
		to := y*columns + x
		if turned {
			to = x*rows + y
		}
		copy(dst[to*u.size:(to+1)*u.size], raw[i*u.size:])
	}
	return nil
}

var (
	_ extractors.PixelSource = (*mended)(nil)
	_ extractors.PixelSource = turnedPixels{}
)
