package dm

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"unicode"
	"unicode/utf16"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// codeSize is the size of the simple value codes; zero: there is no such code. Code 8
// is a boolean and stays a number, as do the characters 9 and 10.
var codeSize = [...]int{2: 2, 3: 4, 4: 2, 5: 4, 6: 4, 7: 8, 8: 1, 9: 1, 10: 1, 11: 8, 12: 8}

const codeUint16 = 4

func isSimple(code int64) bool {
	return code >= 0 && code < int64(len(codeSize)) && codeSize[code] > 0
}

type form int

const (
	formSimple form = iota // one number
	formStruct             // fields
	formString             // bytes of text; an array of one byte elements is one text
	formNested             // an array of numbers or bytes
)

// layout is the layout of one array element.
type layout struct {
	codes  []byte // of the fields, one unless it is a struct
	form   form
	repeat int64 // elements of a nested array
	text   bool  // the nested array is a text
}

func (l layout) width() int64 {
	n := int64(0)
	for _, c := range l.codes {
		n += int64(codeSize[c])
	}
	if l.form == formNested {
		n *= l.repeat
	}
	return n
}

// arrayLayout understands the info numbers after the array code; the last is the
// number of elements.
func arrayLayout(info []int64) (l layout, n int64, err error) {
	n = info[len(info)-1]
	switch code := info[0]; {
	case isSimple(code) && len(info) == 2:
		return layout{codes: []byte{byte(code)}}, n, nil
	case code == codeStruct:
		codes, rest, err := fieldCodes(info[1:])
		if err == nil && len(rest) != 1 {
			err = errors.New("numbers left over")
		}
		if err != nil {
			return l, 0, fmt.Errorf("array of structs described by %d numbers: %w", len(info), err)
		}
		return layout{codes: codes, form: formStruct}, n, nil
	case code == codeArray && len(info) == 4 && isSimple(info[1]) && inner(info[2]):
		return layout{codes: []byte{byte(info[1])}, form: formNested, repeat: info[2]}, n, nil
	case code == codeString && len(info) == 3 && inner(info[1]):
		return layout{codes: []byte{9}, form: formNested, repeat: info[1], text: true}, n, nil
	}
	return l, 0, fmt.Errorf("array of value code %d with %d numbers", info[0], len(info))
}

// inner reports whether n can be the length of an inner array without the product of
// sizes overflowing.
func inner(n int64) bool { return n >= 0 && n <= math.MaxInt32 }

// fieldCodes reads "length, number of fields, (length, code) for each"; the lengths are
// those of names that nobody writes.
func fieldCodes(info []int64) (codes []byte, rest []int64, err error) {
	if len(info) < 2 || info[1] < 0 || info[1] > int64(len(info)-2)/2 {
		return nil, nil, errors.New("fields missing")
	}
	n := int(info[1])
	for i := range n {
		code := info[3+2*i]
		if !isSimple(code) {
			return nil, nil, fmt.Errorf("field of value code %d", code)
		}
		codes = append(codes, byte(code))
	}
	return codes, info[2+2*n:], nil
}

// Array is an array in the file.
type Array struct {
	off, n int64
	layout layout
	order  binary.ByteOrder

	from  io.ReaderAt   // what off counts in, nil for the file
	plain bool          // 16-bit units are numbers: the format has texts
	set   *hdf5.Dataset // of version 5
}

// reader returns what the elements are read from.
func (a *Array) reader(file io.ReaderAt) io.ReaderAt {
	if a.from != nil {
		return a.from
	}
	return file
}

// isWide reports whether the array can be a text of 16-bit units.
func (a *Array) isWide() bool {
	return !a.plain && a.layout.form == formSimple && a.layout.codes[0] == codeUint16
}

// Len returns the number of elements.
func (a *Array) Len() int64 { return a.n }

// Bytes returns the size in the file.
func (a *Array) Bytes() int64 { return a.n * a.layout.width() }

// isSmall reports whether the array is read at once. The bytes of a nested array count
// as elements too, so that a few enormous elements are left alone.
func (a *Array) isSmall() bool {
	if a.layout.form == formString {
		return a.n <= maxString
	}
	return a.n <= extractors.LongArray && a.Bytes() <= 64<<10
}

// decode returns all elements: a text, or a list.
func (a *Array) decode(b []byte) nexuslims.Value {
	if a.layout.form == formString {
		return nexuslims.Text(byteText(b))
	}
	if a.isWide() {
		if text, ok := wideText(b, a.order); ok {
			return nexuslims.Text(text)
		}
	}
	return a.list(b)
}

func (a *Array) list(b []byte) nexuslims.List {
	width := int(a.layout.width())
	list := make(nexuslims.List, a.n)
	for i := range list {
		list[i] = a.layout.element(b[i*width:(i+1)*width], a.order)
	}
	return list
}

func (l layout) element(b []byte, order binary.ByteOrder) nexuslims.Value {
	switch {
	case l.form == formSimple || l.form == formString:
		return number(l.codes[0], b, order)
	case l.form == formNested && l.text:
		return nexuslims.Text(byteText(b))
	}
	codes := l.codes
	if l.form == formNested {
		codes = slices.Repeat(codes, int(l.repeat))
	}
	list := make(nexuslims.List, len(codes))
	for i, c := range codes {
		list[i] = number(c, b, order)
		b = b[codeSize[c]:]
	}
	return list
}

