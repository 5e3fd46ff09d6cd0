package synth

import (
	"bytes"
	"compress/lzw"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"
)

// page writes the pixels of a page and returns its tags.
func (w *tiffWriter) page(p TIFFPage) ([]TIFFTag, error) {
	p.Bits, p.Samples, p.Compression = max(p.Bits, 0), max(p.Samples, 1), max(p.Compression, 1)
	if p.Bits == 0 {
		p.Bits = 8
	}
	if p.Photometric == 0 && !p.Inverted {
		p.Photometric = 1
	}
	if p.RowsPerStrip == 0 {
		p.RowsPerStrip = p.Height
	}
	if p.Segments == nil && p.Offsets == nil {
		var err error
		if p.Segments, err = w.segments(p); err != nil {
			return nil, err
		}
	}
	for _, s := range p.Segments {
		w.align()
		p.Offsets, p.Sizes = append(p.Offsets, uint64(len(w.out))), append(p.Sizes, uint64(len(s)))
		w.out = append(w.out, s...)
	}
	return p.tags(w.Big), nil
}

// tags returns the tags that describe a page, and its own.
func (p TIFFPage) tags(big bool) []TIFFTag {
	sample := func(v int) []uint16 { return slices.Repeat([]uint16{uint16(v)}, p.Samples) }
	tags := []TIFFTag{
		{ID: 256, Value: []uint32{uint32(p.Width)}},
		{ID: 257, Value: []uint32{uint32(p.Height)}},
		{ID: 258, Value: sample(p.Bits)},
		{ID: 259, Value: []uint16{uint16(p.Compression)}},
		{ID: 262, Value: []uint16{uint16(p.Photometric)}},
		{ID: 277, Value: []uint16{uint16(p.Samples)}},
	}
	add := func(wanted bool, id uint16, value any) {
		if wanted {
			tags = append(tags, TIFFTag{ID: id, Value: value})
		}
	}
	tiled := p.TileWidth > 0
	offsets, sizes := numbers(p.Offsets, big), numbers(p.Sizes, big)
	add(!tiled, 273, offsets)
	add(!tiled, 278, []uint32{uint32(p.RowsPerStrip)})
	add(!tiled, 279, sizes)
	add(tiled, 322, []uint32{uint32(p.TileWidth)})
	add(tiled, 323, []uint32{uint32(p.TileHeight)})
	add(tiled, 324, offsets)
	add(tiled, 325, sizes)
	add(p.Format > 0, 339, sample(p.Format))
	add(p.Predictor > 0, 317, []uint16{uint16(p.Predictor)})
	add(p.Planes, 284, []uint16{2})
	add(p.FillOrder > 0, 266, []uint16{uint16(p.FillOrder)})
	for _, t := range p.Tags {
		tags = slices.DeleteFunc(tags, func(have TIFFTag) bool { return have.ID == t.ID })
		if t.Value != nil {
			tags = append(tags, t)
		}
	}
	return tags
}

// numbers returns offsets in the type of the file.
func numbers(v []uint64, big bool) any {
	if big {
		return v
	}
	out := make([]uint32, len(v))
	for i, x := range v {
		out[i] = uint32(x)
	}
	return out
}

// segments cuts the samples of a page into strips or tiles and packs them.
func (w *tiffWriter) segments(p TIFFPage) ([][]byte, error) {
	size := sampleSize(p.Bits)
	if want := p.Width * p.Height * p.Samples * size; len(p.Data) != want {
		return nil, fmt.Errorf("%d bytes of samples, want %d", len(p.Data), want)
	}
	width, height := p.Width, p.RowsPerStrip
	if p.TileWidth > 0 {
		width, height = p.TileWidth, p.TileHeight
	}
	planes, samples := 1, p.Samples
	if p.Planes {
		planes, samples = p.Samples, 1
	}
	var out [][]byte
	for plane := range planes {
		for top := 0; top < p.Height; top += height {
			for left := 0; left < p.Width; left += width {
				high := height
				if p.TileWidth == 0 {
					high = min(height, p.Height-top)
				}
				var b []byte
				for y := top; y < top+high; y++ {
					row := make([]byte, width*samples*size)
					for x := left; x < left+width && x < p.Width && y < p.Height; x++ {
						from := ((y*p.Width+x)*p.Samples + plane) * size
						copy(row[(x-left)*samples*size:][:samples*size], p.Data[from:])
					}
					b = append(b, w.row(p, row, samples)...)
				}
				packed, err := p.pack(b)
				if err != nil {
					return nil, err
				}
				out = append(out, packed)
			}
		}
	}
	return out, nil
}

// sampleSize returns the bytes of a sample in memory.
func sampleSize(n int) int {
	for _, size := range []int{1, 2, 4, 8} {
		if n <= 8*size {
			return size
		}
	}
	return 16
}

