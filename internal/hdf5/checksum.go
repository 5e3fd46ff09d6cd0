package hdf5

import (
	"encoding/binary"
	"math/bits"
)

// checksum is the hash lookup3 of Bob Jenkins (public domain) with the initial value 0, by
// which metadata of the newer format are checked and names are sorted in B-trees.
func checksum(b []byte) uint32 {
	a := 0xdeadbeef + uint32(len(b))
	x, c := a, a
	le := binary.LittleEndian
	for len(b) > 12 {
		a, x, c = a+le.Uint32(b), x+le.Uint32(b[4:]), c+le.Uint32(b[8:])
		a, x, c = mix(a, x, c)
		b = b[12:]
	}
	if len(b) == 0 {
		return c
	}
	var last [12]byte
	copy(last[:], b)
	return final(a+le.Uint32(last[:]), x+le.Uint32(last[4:]), c+le.Uint32(last[8:]))
}

func mix(a, b, c uint32) (uint32, uint32, uint32) {
	a -= c
	a ^= bits.RotateLeft32(c, 4)
	c += b
	b -= a
	b ^= bits.RotateLeft32(a, 6)
	a += c
	c -= b
	c ^= bits.RotateLeft32(b, 8)
	b += a
	a -= c
	a ^= bits.RotateLeft32(c, 16)
	c += b
	b -= a
	b ^= bits.RotateLeft32(a, 19)
	a += c
	c -= b
	c ^= bits.RotateLeft32(b, 4)
	b += a
	return a, b, c
}

func final(a, b, c uint32) uint32 {
	c ^= b
	c -= bits.RotateLeft32(b, 14)
	a ^= c
	a -= bits.RotateLeft32(c, 11)
	b ^= a
	b -= bits.RotateLeft32(a, 25)
	c ^= b
	c -= bits.RotateLeft32(b, 16)
	a ^= c
	a -= bits.RotateLeft32(c, 4)
	b ^= a
	b -= bits.RotateLeft32(a, 14)
	c ^= b
	c -= bits.RotateLeft32(b, 24)
	return c
}

// checked returns a block without its signature and the checksum at its end, both of which
// must be right.
func checked(b []byte, signature string) ([]byte, error) {
	op := "read " + signature
	if len(b) < 8 || string(b[:4]) != signature {
		return nil, corrupt(op, "no signature %s", signature)
	}
	n := len(b) - 4
	if checksum(b[:n]) != binary.LittleEndian.Uint32(b[n:]) {
		return nil, corrupt(op, "wrong checksum")
	}
	return b[4:n], nil
}
