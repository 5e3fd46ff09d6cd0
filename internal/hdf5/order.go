package hdf5

import (
	"encoding/binary"
	"slices"
)

// order makes the numbers of elements little-endian.
func (t *Type) order(b []byte) {
	if unit := t.unit(); unit > 1 {
		swap(b, unit)
	}
}

// unit returns the bytes of the numbers that elements are made of and that must be turned:
// 0 for none.
func (t *Type) unit() int {
	switch t.Class {
	case Integer, Float, BitField, Enum, Time:
		if t.Big {
			return t.Size
		}
	case ArrayOf:
		return t.Base.unit()
	case Compound:
		if t.isComplex() {
			return t.Fields[0].Type.unit()
		}
	}
	return 0
}

func swap(b []byte, unit int) {
	le, be := binary.LittleEndian, binary.BigEndian
	switch unit {
	case 2:
		for i := 0; i+2 <= len(b); i += 2 {
			b[i], b[i+1] = b[i+1], b[i]
		}
	case 4:
		for i := 0; i+4 <= len(b); i += 4 {
			le.PutUint32(b[i:], be.Uint32(b[i:]))
		}
	case 8:
		for i := 0; i+8 <= len(b); i += 8 {
			le.PutUint64(b[i:], be.Uint64(b[i:]))
		}
	default:
		for ; len(b) >= unit; b = b[unit:] {
			slices.Reverse(b[:unit])
		}
	}
}

// widen makes 32-bit floats of stored 16-bit ones.
func (t *Type) widen(raw, dst []byte) {
	t.order(raw)
	le := binary.LittleEndian
	for i := 0; 2*i < len(raw); i++ {
		le.PutUint32(dst[4*i:], halfToSingle(le.Uint16(raw[2*i:])))
	}
}
