package tiff

import (
	"encoding/binary"
	"math"
	"strings"
)

// pixels are some pixels of a row as stored.
type pixels struct {
	rows [][]byte // one, or one for each plane
	bit  int      // of the first sample of the first pixel, in the first byte
	n    int      // pixels
	step int      // between them
	x, y int      // in the segment, and in a row that stands for several
}

// convert turns pixels into what is given out.
func (m *Image) convert(dst []byte, p *pixels) {
	switch {
	case m.Element == "rgb" || m.Element == "rgba":
		m.colour.convert(dst, m, p)
	case m.Bits%8 == 0 && m.Bits != 24 && (m.format != formatFloat || m.Bits != 16) && m.format != formatComplexInt:
		m.copyNumbers(dst, p)
	default:
		m.convertNumbers(dst, p)
	}
}

// copyNumbers copies numbers of whole bytes that keep their type.
func (m *Image) copyNumbers(dst []byte, p *pixels) {
	size := m.size()
	row, distance := p.rows[0], size*p.step
	if m.layout.planes == 1 {
		row, distance = row[m.sample*size:], distance*m.Samples
	}
	if distance == size {
		copy(dst, row)
	} else {
		for i := range p.n {
			copy(dst[i*size:(i+1)*size], row[i*distance:])
		}
	}
	if m.Photometric == WhiteIsZero && m.Element == "uint8" {
		for i, v := range dst {
			dst[i] = 255 - v
		}
	}
	if m.bigEndian() {
		if strings.HasPrefix(m.Element, "complex") {
			size /= 2
		}
		swap(dst, size)
	}
}

// swap turns the bytes of each number of a size.
func swap(b []byte, size int) {
	switch size {
	case 1:
	case 2:
		for ; len(b) >= 2; b = b[2:] {
			b[0], b[1] = b[1], b[0]
		}
	case 4:
		for ; len(b) >= 4; b = b[4:] {
			binary.LittleEndian.PutUint32(b, binary.BigEndian.Uint32(b))
		}
	case 8:
		for ; len(b) >= 8; b = b[8:] {
			binary.LittleEndian.PutUint64(b, binary.BigEndian.Uint64(b))
		}
	}
}

// sampler reads single samples as numbers of their bits.
type sampler struct {
	rows    [][]byte
	bit     int // of the first sample
	bits    int // of a sample
	pixel   int // bits from pixel to pixel
	planes  bool
	big     bool
	ofBytes bool
}

func (m *Image) sampler(p *pixels) sampler {
	s := sampler{rows: p.rows, bit: p.bit, bits: m.Bits, pixel: m.Bits * p.step, big: m.bigEndian()}
	if s.planes = m.layout.planes > 1; !s.planes {
		s.pixel *= m.Samples
	}
	s.ofBytes = s.bits%8 == 0
	return s
}

// at returns the k-th sample of the i-th pixel.
func (s *sampler) at(i, k int) uint64 {
	row, at := s.rows[0], s.bit+i*s.pixel
	if s.planes {
		row = s.rows[min(k, len(s.rows)-1)]
	} else {
		at += k * s.bits
	}
	if s.ofBytes {
		return s.number(row[at/8:], s.bits/8)
	}
	return bitsAt(row, at, s.bits)
}

// number reads a number of n bytes.
func (s *sampler) number(b []byte, n int) uint64 {
	v := uint64(0)
	for i := range min(n, 8) {
		if s.big {
			v = v<<8 | uint64(b[i])
		} else {
			v |= uint64(b[i]) << (8 * i)
		}
	}
	return v
}

// bitsAt reads n bits, the highest first.
func bitsAt(row []byte, at, n int) uint64 {
	v := uint64(0)
	for n > 0 {
		here := min(n, 8-at%8)
		part := row[at/8] >> (8 - at%8 - here) & (1<<here - 1)
		v = v<<here | uint64(part)
		at, n = at+here, n-here
	}
	return v
}

// convertNumbers converts numbers that are stored in another type than they are given out.
func (m *Image) convertNumbers(dst []byte, p *pixels) {
	s := m.sampler(p)
	put := m.putter()
	for i, size := 0, m.size(); i < p.n; i++ {
		k := m.sample
		if s.planes {
			k = 0
		}
		put(dst[i*size:(i+1)*size], s.at(i, k))
	}
}

// putter returns how one number is written.
func (m *Image) putter() func(dst []byte, v uint64) {
	little := binary.LittleEndian
	switch m.format {
	case formatFloat:
		widen := half
		if m.Bits == 24 {
			widen = float24
		}
		return func(dst []byte, v uint64) { little.PutUint32(dst, math.Float32bits(widen(v))) }
	case formatComplexInt:
		return m.putComplex
	case formatInt:
		unused := 64 - m.Bits
		return func(dst []byte, v uint64) { putWhole(dst, uint64(int64(v<<unused)>>unused)) }
	}
	if m.Bits < 8 && !m.layout.verbatim {
		most := uint64(1)<<m.Bits - 1
		turn := m.Photometric == WhiteIsZero
		return func(dst []byte, v uint64) {
			if v = v * 255 / most; turn {
				v = 255 - v
			}
			dst[0] = uint8(v)
		}
	}
	return putWhole
}

// putWhole writes a number of as many bytes as there are.
func putWhole(dst []byte, v uint64) {
	for i := range dst {
		dst[i] = uint8(v >> (8 * i))
	}
}

// putComplex writes a complex number of two whole ones, the real part first in the file.
func (m *Image) putComplex(dst []byte, v uint64) {
	part := m.Bits / 2
	re, im := v, v>>part
	if m.bigEndian() {
		re, im = im, re
	}
	unused := 64 - part
	for i, x := range []uint64{re, im} {
		f := float64(int64(x<<unused) >> unused)
		if len(dst) == 16 {
			binary.LittleEndian.PutUint64(dst[8*i:], math.Float64bits(f))
		} else {
			binary.LittleEndian.PutUint32(dst[4*i:], math.Float32bits(float32(f)))
		}
	}
}

// half widens a float of 16 bits: sign, 5 bits of exponent, 10 of fraction (IEEE 754).
func half(v uint64) float32 { return small(v, 5, 10) }

// float24 widens a float of 24 bits: sign, 7 bits of exponent, 16 of fraction (TIFF
// Technical Note 3).
func float24(v uint64) float32 { return small(v, 7, 16) }

func small(v uint64, exponent, fraction int) float32 {
	sign, bias := 1.0, 1<<(exponent-1)-1
	if v>>(exponent+fraction)&1 == 1 {
		sign = -1
	}
	e, f := int(v>>fraction)&(1<<exponent-1), float64(v&(1<<fraction-1))/float64(int(1)<<fraction)
	switch {
	case e == 0:
		return float32(sign * math.Ldexp(f, 1-bias))
	case e < 1<<exponent-1:
		return float32(sign * math.Ldexp(1+f, e-bias))
	case f == 0:
		return float32(math.Inf(int(sign)))
	}
	return float32(math.NaN())
}
