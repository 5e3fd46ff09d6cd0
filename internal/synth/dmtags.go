package synth

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"unicode/utf16"
)

// Tag is one entry of a tag group. The Go type of Value decides how it is stored: Group,
// string (UTF-16), int16, int32, uint16, uint32, int64, uint64, float32, float64, bool,
// int8, Record, Bytes, or a slice []int16, []int32, []uint16, []float32, []float64,
// []Record (of one shape).
type Tag struct {
	Name  string
	Value any
}

// Group is a group of tags in order.
type Group []Tag

// Record is a struct of simple values, the form of rectangles and colours.
type Record []any

// Bytes is a text of one byte characters, the old form.
type Bytes string

// data is an array of bytes that is streamed: pixels.
type data struct {
	code   int64
	fields int // of that code in an element, 0 for plain numbers
	count  int64
	size   int64
	bytes  []byte // nil for a hole
	image  *DMImage
}

// code returns the DigitalMicrograph code and the size of a simple value, 0 for others.
func code(v any) (code, size int64) {
	switch v.(type) {
	case int16:
		return 2, 2
	case int32:
		return 3, 4
	case uint16:
		return 4, 2
	case uint32:
		return 5, 4
	case float32:
		return 6, 4
	case float64:
		return 7, 8
	case bool:
		return 8, 1
	case int8:
		return 9, 1
	case int64:
		return 11, 8
	case uint64:
		return 12, 8
	}
	return 0, 0
}

// elements returns a slice value as single values with their code; records have none.
func elements(v any) (code int64, list []any) {
	switch v := v.(type) {
	case []int16:
		return 2, anys(v)
	case []int32:
		return 3, anys(v)
	case []uint16:
		return 4, anys(v)
	case []float32:
		return 6, anys(v)
	case []float64:
		return 7, anys(v)
	case []Record:
		return 0, anys(v)
	case string:
		return 4, anys(utf16.Encode([]rune(v)))
	}
	return 0, nil
}