func number(code byte, b []byte, order binary.ByteOrder) nexuslims.Value {
	switch code {
	case 2:
		return nexuslims.Int(int16(order.Uint16(b)))
	case 3:
		return nexuslims.Int(int32(order.Uint32(b)))
	case codeUint16:
		return nexuslims.Int(order.Uint16(b))
	case 5:
		return nexuslims.Int(order.Uint32(b))
	case 6:
		return nexuslims.Float(math.Float32frombits(order.Uint32(b)))
	case 7:
		return nexuslims.Float(math.Float64frombits(order.Uint64(b)))
	case 9, 10:
		return nexuslims.Int(int8(b[0]))
	case 11:
		return nexuslims.Int(int64(order.Uint64(b)))
	case 12:
		if v := order.Uint64(b); v > math.MaxInt64 {
			return nexuslims.Uint(v)
		}
		return nexuslims.Int(int64(order.Uint64(b)))
	}
	return nexuslims.Int(b[0])
}

// wideText returns an array of 16-bit units as text, unless it seems to hold numbers: there
// are control characters, or it is long and has not one letter, digit or blank of ASCII. Lone
// surrogates are replaced. The line separator U+2028, which stands in multi-line texts, is no
// control character.
func wideText(b []byte, order binary.ByteOrder) (string, bool) {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = order.Uint16(b[2*i:])
	}
	runes := utf16.Decode(units)
	ascii := false
	for _, r := range runes {
		ascii = ascii || r < unicode.MaxASCII
		if unicode.IsControl(r) && r != '\t' && r != '\n' && r != '\r' {
			return "", false
		}
	}
	return string(runes), ascii || len(runes) <= extractors.LongArray
}

// maxText is the length up to which an array of 16-bit units is read as text.
const maxText = 1 << 20

// read returns the value of an array that was left in the file: a text, or the
// shortened form of a long list. It may read budget bytes, and lowers it.
func (a *Array) read(r io.ReaderAt, budget *int64) (nexuslims.Value, error) {
	if *budget < a.Bytes() || a.isCostly() {
		return a.short(r, false)
	}
	*budget -= a.Bytes()
	if a.isWide() && a.n <= maxText {
		b := make([]byte, a.Bytes())
		if err := readFull(a.reader(r), b, a.off); err != nil {
			return nil, err
		}
		if text, ok := wideText(b, a.order); ok {
			return nexuslims.Text(text), nil
		}
	}
	return a.short(r, true)
}

// short returns the form of [extractors.Shorten]: length, first and last elements and the
// digest of the little-endian bytes. It reads the file piece by piece and knows elements that
// are structs, where Shorten needs all numbers in memory, of one type.
func (a *Array) short(r io.ReaderAt, digest bool) (nexuslims.Value, error) {
	o := nexuslims.NewObject(4)
	o.Set("length", nexuslims.Int(a.n))
	k := min(a.n, extractors.ShownEnds)
	for _, part := range []struct {
		key  string
		from int64
	}{{"first", 0}, {"last", a.n - k}} {
		p := *a
		p.off, p.n = a.off+part.from*a.layout.width(), k
		if p.Bytes() > 64<<10 {
			continue
		}
		b := make([]byte, p.Bytes())
		if err := readFull(a.reader(r), b, p.off); err != nil {
			return nil, err
		}
		o.Set(part.key, p.list(b))
	}
	if digest {
		sum, err := a.digest(r)
		if err != nil {
			return nil, err
		}
		o.Set("sha256", nexuslims.Text(sum))
	}
	return o, nil
}

func (a *Array) digest(r io.ReaderAt) (string, error) {
	width := a.layout.width()
	h := sha256.New()
	if width == 0 {
		return hex.EncodeToString(h.Sum(nil)), nil
	}
	b := make([]byte, min(a.Bytes(), max(1, (256<<10)/width)*width))
	for done := int64(0); done < a.Bytes(); done += int64(len(b)) {
		b = b[:min(int64(len(b)), a.Bytes()-done)]
		if err := readFull(a.reader(r), b, a.off+done); err != nil {
			return "", err
		}
		if a.order == binary.BigEndian {
			a.layout.reverse(b)
		}
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// reverse turns the byte order of whole elements.
func (l layout) reverse(b []byte) {
	for len(b) > 0 {
		for _, c := range l.codes {
			n := codeSize[c]
			slices.Reverse(b[:n])
			b = b[n:]
		}
	}
}

// maxSum is the size up to which arrays are averaged.
const maxSum = 64 << 20

// sum returns the sum of an array of simple numbers.
func (a *Array) sum(r io.ReaderAt) (float64, error) {
	if a.Bytes() > maxSum {
		return 0, nexuslims.E(nexuslims.Unsupported, "read array", "", fmt.Errorf("%d bytes", a.Bytes()))
	}
	code, width := a.layout.codes[0], a.layout.width()
	b := make([]byte, min(a.Bytes(), 4096*width))
	sum := 0.0
	for done := int64(0); done < a.Bytes(); done += int64(len(b)) {
		b = b[:min(int64(len(b)), a.Bytes()-done)]
		if err := readFull(a.reader(r), b, a.off+done); err != nil {
			return 0, err
		}
		for rest := b; len(rest) > 0; rest = rest[width:] {
			n, _ := nexuslims.Number(number(code, rest, a.order))
			sum += n
		}
	}
	return sum, nil
}
