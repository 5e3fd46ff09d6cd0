package hspy

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// textBytes is how much of a list of texts is read.
const textBytes = 64 << 10

// array reads a dataset of a tree: a short one as it is, a long one in the shortened form, and
// of one that is too large the shape alone.
func (r *reader) array(ctx context.Context, d *hdf5.Dataset) (nexuslims.Value, error) {
	n, size := elements(d)
	if size > r.left.bytes || hasLargeChunks(d, r.left.bytes) {
		return shapeOf(d), nil
	}
	r.left.bytes -= size
	if n > extractors.LongArray && decoderOf(d) != nil {
		return longArray(ctx, d, n)
	}
	v, err := d.Value(ctx, max(size, textBytes))
	if nexuslims.KindOf(err) == nexuslims.Unsupported {
		return shapeOf(d), nil
	}
	return shortened(tidy(v), d.Type()), err
}

// elements returns the number of elements of a dataset and their bytes, at most a terabyte.
func elements(d *hdf5.Dataset) (n, size int64) {
	const limit = 1 << 40
	n, size = 1, int64(max(d.ElementSize(), 1))
	for _, count := range d.Shape() {
		if count > 0 && size > limit/int64(count) {
			return limit, limit
		}
		n, size = n*int64(count), size*int64(count)
	}
	return n, size
}

// hasLargeChunks tells whether much is unpacked to read one element.
func hasLargeChunks(d *hdf5.Dataset, limit int64) bool {
	limit = max(limit, 256<<10)
	size := int64(max(d.Type().Size, 1))
	for _, n := range d.Chunk() {
		if n > 0 && size > limit/int64(n) {
			return true
		}
		size *= int64(n)
	}
	return false
}

// longArray is the form of [extractors.Shorten] of an array of n numbers.
func longArray(ctx context.Context, d *hdf5.Dataset, n int64) (nexuslims.Value, error) {
	shape := d.Shape()
	start, step := make([]int, len(shape)), make([]int, len(shape))
	for i := range step {
		step[i] = 1
	}
	b := make([]byte, n*int64(d.ElementSize()))
	if err := d.ReadRegion(ctx, start, shape, step, b); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b)
	list, ends := decoderOf(d), extractors.ShownEnds*d.ElementSize()
	o := nexuslims.NewObject(4)
	o.Set("length", nexuslims.Int(n))
	o.Set("first", list(b[:ends]))
	o.Set("last", list(b[len(b)-ends:]))
	o.Set("sha256", nexuslims.Text(hex.EncodeToString(sum[:])))
	return o, nil
}

// decoderOf returns what makes a list of the bytes of a dataset, nil where its elements are no
// plain numbers.
func decoderOf(d *hdf5.Dataset) func([]byte) nexuslims.Value {
	return map[string]func([]byte) nexuslims.Value{
		"int8": numbers[int8], "int16": numbers[int16], "int32": numbers[int32], "int64": numbers[int64],
		"uint8": numbers[uint8], "uint16": numbers[uint16], "uint32": numbers[uint32], "uint64": numbers[uint64],
		"float32": numbers[float32], "float64": numbers[float64],
	}[d.Type().Element()]
}

func numbers[N extractors.Number](b []byte) nexuslims.Value {
	values := make([]N, len(b)/binary.Size(N(0)))
	_, _ = binary.Decode(b, binary.LittleEndian, values) // there are bytes for all
	return extractors.ArrayValue(values)
}

// shortened is a value, in which a long list is shortened.
func shortened(v nexuslims.Value, t *hdf5.Type) nexuslims.Value {
	list, ok := v.(nexuslims.List)
	if !ok || leaves(list) <= extractors.LongArray {
		return v
	}
	return extractors.ShortenList(list, t.Size)
}

// leaves counts the values of nested lists.
func leaves(list nexuslims.List) int {
	n := 0
	for _, v := range list {
		if inner, ok := v.(nexuslims.List); ok {
			n += leaves(inner)
			continue
		}
		n++
	}
	return n
}