// row brings samples into the form of the file.
func (w *tiffWriter) row(p TIFFPage, row []byte, samples int) []byte {
	size := sampleSize(p.Bits)
	if p.Bits%8 != 0 {
		return packBitsOf(row, size, p.Bits)
	}
	if p.Bits == 24 {
		return w.triples(row)
	}
	part := size
	if p.Format == 5 || p.Format == 6 {
		part /= 2
	}
	switch p.Predictor {
	case 2:
		difference(row, size, samples)
	case 3:
		return floatPlanes(row, size, samples)
	}
	if w.BigEndian {
		for b := row; len(b) > 0; b = b[part:] {
			slices.Reverse(b[:part])
		}
	}
	return row
}

// triples writes the lower three bytes of each number.
func (w *tiffWriter) triples(row []byte) []byte {
	var out []byte
	for b := row; len(b) > 0; b = b[4:] {
		if t := []byte{b[0], b[1], b[2]}; w.BigEndian {
			out = append(out, t[2], t[1], t[0])
		} else {
			out = append(out, t...)
		}
	}
	return out
}

// packBitsOf writes the lower n bits of each number, the highest first.
func packBitsOf(row []byte, size, n int) []byte {
	out, at := make([]byte, (len(row)/size*n+7)/8), 0
	for b := row; len(b) > 0; b = b[size:] {
		var wide [8]byte
		copy(wide[:], b[:size])
		v := binary.LittleEndian.Uint64(wide[:])
		for k := n - 1; k >= 0; k-- {
			out[at/8] |= byte(v>>k&1) << (7 - at%8)
			at++
		}
	}
	return out
}

// difference is predictor 2, on little-endian numbers.
func difference(row []byte, size, samples int) {
	for i := len(row) - size; i >= samples*size; i -= size {
		borrow := 0
		for k := range size {
			d := int(row[i+k]) - int(row[i+k-samples*size]) - borrow
			borrow = 0
			if d < 0 {
				borrow = 1
			}
			row[i+k] = byte(d)
		}
	}
}

// floatPlanes is predictor 3.
func floatPlanes(row []byte, size, samples int) []byte {
	n := len(row) / size
	out := make([]byte, len(row))
	for i := range n {
		for k := range size {
			out[k*n+i] = row[i*size+size-1-k]
		}
	}
	for i := len(out) - 1; i >= samples; i-- {
		out[i] -= out[i-samples]
	}
	return out
}

// pack compresses a segment.
func (p TIFFPage) pack(b []byte) ([]byte, error) {
	var out bytes.Buffer
	switch p.Compression {
	case 1:
		out.Write(b)
	case 5:
		if !p.OldLZW {
			out.Write(tiffLZW(b))
			break
		}
		z := lzw.NewWriter(&out, lzw.LSB, 8)
		_, err := z.Write(b)
		if err = errors.Join(err, z.Close()); err != nil {
			return nil, err
		}
	case 8, 32946:
		out.Write(deflate(b))
	case 32773:
		out.Write(runs(b))
	default:
		return nil, fmt.Errorf("compression %d", p.Compression)
	}
	if p.FillOrder == 2 {
		for i, c := range out.Bytes() {
			out.Bytes()[i] = bits.Reverse8(c)
		}
	}
	return out.Bytes(), nil
}

func deflate(b []byte) []byte {
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	_, _ = z.Write(b) // memory does not fail
	_ = z.Close()
	return out.Bytes()
}

// runs is PackBits: equal bytes by their number, others as they are.
func runs(b []byte) []byte {
	var out []byte
	for len(b) > 0 {
		n := 1
		for n < len(b) && n < 128 && b[n] == b[0] {
			n++
		}
		if n > 1 {
			out, b = append(out, byte(1-n), b[0]), b[n:]
			continue
		}
		for n < len(b) && n < 128 && b[n] != b[n-1] {
			n++
		}
		out, b = append(append(out, byte(n-1)), b[:n]...), b[n:]
	}
	return out
}

// tiffLZW is LZW as in TIFF 6.0, section 13: codes of 9 to 12 bits, the highest bit first,
// each width one code earlier than it must be for the reader.
func tiffLZW(b []byte) []byte {
	const clearCode, end, first, last = 256, 257, 258, 4094
	var out []byte
	acc, have, width := uint32(0), 0, 9
	emit := func(code int) {
		acc, have = acc<<width|uint32(code), have+width
		for ; have >= 8; have -= 8 {
			out = append(out, byte(acc>>(have-8)))
		}
	}
	table, next, prefix := map[int]int{}, first, -1
	emit(clearCode)
	for _, c := range b {
		if prefix < 0 {
			prefix = int(c)
			continue
		}
		if code, ok := table[prefix<<8|int(c)]; ok {
			prefix = code
			continue
		}
		emit(prefix)
		table[prefix<<8|int(c)] = next
		prefix = int(c)
		if next++; next == 1<<width {
			width++
		}
		if next == last {
			emit(clearCode)
			table, next, width = map[int]int{}, first, 9
		}
	}
	if prefix >= 0 {
		emit(prefix)
		if next++; next == 1<<width {
			width++
		}
	}
	emit(end)
	if have > 0 {
		out = append(out, byte(acc<<(8-have)))
	}
	return out
}
