package emd

import (
	"context"
	"encoding/binary"
	"math"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// cube is the source of the pixels of a spectrum image: axes y, x and channel. It holds no
// spectra: each region is decoded from the events of all detectors, which are summed, as are
// the frames.
type cube struct {
	streams       []*stream
	width, height int
	channels      int
	element       extractors.ElementType
}

func (c *cube) places() int64 { return int64(c.width) * int64(c.height) }

// ReadRegion implements [extractors.PixelSource].
func (c *cube) ReadRegion(ctx context.Context, r extractors.Region, dst []byte) error {
	clear(dst)
	if r.Len() == 0 {
		return nil
	}
	s := &sieve{cube: c, region: r, dst: dst, size: c.element.Size()}
	for _, one := range c.streams {
		if err := s.decode(ctx, one); err != nil {
			return err
		}
	}
	return nil
}

// sieve adds events to the elements of a region.
type sieve struct {
	*cube
	region extractors.Region
	dst    []byte
	size   int
}

// decode adds the events of one stream. Of each frame only the blocks of the wanted rows
// are read.
func (s *sieve) decode(ctx context.Context, one *stream) error {
	marks, err := one.index(ctx)
	if err != nil {
		return err
	}
	places := s.places()
	frames := int64(one.frames)
	if last := marks[len(marks)-1]; frames == 0 || frames > last/places+1 {
		frames = last/places + 1
	}
	r := s.region
	rows := r.Count[0]
	// Rows that follow each other are one run of pixels, those that are apart are several.
	together := r.Step[0] == 1 || rows == 1
	for f := range frames {
		for i := 0; i < rows; i++ {
			first := f*places + int64(r.Start[0]+i*r.Step[0])*int64(s.width) + int64(r.Start[1])
			if together {
				i = rows - 1
			}
			last := f*places + int64(r.Start[0]+i*r.Step[0])*int64(s.width) + int64(r.Start[1]+(r.Count[1]-1)*r.Step[1])
			from, to := span(marks, first, last)
			err := one.each(ctx, from, to, func(block int, b []byte) error {
				s.add(b, one.word, marks[block], first, last)
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// add adds the events of a block whose first value belongs to a pixel. Only the pixels from
// first to last count.
func (s *sieve) add(b []byte, word int, pixel, first, last int64) {
	end := lastValue(word)
	slot := s.slot(pixel, first, last)
	for ; len(b) >= word; b = b[word:] {
		v := valueAt(b, word)
		if v == end {
			pixel++
			slot = s.slot(pixel, first, last)
			continue
		}
		if slot >= 0 && int(v) < s.channels {
			s.count(slot, int(v))
		}
	}
}

// slot returns where the spectrum of a pixel begins among the elements of the region, and
// -1 for a pixel that is not of it.
func (s *sieve) slot(pixel, first, last int64) int {
	if pixel < first || pixel > last {
		return -1
	}
	r := s.region
	place := pixel % s.places()
	i, ok := index(int(place/int64(s.width)), r, 0)
	j, ok2 := index(int(place%int64(s.width)), r, 1)
	if !ok || !ok2 {
		return -1
	}
	return (i*r.Count[1] + j) * r.Count[2]
}

// index returns which of the elements of a region along an axis a coordinate is.
func index(at int, r extractors.Region, axis int) (int, bool) {
	d := at - r.Start[axis]
	if d < 0 || d%max(1, r.Step[axis]) != 0 {
		return 0, false
	}
	i := d / max(1, r.Step[axis])
	return i, i < r.Count[axis]
}

// count adds one event; a full element stays full.
func (s *sieve) count(slot, channel int) {
	i, ok := index(channel, s.region, 2)
	if !ok {
		return
	}
	at := s.dst[(slot+i)*s.size:]
	switch s.size {
	case 1:
		at[0] = uint8(min(int(at[0])+1, math.MaxUint8))
	case 2:
		binary.LittleEndian.PutUint16(at, uint16(min(int(binary.LittleEndian.Uint16(at))+1, math.MaxUint16)))
	default:
		binary.LittleEndian.PutUint32(at, uint32(min(int64(binary.LittleEndian.Uint32(at))+1, math.MaxUint32)))
	}
}

var (
	_ extractors.PixelSource   = (*cube)(nil)
	_ extractors.SpectraSource = (*cube)(nil)
)
