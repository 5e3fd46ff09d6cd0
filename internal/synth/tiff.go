package synth

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// TIFFText is a tag of a TIFF file that holds text.
type TIFFText struct {
	ID   uint16
	Text string
}

// TIFF returns a picture as a little-endian 16-bit gray TIFF of one strip, with further
// tags that vendors use for their metadata.
func TIFF(p Picture, texts ...TIFFText) []byte {
	page := TIFFPage{Width: p.Width, Height: p.Height, Bits: 16, Data: p.Uint16()}
	for _, t := range texts {
		page.Tags = append(page.Tags, TIFFTag{ID: t.ID, Value: t.Text})
	}
	b, err := TIFFFile(TIFFOptions{}, page)
	if err != nil {
		panic("synth: " + err.Error()) // sixteen-bit gray can always be written
	}
	return b
}

// TIFFOptions are the choices for a whole TIFF file.
type TIFFOptions struct {
	BigEndian bool
	Big       bool // BigTIFF
}

// TIFFPage is one page of a TIFF file. The zero values of most fields give what is usual.
type TIFFPage struct {
	Width, Height int
	// Data are the samples pixel by pixel, each a little-endian number of 1, 2, 4, 8 or 16
	// bytes, whatever Bits is.
	Data        []byte
	Bits        int // of a sample; 0: 8
	Samples     int // of a pixel; 0: 1
	Format      int // of samples: 1 whole, 2 with sign, 3 float, 5 and 6 complex; 0: no tag
	Photometric int // 0 is white-is-zero where Inverted is set, else black-is-zero
	Inverted    bool
	Compression int  // 1, 5, 8, 32773, 32946; 0: 1
	OldLZW      bool // the bits of LZW in the order of old writers
	Predictor   int  // 2 or 3, with LZW and deflate
	Planes      bool // planar configuration 2
	FillOrder   int  // 2: the bits of each byte turned
	// TileWidth and TileHeight make tiles; else there are strips of RowsPerStrip, 0: one.
	TileWidth, TileHeight, RowsPerStrip int
	// Segments are the stored bytes of the strips or tiles in place of Data.
	Segments [][]byte
	// Offsets and Sizes name where the segments are in place of writing any.
	Offsets, Sizes []uint64
	// Tags are further tags; they replace those that the writer makes. One with a nil Value
	// removes one.
	Tags []TIFFTag
}

// TIFFTag is a tag. Its value is a string (ASCII), []byte (UNDEFINED), []uint16, []uint32,
// []uint64, [][2]uint32 (rationals) or []float64. Type, where it is not 0, is written in place
// of the usual type.
type TIFFTag struct {
	ID    uint16
	Type  uint16
	Value any
}

// tiffWriter is a file that is being made.
type tiffWriter struct {
	TIFFOptions
	out   []byte
	order interface {
		binary.ByteOrder
		binary.AppendByteOrder
	}
}

// TIFFFile returns a TIFF file of pages. The error tells of a page that cannot be written.
func TIFFFile(o TIFFOptions, pages ...TIFFPage) ([]byte, error) {
	w := &tiffWriter{TIFFOptions: o, order: binary.LittleEndian, out: []byte("II")}
	if o.BigEndian {
		w.order, w.out = binary.BigEndian, []byte("MM")
	}
	w.out = w.order.AppendUint16(w.out, 42)
	if o.Big {
		w.order.PutUint16(w.out[2:], 43)
		w.out = w.order.AppendUint16(w.order.AppendUint16(w.out, 8), 0)
	}
	link := len(w.out)
	w.out = w.word(w.out, 0)
	for i, p := range pages {
		tags, err := w.page(p)
		if err != nil {
			return nil, fmt.Errorf("page %d: %w", i, err)
		}
		link = w.directory(tags, link)
	}
	return w.out, nil
}

// word appends an offset.
func (w *tiffWriter) word(b []byte, v uint64) []byte {
	if w.Big {
		return w.order.AppendUint64(b, v)
	}
	return w.order.AppendUint32(b, uint32(v))
}

func (w *tiffWriter) align() {
	for len(w.out)%8 != 0 {
		w.out = append(w.out, 0)
	}
}

// directory writes the tags of a page, sets the link to them and returns where the next link is.
func (w *tiffWriter) directory(tags []TIFFTag, link int) int {
	slices.SortStableFunc(tags, func(a, b TIFFTag) int { return int(a.ID) - int(b.ID) })
	room := 4
	if w.Big {
		room = 8
	}
	var entries []byte
	for _, t := range tags {
		kind, count, value := w.value(t)
		entries = w.order.AppendUint16(w.order.AppendUint16(entries, t.ID), kind)
		entries = w.word(entries, uint64(count))
		if len(value) <= room {
			entries = append(append(entries, value...), make([]byte, room-len(value))...)
			continue
		}
		w.align()
		entries = w.word(entries, uint64(len(w.out)))
		w.out = append(w.out, value...)
	}
	w.align()
	copy(w.out[link:], w.word(nil, uint64(len(w.out))))
	if w.Big {
		w.out = w.order.AppendUint64(w.out, uint64(len(tags)))
	} else {
		w.out = w.order.AppendUint16(w.out, uint16(len(tags)))
	}
	w.out = append(w.out, entries...)
	w.out = w.word(w.out, 0)
	return len(w.out) - room
}

// value returns type, count and bytes of a tag.
func (w *tiffWriter) value(t TIFFTag) (kind uint16, count int, b []byte) {
	switch v := t.Value.(type) {
	case string:
		kind, count, b = 2, len(v)+1, append([]byte(v), 0)
	case []byte:
		kind, count, b = 7, len(v), v
	case []uint16:
		kind, count = 3, len(v)
		for _, x := range v {
			b = w.order.AppendUint16(b, x)
		}
	case []uint32:
		kind, count = 4, len(v)
		for _, x := range v {
			b = w.order.AppendUint32(b, x)
		}
	case []uint64:
		kind, count = 16, len(v)
		for _, x := range v {
			b = w.order.AppendUint64(b, x)
		}
	case [][2]uint32:
		kind, count = 5, len(v)
		for _, x := range v {
			b = w.order.AppendUint32(w.order.AppendUint32(b, x[0]), x[1])
		}
	case []float64:
		kind, count = 12, len(v)
		for _, x := range v {
			b = w.order.AppendUint64(b, math.Float64bits(x))
		}
	}
	if t.Type != 0 {
		kind = t.Type
	}
	return kind, count, b
}
