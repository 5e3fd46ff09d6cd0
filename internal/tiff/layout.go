package tiff

import (
	"math"
)

// maxRow bounds a row of samples, in bytes, that has to be in memory as a whole.
const maxRow = 16 << 20

// layout is how the samples lie in the file: in segments, which are strips or tiles. Each
// has rows of samples; with subsampled colours a row in the file stands for several of the
// picture.
type layout struct {
	width, height int   // of a segment, in pixels
	across, down  int64 // segments
	planes        int   // 1, or one for each sample
	unit          int   // rows of the picture in a row of the file
	rowBytes      int64
	predictor     int
	compression   int
	reversed      bool // the bits of each byte
	verbatim      bool // samples of few bits are not stretched over a byte
	offsets       Tag
	counts        Tag // may be missing
}

func (l *layout) set(m *Image) error {
	d := m.d
	l.compression, l.planes, l.unit = m.Compression, 1, 1
	if planar, _ := d.whole(tagPlanar, 1, math.MaxUint16); planar == 2 && m.Samples > 1 {
		l.planes = m.Samples
	}
	order, _ := d.whole(tagFillOrder, 1, math.MaxUint16)
	l.reversed = order == 2
	l.predictor = predictNone
	if l.predicted() {
		var err error
		if l.predictor, err = d.whole(tagPredictor, predictNone, math.MaxUint16); err != nil {
			return err
		}
		l.predictor = max(l.predictor, predictNone)
	}
	if err := l.setSize(m); err != nil {
		return err
	}
	l.across = (int64(m.Width)-1)/int64(l.width) + 1
	l.down = (int64(m.Height)-1)/int64(l.height) + 1
	if l.across > math.MaxInt64/int64(l.planes)/l.down {
		return corrupt("%d x %d segments", l.across, l.down)
	}
	samples := int64(m.Samples)
	if l.planes > 1 {
		samples = 1
	}
	l.rowBytes = (int64(l.width)*samples*int64(m.Bits) + 7) / 8
	return l.setTables(d)
}

// setSize finds the size of the segments.
func (l *layout) setSize(m *Image) (err error) {
	if m.d.Has(tagTileWidth) && m.d.Has(tagTileHeight) {
		if l.width, err = m.d.whole(tagTileWidth, 0, math.MaxInt32); err != nil {
			return err
		}
		l.height, err = m.d.whole(tagTileHeight, 0, math.MaxInt32)
	} else {
		l.width = m.Width
		l.height, err = m.d.whole(tagRowsPerStrip, m.Height, math.MaxUint32)
		if l.height == 0 || l.height > m.Height {
			l.height = m.Height
		}
	}
	if err == nil && (l.width < 1 || l.height < 1) {
		err = corrupt("segments of %d x %d pixels", l.width, l.height)
	}
	return err
}

// setTables finds the tables of offsets and sizes. Some writers give those of strips the
// tags of tiles, or the other way round.
func (l *layout) setTables(d *Directory) error {
	for _, id := range []uint16{tagTileOffsets, tagStripOffsets} {
		t, ok := d.Tag(id)
		if ok && (l.offsets.Count == 0 || d.Has(tagTileWidth) == (id == tagTileOffsets)) {
			l.offsets = t
		}
	}
	for _, id := range []uint16{tagTileCounts, tagStripCounts} {
		t, ok := d.Tag(id)
		if ok && (l.counts.Count == 0 || d.Has(tagTileWidth) == (id == tagTileCounts)) {
			l.counts = t
		}
	}
	if l.offsets.Count == 0 {
		return corrupt("there are no offsets of pixels")
	}
	for _, t := range []Tag{l.offsets, l.counts} {
		switch t.Type {
		case Byte, Short, Long, IFD, Long8, IFD8:
		default:
			if t.Count != 0 {
				return corrupt("tag %d is of type %d", t.ID, t.Type)
			}
		}
	}
	return nil
}

// predicted reports whether the compression goes together with predictors.
func (l *layout) predicted() bool {
	switch l.compression {
	case compressLZW, compressDeflate, compressOldDeflate:
		return true
	}
	return false
}

// known reports whether the compression can be read.
func (l *layout) known() bool {
	switch l.compression {
	case compressNone, compressPackBits, compressJPEG:
		return true
	}
	return l.predicted()
}

// rows returns how many rows of the file a segment has; those below the picture are left
// out of the last strip.
func (l *layout) rows(m *Image, down int64) int {
	n := min(l.height, m.Height-int(down)*l.height)
	return (n-1)/l.unit + 1
}

// segment is where the data of a strip or tile lie.
type segment struct {
	index  int64
	offset int64
	size   int64 // zero: not known
}

// segments looks up segments in their tables, of which it keeps a piece.
type segments struct {
	d               *Directory
	offsets, counts column
}

// column is a piece of a table of numbers.
type column struct {
	tag   Tag
	first int64
	piece []byte // of the numbers from the first on
}

// pieceValues is how many numbers of a table are read at once.
const pieceValues = 1024

func (c *column) at(d *Directory, i int64) (int64, error) {
	size := c.tag.Type.size()
	if i < c.first || i >= c.first+int64(len(c.piece))/size {
		if i >= c.tag.Count {
			return 0, corrupt("segment %d of %d", i+1, c.tag.Count)
		}
		first := i / pieceValues * pieceValues
		b, err := d.part(c.tag, first, min(pieceValues, c.tag.Count-first))
		if err != nil && int64(len(b)) < (i-first+1)*size {
			return 0, err
		}
		c.first, c.piece = first, b
	}
	return d.f.integer(c.tag.Type, c.piece[(i-c.first)*size:]), nil
}

// integer reads a whole number without sign; one that is absurdly large is negative.
func (f *File) integer(t Type, b []byte) int64 {
	switch t.size() {
	case 1:
		return int64(b[0])
	case 2:
		return int64(f.order.Uint16(b))
	case 4:
		return int64(f.order.Uint32(b))
	}
	return int64(f.order.Uint64(b))
}

// find looks up a segment. One without data, of offset and size zero, is sparse.
func (s *segments) find(i int64) (segment, error) {
	off, err := s.offsets.at(s.d, i)
	if err != nil {
		return segment{}, err
	}
	x := segment{index: i, offset: off}
	if s.counts.tag.Count > 0 {
		if x.size, err = s.counts.at(s.d, i); err != nil {
			return segment{}, err
		}
	}
	if off < 0 || off > s.d.f.size || x.size < 0 {
		return segment{}, corrupt("pixels of segment %d are at %d in a file of %d bytes", i+1, off, s.d.f.size)
	}
	return x, nil
}

// sparse reports whether a segment was never written, which stands for zeros.
func (x segment) sparse() bool { return x.offset == 0 && x.size == 0 }
