package dm

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

// The composite value codes.
const (
	codeStruct = 15
	codeString = 18
	codeArray  = 20
)

const (
	maxInfo   = 4096    // info numbers of one value: a struct of over 2000 fields
	maxString = 1 << 20 // longer ones are left in the file
)

var delimiter = []byte("%%%%")

// data reads what follows the head of a data entry: a delimiter, numbers that describe
// the encoding, and the value itself.
func (d *decoder) data() (Tag, error) {
	b, err := d.w.take(4)
	if err != nil {
		return Tag{}, err
	}
	if !bytes.Equal(b, delimiter) {
		return Tag{}, corrupt(d.w.off, errors.New("no delimiter before a value"))
	}
	info, err := d.info()
	if err != nil {
		return Tag{}, err
	}
	switch {
	case len(info) == 1:
		return d.simple(info[0])
	case info[0] == codeString && len(info) == 2:
		return d.array(layout{codes: []byte{9}, form: formString}, info[1])
	case info[0] == codeStruct:
		return d.record(info)
	case info[0] == codeArray && len(info) >= 3:
		l, n, err := arrayLayout(info[1:])
		if err != nil {
			return Tag{}, corrupt(d.w.off, err)
		}
		return d.array(l, n)
	}
	return Tag{}, corrupt(d.w.off, fmt.Errorf("value code %d with %d numbers", info[0], len(info)))
}

func (d *decoder) info() ([]int64, error) {
	n, err := d.count()
	if err != nil {
		return nil, err
	}
	if n < 1 || n > maxInfo {
		return nil, corrupt(d.w.off, fmt.Errorf("value described by %d numbers", n))
	}
	info := make([]int64, n)
	for i := range info {
		if info[i], err = d.count(); err != nil {
			return nil, err
		}
	}
	return info, nil
}

func (d *decoder) simple(code int64) (Tag, error) {
	if !isSimple(code) {
		return Tag{}, corrupt(d.w.off, fmt.Errorf("value code %d", code))
	}
	b, err := d.w.take(codeSize[code])
	if err != nil {
		return Tag{}, err
	}
	return Tag{Value: number(byte(code), b, d.order)}, nil
}

// record reads a struct as a list of its fields.
func (d *decoder) record(info []int64) (Tag, error) {
	codes, rest, err := fieldCodes(info[1:])
	if err == nil && len(rest) > 0 {
		err = errors.New("numbers left over")
	}
	if err != nil {
		return Tag{}, corrupt(d.w.off, fmt.Errorf("struct described by %d numbers: %w", len(info), err))
	}
	l := layout{codes: codes, form: formStruct}
	b, err := d.bytes(l.width())
	if err != nil {
		return Tag{}, err
	}
	if err = d.spend(int64(len(codes)) * valueCost); err != nil {
		return Tag{}, err
	}
	return Tag{Value: l.element(b, d.order)}, nil
}

// array notes where an array lies, and reads it when it is small.
func (d *decoder) array(l layout, n int64) (Tag, error) {
	width := l.width()
	if n < 0 || width > 0 && n > math.MaxInt64/width || n*width > d.w.left() {
		return Tag{}, corrupt(d.w.off, fmt.Errorf("array of %d elements of %d bytes, %d bytes left", n, width, d.w.left()))
	}
	a := &Array{off: d.w.off, n: n, layout: l, order: d.order}
	if !a.isSmall() {
		return Tag{Array: a}, d.w.skip(a.Bytes())
	}
	if l.form != formString {
		if err := d.spend(a.Bytes() * valueCost); err != nil {
			return Tag{}, err
		}
	}
	b, err := d.bytes(a.Bytes())
	if err != nil {
		return Tag{}, err
	}
	value := a.decode(b)
	if l.form == formString {
		a = nil
	}
	return Tag{Value: value, Array: a}, nil
}

// valueCost is the memory of one element of a list.
const valueCost = int64(24)

// byteText returns bytes as text: UTF-8 where they are valid, else Latin-1, which old
// versions wrote ("Field of View (µm)" with the byte B5).
func byteText(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}
