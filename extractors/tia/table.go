package tia

import (
	"sync"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// places is the table of the places of data and tags in a series file. It is read in
// pieces as they are needed: that of a large map has millions of entries. It may be used
// concurrently.
type places struct {
	f     *extractors.File
	at    int64
	total int64
	wide  bool

	mu    sync.Mutex
	piece [2]piece // of the places of data, and of tags
}

// piece is a part of the table, the entries from first on.
type piece struct {
	first  int64
	places []int64
}

// Entries are read pieceLen at once where they are wanted one after the other, else fewLen.
const (
	pieceLen = 2048
	fewLen   = 16
)

func newPlaces(f *extractors.File, s *Series) (*places, error) {
	p := &places{f: f, at: s.OffsetArray, total: s.Total, wide: s.wide()}
	// Tags come second: a file without room for their places still has its data.
	if need := s.Valid * p.width(); need > f.Size()-p.at {
		return nil, corrupt("the table of %d elements is cut off", s.Valid)
	}
	return p, nil
}

func (p *places) width() int64 {
	if p.wide {
		return 8
	}
	return 4
}

// data returns the place of the header of element i, 0 for one that was not acquired.
func (p *places) data(i int64) (int64, error) { return p.entry(0, i) }

// tag returns the place of the tag of element i.
func (p *places) tag(i int64) (int64, error) { return p.entry(1, i) }

func (p *places) entry(half int, i int64) (int64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := &p.piece[half]
	if end := c.first + int64(len(c.places)); i < c.first || i >= end {
		n := int64(fewLen)
		if i == end {
			n = pieceLen
		}
		fresh, err := p.read(half, i, n)
		if err != nil {
			return 0, err
		}
		*c = fresh
	}
	return c.places[i-c.first], nil
}

// read reads n entries from first on, as far as the table and the file go.
func (p *places) read(half int, first, n int64) (piece, error) {
	n = min(n, p.total-first)
	at := p.at + (int64(half)*p.total+first)*p.width()
	if room := (p.f.Size() - at) / p.width(); room > 0 {
		n = min(n, room)
	}
	b, err := p.f.Read(at, n*p.width())
	if err != nil {
		return piece{}, err
	}
	c := &cursor{b: b}
	fresh := piece{first: first, places: make([]int64, n)}
	for k := range fresh.places {
		fresh.places[k] = c.offset(p.wide)
	}
	return fresh, nil
}
