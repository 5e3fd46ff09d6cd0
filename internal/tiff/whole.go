package tiff

import (
	"math"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// maxLookedAt bounds the segments of which Whole looks up the place: so many from the
// beginning, and as many up to the end.
const maxLookedAt = 2 * pieceValues

// Whole reports whether the file has all the pixels, without reading any: it returns how
// many rows from the top are there, and an error that is Corrupt where some are missing. Of
// a picture of very many segments it looks at the first and the last only. It says nothing
// of damage inside the data.
func (m *Image) Whole() (rows int, err error) {
	l := &m.layout
	perPlane := l.across * l.down
	n := perPlane * int64(l.planes)
	s := segments{d: m.d, offsets: column{tag: l.offsets}, counts: column{tag: l.counts}}
	rows = m.Height
	for i := int64(0); i < n; i++ {
		if i == maxLookedAt && n > 2*maxLookedAt {
			i = n - maxLookedAt
		}
		there, segmentErr := m.there(&s, i)
		if segmentErr == nil {
			continue
		}
		if nexuslims.KindOf(segmentErr) != nexuslims.Corrupt {
			return 0, segmentErr
		}
		if err == nil {
			err = segmentErr
		}
		down := i % perPlane / l.across
		rows = min(rows, int(min(math.MaxInt32, down*int64(l.height)+there)))
		if i >= l.across && l.planes == 1 { // the others come later in the file
			break
		}
	}
	return rows, err
}

// there returns how many rows of a segment are in the file, and an error where they are not
// all.
func (m *Image) there(s *segments, i int64) (rows int64, err error) {
	l := &m.layout
	x, err := s.find(i)
	if err != nil || x.sparse() {
		return 0, err
	}
	left := m.d.f.size - x.offset
	if l.compression != compressNone {
		if x.size > left {
			return 0, corrupt("of %d bytes of segment %d there are %d", x.size, i+1, left)
		}
		return 0, nil
	}
	coded := int64(l.rows(m, i%(l.across*l.down)/l.across))
	if coded > left/l.rowBytes {
		return left / l.rowBytes * int64(l.unit), corrupt("of %d rows of segment %d there are %d", coded, i+1, left/l.rowBytes)
	}
	return 0, nil
}
