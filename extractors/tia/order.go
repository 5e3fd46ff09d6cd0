package tia

import (
	"context"
	"errors"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// At most maxSiblings series of a folder are looked at, and outlineBytes of blocks to tell
// how sure a choice is.
const (
	maxSiblings  = 1000
	outlineBytes = 500_000
)

// byRange pairs series and blocks that are not named, in order: each series takes the
// first block behind that of the series before it whose detector range fits. A series that
// is missing in the folder had a block with settings. Where no block has a range, series n
// has block n.
func (p *pairing) byRange(ctx context.Context) (block int, how string, err error) {
	ranges, err := p.hasRanges()
	if err != nil {
		return -1, "", err
	}
	if !ranges {
		if p.name.number > len(p.blocks) {
			return -1, "", nil
		}
		block = p.name.number - 1
		if len(p.blocks) > 1 {
			how = p.words(block, "by the number of the series"+unsure)
		}
		return block, how, nil
	}
	next, taken := 0, []*Series{}
	for number := 1; number < p.name.number && number <= maxSiblings && next < len(p.blocks); number++ {
		s, err := p.sibling(ctx, number)
		if err != nil {
			return -1, "", err
		}
		at, err := p.first(next, s)
		if err != nil {
			return -1, "", err
		}
		if at >= 0 {
			next = at + 1
		}
		taken = append(taken, s)
	}
	if block, err = p.first(next, p.series); block < 0 || err != nil {
		return -1, "", err
	}
	how, err = p.doubt(ctx, block, taken)
	return block, how, err
}

// hasRanges reports whether any block has a detector range.
func (p *pairing) hasRanges() (bool, error) {
	for i := range p.blocks {
		o, err := p.outline(i)
		if err != nil {
			return false, err
		}
		if o.spectrum || o.image {
			return true, nil
		}
	}
	return false, nil
}

// sibling reads the header of another series, nil for one that is not there or damaged.
func (p *pairing) sibling(ctx context.Context, number int) (*Series, error) {
	if err := ctx.Err(); err != nil {
		return nil, nexuslims.E(nexuslims.Canceled, "read sibling", "", err)
	}
	f, err := p.f.Sibling(p.name.sibling(number))
	if errors.Is(err, nexuslims.Transient) {
		return nil, err
	}
	if err != nil {
		return nil, nil //nolint:nilnil // a sibling that cannot be opened is one that is not there
	}
	defer func() { _ = f.Close() }()
	s, err := decodeFirst(f)
	if isLost(err) {
		return nil, err
	}
	if err != nil {
		return nil, nil //nolint:nilnil // a damaged one is one that is not there
	}
	return s, nil
}

// decodeFirst reads the header of a series and of its first element.
func decodeFirst(f *extractors.File) (*Series, error) {
	s, err := decodeHeader(f)
	if err != nil {
		return nil, err
	}
	if s.Valid == 0 {
		return nil, corrupt("there is no element")
	}
	s.elementHeaderLen = headerLen(s)
	if s.places, err = newPlaces(f, s); err != nil {
		return nil, err
	}
	return s, s.readFirst(f)
}

// first returns the first block from one on that fits a series; for nil, a series that is
// not there, the first with settings. -1 for none.
func (p *pairing) first(from int, s *Series) (int, error) {
	for i := from; i < len(p.blocks); i++ {
		o, err := p.outline(i)
		if err != nil {
			return -1, err
		}
		if s == nil && o.experimental || s != nil && o.fits(s) {
			return i, nil
		}
	}
	return -1, nil
}

// doubt says in words what the choice of a block rests on where others fit too. It is sure
// when as many series are there as blocks fit them.
func (p *pairing) doubt(ctx context.Context, block int, before []*Series) (string, error) {
	const how = "by the range of the detector, in order"
	fitting, err := p.fitting()
	if fitting == 1 || err != nil {
		return "", err
	}
	alike, err := p.alike(ctx, before, fitting)
	if fitting < 0 || alike != fitting || err != nil {
		return p.words(block, how+unsure), err
	}
	return p.words(block, how), nil
}

// fitting counts the blocks that fit the series, as far as not too much must be read, which
// gives -1.
func (p *pairing) fitting() (int, error) {
	n := 0
	for i := range p.blocks {
		if p.read > outlineBytes {
			return -1, nil
		}
		o, err := p.outline(i)
		if err != nil {
			return 0, err
		}
		if o.fits(p.series) {
			n++
		}
	}
	return n, nil
}

// alike counts the series that the same blocks fit, itself and those before it included, at
// most one more than wanted; -1 where one before it is missing.
func (p *pairing) alike(ctx context.Context, before []*Series, wanted int) (int, error) {
	n := 1
	for _, s := range before {
		if s == nil {
			return -1, nil
		}
		if isAlike(s, p.series) {
			n++
		}
	}
	for number := p.name.number + 1; n <= wanted && number <= p.name.number+maxSiblings; number++ {
		s, err := p.sibling(ctx, number)
		if s == nil || err != nil {
			return n, err
		}
		if isAlike(s, p.series) {
			n++
		}
	}
	return n, nil
}

// isAlike reports whether the same blocks fit two series.
func isAlike(a, b *Series) bool {
	return a.IsImage() == b.IsImage() && (a.IsImage() || a.Columns == b.Columns)
}
