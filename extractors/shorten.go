package extractors

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// LongArray is the number of elements above which arrays of raw trees are shortened.
const LongArray = 256

// ShownEnds is the number of first and of last elements that a shortened array shows.
const ShownEnds = 8

// Number is an element of an array of numbers.
type Number interface {
	~uint8 | ~int8 | ~uint16 | ~int16 | ~uint32 | ~int32 | ~uint64 | ~int64 | ~float32 | ~float64
}

// ArrayValue returns the numbers as a list, and shortened when there are more than
// [LongArray]: an object of length, first and last eight, and the SHA-256 of the
// elements as little-endian bytes of their own size.
func ArrayValue[N Number](values []N) nexuslims.Value {
	if len(values) <= LongArray {
		return listOf(values)
	}
	return Shorten(values)
}

// Shorten returns the shortened form, whatever the length.
func Shorten[N Number](values []N) *nexuslims.Object {
	h := sha256.New()
	const block = 8192
	for rest := values; len(rest) > 0; rest = rest[min(block, len(rest)):] {
		_ = binary.Write(h, binary.LittleEndian, rest[:min(block, len(rest))]) // a hash takes everything
	}
	ends := min(ShownEnds, len(values))
	o := nexuslims.NewObject(4)
	o.Set("length", nexuslims.Int(len(values)))
	o.Set("first", listOf(values[:ends]))
	o.Set("last", listOf(values[len(values)-ends:]))
	o.Set("sha256", nexuslims.Text(hex.EncodeToString(h.Sum(nil))))
	return o
}

// ShortenList is [Shorten] for a list that was decoded already, whose numbers have size
// bytes each in the file. Lists in it count with their elements; texts count as their bytes
// and a NUL.
func ShortenList(list nexuslims.List, size int) *nexuslims.Object {
	flat := flatten(nil, list)
	h := sha256.New()
	var b []byte
	for _, v := range flat {
		b = appendElement(b[:0], v, size)
		h.Write(b)
	}
	ends := min(ShownEnds, len(flat))
	o := nexuslims.NewObject(4)
	o.Set("length", nexuslims.Int(len(flat)))
	o.Set("first", flat[:ends:ends])
	o.Set("last", flat[len(flat)-ends:])
	o.Set("sha256", nexuslims.Text(hex.EncodeToString(h.Sum(nil))))
	return o
}

func flatten(flat, list nexuslims.List) nexuslims.List {
	for _, v := range list {
		if inner, ok := v.(nexuslims.List); ok {
			flat = flatten(flat, inner)
			continue
		}
		flat = append(flat, v)
	}
	return flat
}

func appendElement(b []byte, v nexuslims.Value, size int) []byte {
	var bits uint64
	switch v := v.(type) {
	case nexuslims.Int:
		bits = uint64(v)
	case nexuslims.Uint:
		bits = uint64(v)
	case nexuslims.Bool:
		if v {
			bits = 1
		}
	case nexuslims.Float:
		if bits = math.Float64bits(float64(v)); size < 8 {
			bits, size = uint64(math.Float32bits(float32(v))), 4
		}
	default:
		return append(append(b, nexuslims.TextOf(v)...), 0)
	}
	var whole [8]byte
	binary.LittleEndian.PutUint64(whole[:], bits)
	return append(b, whole[:min(max(size, 1), 8)]...)
}

func listOf[N Number](values []N) nexuslims.List {
	list := make(nexuslims.List, len(values))
	for i, v := range values {
		list[i] = numberOf(v)
	}
	return list
}

// numberOf keeps the kind: only floats have halves.
func numberOf[N Number](v N) nexuslims.Value {
	half := 0.5
	switch {
	case N(half) != 0:
		return nexuslims.Float(float64(v))
	case v < 0 || uint64(v) <= math.MaxInt64:
		return nexuslims.Int(int64(v))
	}
	return nexuslims.Uint(uint64(v))
}
