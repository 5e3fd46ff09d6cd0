package emd

import (
	"context"
	"math"
)

// fewCounts is how many counts a spectrum needs to show anything.
const fewCounts = 50

// Spectra implements [extractors.SpectraSource]: one pass over the events gives the spectra
// of the pixels and, as scans are often so fast that a pixel has next to none, those of as
// many equal parts of the map, which are taken where nearly all pixels are empty. Places are
// in rising order.
func (c *cube) Spectra(ctx context.Context, places []int64) ([][]float32, error) {
	n := len(places)
	if n == 0 {
		return nil, nil
	}
	p := &pass{cube: c, picked: places, pixels: tables(n, c.channels), parts: tables(n, c.channels)}
	for _, s := range c.streams {
		if err := p.over(ctx, s); err != nil {
			return nil, err
		}
	}
	empty := 0
	for _, t := range p.pixels {
		if sum(t) < fewCounts {
			empty++
		}
	}
	if empty >= n-1 {
		return spectra(p.parts), nil
	}
	return spectra(p.pixels), nil
}

func tables(n, channels int) [][]uint32 {
	list := make([][]uint32, n)
	for i := range list {
		list[i] = make([]uint32, channels)
	}
	return list
}

func sum(table []uint32) uint64 {
	total := uint64(0)
	for _, v := range table {
		total += uint64(v)
	}
	return total
}

func spectra(counts [][]uint32) [][]float32 {
	list := make([][]float32, len(counts))
	for i, table := range counts {
		list[i] = make([]float32, len(table))
		for k, v := range table {
			list[i][k] = float32(v)
		}
	}
	return list
}

// pass goes once over all events and adds each to the spectra that its pixel belongs to.
type pass struct {
	*cube
	picked        []int64
	pixels, parts [][]uint32
	place, until  int64    // of the present pixel, and of the one at which something changes
	next          int      // of the picked places, the first that is not behind
	part          int      // that the present pixel belongs to
	left          int64    // pixels: what follows the last frame does not count
	pixel, block  []uint32 // counts of the present pixel and part; pixel may be nil
}

// over adds the events of one stream.
func (p *pass) over(ctx context.Context, s *stream) error {
	p.left = math.MaxInt64
	if s.frames > 0 {
		p.left = int64(s.frames) * p.places()
	}
	p.begin()
	return s.each(ctx, 0, s.blocks(), func(_ int, b []byte) error {
		if s.word == 2 {
			p.add(b)
			return nil
		}
		for ; len(b) >= s.word; b = b[s.word:] {
			if v := valueAt(b, s.word); v == lastValue(s.word) {
				p.move()
			} else {
				p.event(v)
			}
		}
		return nil
	})
}

// add adds the events of a block of the usual width.
func (p *pass) add(b []byte) {
	for i := 0; i+1 < len(b); i += 2 {
		if v := uint32(b[i]) | uint32(b[i+1])<<8; v == 0xffff {
			p.move()
		} else {
			p.event(v)
		}
	}
}

func (p *pass) event(v uint32) {
	if v >= uint32(len(p.block)) {
		return
	}
	p.block[v]++
	if p.pixel != nil {
		p.pixel[v]++
	}
}

// move goes to the next pixel.
func (p *pass) move() {
	if p.place++; p.place == p.until {
		p.change()
	}
}

// change goes to a pixel at which something changes: a picked one, the one behind it, the
// first of a part, the end of a frame.
func (p *pass) change() {
	if p.place == p.places() {
		p.left -= p.places()
		p.begin()
		return
	}
	n := int64(len(p.parts))
	p.part = int(p.place * n / p.places())
	p.block, p.pixel = p.parts[p.part], nil
	p.until = ((int64(p.part)+1)*p.places() + n - 1) / n
	for p.next < len(p.picked) && p.picked[p.next] < p.place {
		p.next++
	}
	switch {
	case p.next == len(p.picked):
	case p.picked[p.next] == p.place:
		p.pixel, p.until = p.pixels[p.next], p.place+1
	default:
		p.until = min(p.until, p.picked[p.next])
	}
}

// begin goes to the first pixel of a frame.
func (p *pass) begin() {
	p.place, p.next = 0, 0
	if p.left <= 0 {
		p.block, p.pixel, p.until = nil, nil, -1
		return
	}
	p.change()
}