func anys[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

// info returns the numbers that describe a value, and its size in bytes.
func info(v any) (numbers []int64, size int64, err error) {
	if c, n := code(v); c != 0 {
		return []int64{c}, n, nil
	}
	switch v := v.(type) {
	case Bytes:
		return []int64{18, int64(len(v))}, int64(len(v)), nil
	case data:
		if v.fields > 0 {
			return append(shape(v.code, v.fields), v.count), v.size, nil
		}
		return []int64{20, v.code, v.count}, v.size, nil
	case Record:
		return recordInfo(v)
	}
	c, list := elements(v)
	if c != 0 {
		n := int64(len(list))
		return []int64{20, c, n}, n * codeWidth(c), nil
	}
	if len(list) == 0 {
		return nil, 0, fmt.Errorf("synth: value of type %T", v)
	}
	r, _ := list[0].(Record)
	numbers, size, err = recordInfo(r)
	return append(append([]int64{20}, numbers...), int64(len(list))), size * int64(len(list)), err
}

func shape(code int64, fields int) []int64 {
	numbers := []int64{20, 15, 0, int64(fields)}
	for range fields {
		numbers = append(numbers, 0, code)
	}
	return numbers
}

func codeWidth(code int64) int64 {
	switch code {
	case 3, 5, 6:
		return 4
	case 7, 11, 12:
		return 8
	case 8, 9, 10:
		return 1
	}
	return 2
}

func recordInfo(r Record) (numbers []int64, size int64, err error) {
	numbers = []int64{15, 0, int64(len(r))}
	for _, v := range r {
		c, n := code(v)
		if c == 0 {
			return nil, 0, fmt.Errorf("synth: field of type %T", v)
		}
		numbers = append(numbers, 0, c)
		size += n
	}
	return numbers, size, nil
}

// sizes knows how long everything is in a version of the format.
type sizes struct{ wide bool }

func (s sizes) count() int64 {
	if s.wide {
		return 8
	}
	return 4
}

// body returns the size of what follows the head of an entry.
func (s sizes) body(v any) (int64, error) {
	if g, ok := v.(Group); ok {
		return s.group(g)
	}
	numbers, size, err := info(v)
	return 4 + s.count()*int64(1+len(numbers)) + size, err
}

func (s sizes) group(g Group) (int64, error) {
	total := 2 + s.count()
	for _, t := range g {
		n, err := s.body(t.Value)
		if err != nil {
			return 0, fmt.Errorf("tag %q: %w", t.Name, err)
		}
		total += 3 + int64(len(t.Name)) + n
		if s.wide {
			total += 8
		}
	}
	return total, nil
}

// writer writes tags one after the other; holes are left out where the target allows it.
type writer struct {
	sizes
	order binary.AppendByteOrder
	out   io.WriterAt
	off   int64
	buf   []byte
}

func (w *writer) flush() error {
	_, err := w.out.WriteAt(w.buf, w.off)
	w.off += int64(len(w.buf))
	w.buf = w.buf[:0]
	return err
}

func (w *writer) number(n int64) {
	if w.wide {
		w.buf = binary.BigEndian.AppendUint64(w.buf, uint64(n))
		return
	}
	w.buf = binary.BigEndian.AppendUint32(w.buf, uint32(n))
}

func (w *writer) group(g Group) error {
	w.buf = append(w.buf, 1, 0)
	w.number(int64(len(g)))
	for _, t := range g {
		if err := w.tag(t); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) tag(t Tag) error {
	kind := byte(21)
	sub, isGroup := t.Value.(Group)
	if isGroup {
		kind = 20
	}
	w.buf = append(w.buf, kind)
	w.buf = binary.BigEndian.AppendUint16(w.buf, uint16(len(t.Name)))
	w.buf = append(w.buf, t.Name...)
	if w.wide {
		n, err := w.body(t.Value)
		if err != nil {
			return err
		}
		w.number(n)
	}
	if isGroup {
		return w.group(sub)
	}
	numbers, _, err := info(t.Value)
	if err != nil {
		return err
	}
	w.buf = append(w.buf, "%%%%"...)
	w.number(int64(len(numbers)))
	for _, n := range numbers {
		w.number(n)
	}
	return w.value(t.Value)
}

func (w *writer) value(v any) error {
	switch v := v.(type) {
	case Bytes:
		w.buf = append(w.buf, v...)
		return nil
	case Record:
		for _, f := range v {
			w.simple(f)
		}
		return nil
	case data:
		return w.pixels(v)
	}
	if c, _ := code(v); c != 0 {
		w.simple(v)
		return nil
	}
	_, list := elements(v)
	for _, e := range list {
		if r, ok := e.(Record); ok {
			for _, f := range r {
				w.simple(f)
			}
			continue
		}
		w.simple(e)
	}
	return nil
}

func (w *writer) pixels(d data) error {
	if err := w.flush(); err != nil {
		return err
	}
	if d.bytes != nil {
		if _, err := w.out.WriteAt(w.ordered(d), w.off); err != nil {
			return err
		}
	}
	w.off += d.size
	return nil
}

// ordered returns pixels in the byte order of the file.
func (w *writer) ordered(d data) []byte {
	n := int(codeWidth(d.code))
	if n == 1 || w.order == binary.AppendByteOrder(binary.LittleEndian) {
		return d.bytes
	}
	out := slices.Clone(d.bytes)
	for b := out; len(b) >= n; b = b[n:] {
		slices.Reverse(b[:n])
	}
	return out
}

func (w *writer) simple(v any) {
	switch v := v.(type) {
	case int16:
		w.buf = w.order.AppendUint16(w.buf, uint16(v))
	case uint16:
		w.buf = w.order.AppendUint16(w.buf, v)
	case int32:
		w.buf = w.order.AppendUint32(w.buf, uint32(v))
	case uint32:
		w.buf = w.order.AppendUint32(w.buf, v)
	case float32:
		w.buf = w.order.AppendUint32(w.buf, math.Float32bits(v))
	case float64:
		w.buf = w.order.AppendUint64(w.buf, math.Float64bits(v))
	case int64:
		w.buf = w.order.AppendUint64(w.buf, uint64(v))
	case uint64:
		w.buf = w.order.AppendUint64(w.buf, v)
	case int8:
		w.buf = append(w.buf, byte(v))
	case bool:
		b := byte(0)
		if v {
			b = 1
		}
		w.buf = append(w.buf, b)
	}
}
