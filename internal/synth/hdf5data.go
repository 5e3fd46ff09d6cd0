package synth

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"reflect"
	"strings"
)

// HDF5Data describes the contents of a dataset or an attribute.
type HDF5Data struct {
	Shape []int // nil: a scalar
	Max   []int // greatest sizes, -1 without limit; nil: Shape
	Null  bool  // no value at all
	Type  HDF5Type
	// Bytes are the elements in C order, as stored. Fewer than the shape has leave a hole
	// that reads as zeros.
	Bytes     []byte
	Texts     []string // in place of Bytes where Type is HDF5VarText
	Sequences [][]byte // in place of Bytes where Type is an HDF5Sequence

	Absent   bool   // no room was ever taken: everything is the fill value
	Compact  bool   // stored in the header
	Fill     []byte // one element
	Chunk    []int  // nil: contiguous
	Deflate  int    // level; 0: not compressed
	Shuffle  bool
	Fletcher bool
	// Filter, unless zero, is the number of one more filter, that leaves the bytes alone.
	Filter     int
	FilterName string
	// Part gives the elements of the whole chunk that begins at start, nil for a chunk that
	// is not stored. It stands in place of Bytes, so that large arrays need no memory.
	Part func(start []int) []byte
}

// HDF5Fixed is a text that is stored with a fixed length of its own size.
type HDF5Fixed string

// HDF5Of returns the contents for a Go value: numbers, truth values, texts (of variable
// length, [HDF5Fixed] of fixed one) and lists of them. An int is stored in 64 bits.
func HDF5Of(value any) HDF5Data {
	switch v := value.(type) {
	case string:
		return HDF5Data{Type: HDF5VarText(), Texts: []string{v}}
	case []string:
		return HDF5Data{Type: HDF5VarText(), Texts: v, Shape: []int{len(v)}}
	case HDF5Fixed:
		return HDF5Data{Type: HDF5Text(max(1, len(v))), Bytes: []byte(v + HDF5Fixed(make([]byte, max(0, 1-len(v)))))}
	case []HDF5Fixed:
		return fixedTexts(v)
	case int:
		return HDF5Of(int64(v))
	case []int:
		wide := make([]int64, len(v))
		for i, n := range v {
			wide[i] = int64(n)
		}
		return HDF5Of(wide)
	}
	r := reflect.ValueOf(value)
	d := HDF5Data{}
	kind := r.Type()
	if r.Kind() == reflect.Slice {
		d.Shape, kind = []int{r.Len()}, kind.Elem()
	}
	d.Type = goType(kind)
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, value); err != nil {
		panic(fmt.Sprintf("synth: no HDF5 type for %T: %v", value, err))
	}
	d.Bytes = b.Bytes()
	return d
}

func goType(t reflect.Type) HDF5Type {
	if t.Kind() == reflect.Bool {
		return HDF5Bool()
	}
	code := strings.TrimRight(t.Kind().String(), "0123456789")[:1]
	return HDF5Number(fmt.Sprintf("%s%d", code, t.Size()))
}

func fixedTexts(list []HDF5Fixed) HDF5Data {
	n := 1
	for _, t := range list {
		n = max(n, len(t))
	}
	d := HDF5Data{Type: HDF5Text(n), Shape: []int{len(list)}, Bytes: make([]byte, n*len(list))}
	for i, t := range list {
		copy(d.Bytes[i*n:], t)
	}
	return d
}

// elements returns the number of elements.
func (d *HDF5Data) elements() int64 {
	n := int64(1)
	for _, s := range d.Shape {
		n *= int64(s)
	}
	return n
}

func (d *HDF5Data) check(name string) {
	n := d.elements()
	switch {
	case d.Type.size == 0:
		panic(fmt.Sprintf("synth: HDF5 dataset %q has no type", name))
	case d.Texts != nil && int64(len(d.Texts)) != n, d.Sequences != nil && int64(len(d.Sequences)) != n:
		panic(fmt.Sprintf("synth: HDF5 dataset %q has not %d elements", name, n))
	case int64(len(d.Bytes)) > n*int64(d.Type.size):
		panic(fmt.Sprintf("synth: HDF5 dataset %q has %d bytes for %d %v", name, len(d.Bytes), n, d.Type))
	case d.Chunk != nil && len(d.Chunk) != len(d.Shape):
		panic(fmt.Sprintf("synth: HDF5 dataset %q has chunks %v for %v", name, d.Chunk, d.Shape))
	}
}
