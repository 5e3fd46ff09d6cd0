package hdf5

import (
	"encoding/binary"
	"math"
	"slices"
)

// word returns a number of at most eight bytes as it is stored.
func (t *Type) word(b []byte) uint64 {
	var w [8]byte
	if t.Big {
		copy(w[8-len(b):], b)
		return binary.BigEndian.Uint64(w[:])
	}
	copy(w[:], b)
	return binary.LittleEndian.Uint64(w[:])
}

// unsigned returns the bits of an integer without what pads it.
func (t *Type) unsigned(b []byte) uint64 {
	v := t.word(b)
	if p := t.bits.precision; p > 0 && p < 64 {
		v = v >> t.bits.offset & (1<<p - 1)
	}
	return v
}

// signed is unsigned for numbers that may be negative.
func (t *Type) signed(b []byte) int64 {
	v, p := t.unsigned(b), t.bits.precision
	if t.Signed && p > 0 && p < 64 && v>>(p-1)&1 != 0 {
		v |= ^uint64(0) << p
	}
	return int64(v)
}

// float returns a floating-point number of any layout up to 16 bytes.
func (t *Type) float(b []byte) (float64, error) {
	switch t.bits {
	case float32Bits:
		if t.Size == 4 {
			return float64(math.Float32frombits(uint32(t.word(b)))), nil
		}
	case float64Bits:
		if t.Size == 8 {
			return math.Float64frombits(t.word(b)), nil
		}
	}
	l := t.bits
	ends := max(l.exponentAt+l.exponent, l.mantissaAt+l.mantissa, l.sign+1)
	if t.Size > 16 || ends > 8*t.Size || l.exponent < 1 || l.exponent > 24 || l.mantissa < 1 {
		return 0, unsupported("read number", "floating-point numbers of %d bytes", t.Size)
	}
	if t.Big {
		b = slices.Clone(b)
		slices.Reverse(b)
	}
	return l.float(b), nil
}

// float puts a number together from its little-endian bytes.
func (l layout) float(b []byte) float64 {
	exponent := int64(bitsOf(b, l.exponentAt, l.exponent))
	low := max(0, l.mantissa-64) // what is beyond 64 bits is beyond float64 too
	width := l.mantissa - low
	m := math.Ldexp(float64(bitsOf(b, l.mantissaAt+low, width)), -width)
	most := int64(1)<<l.exponent - 1
	var v float64
	switch {
	case exponent == most && !l.explicit && m == 0, exponent == most && l.explicit && m == 0.5:
		v = math.Inf(1)
	case exponent == most:
		v = math.NaN()
	case l.explicit: // the mantissa is between 1 and 2 where its first bit is set
		v = math.Ldexp(2*m, int(max(exponent, 1)-l.bias))
	case exponent == 0:
		v = math.Ldexp(m, int(1-l.bias))
	default:
		v = math.Ldexp(1+m, int(exponent-l.bias))
	}
	if bitsOf(b, l.sign, 1) != 0 {
		v = -v
	}
	return v
}

// bitsOf returns n bits from at on, at most 64.
func bitsOf(b []byte, at, n int) uint64 {
	var v uint64
	for i := range n {
		k := at + i
		v |= uint64(b[k/8]>>(k%8)&1) << i
	}
	return v
}

// halfToSingle returns the bits of a 16-bit float as those of a 32-bit one.
func halfToSingle(h uint16) uint32 {
	sign, exponent, mantissa := uint32(h>>15)<<31, uint32(h>>10&31), uint32(h&0x3ff)
	switch {
	case exponent == 31:
		return sign | 0xff<<23 | mantissa<<13
	case exponent != 0:
		return sign | (exponent+112)<<23 | mantissa<<13
	case mantissa == 0:
		return sign
	}
	exponent = 113
	for ; mantissa&0x400 == 0; exponent-- {
		mantissa <<= 1
	}
	return sign | exponent<<23 | (mantissa&0x3ff)<<13
}
