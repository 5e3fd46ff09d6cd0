package edax

import (
	"encoding/binary"
	"math"
	"strconv"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// form is the form of a stored value.
type form int

const (
	text form = iota // as many bytes as the field counts
	t8               // texts of 8 and of 32 bytes
	t32
	i1
	i2
	i4
	u2
	u4
	f4
)

func (f form) size() int64 {
	return [...]int64{text: 1, t8: 8, t32: 32, i1: 1, i2: 2, i4: 4, u2: 2, u4: 4, f4: 4}[f]
}

// field is one place of a header.
type field struct {
	offset int64
	form   form
	count  int64 // of bytes of a text, of elements of a list
	name   string
	of     string // the field with the number of elements in use; empty for all
}

func (f field) end() int64 { return f.offset + f.form.size()*f.count }

// decode adds the fields that lie whole in b, which begins at base of the file.
func decode(table []field, b []byte, base int64, into *nexuslims.Object) {
	for _, f := range table {
		if f.offset < base || f.end() > base+int64(len(b)) {
			continue
		}
		part := b[f.offset-base : f.end()-base]
		switch {
		case f.form == text:
			into.Set(f.name, nexuslims.Text(decodeText(part)))
		case f.count == 1:
			into.Set(f.name, f.form.value(part))
		default:
			into.Set(f.name, f.list(part, into))
		}
	}
}

// list returns the elements in use; what follows them is left over from other files.
func (f field) list(b []byte, known *nexuslims.Object) nexuslims.List {
	n := f.count
	if f.of != "" {
		used, _ := nexuslims.Number(known.Get(f.of))
		n = int64(min(max(used, 0), float64(n)))
	}
	size := f.form.size()
	list := make(nexuslims.List, n)
	for i := range list {
		list[i] = f.form.value(b[int64(i)*size:])
	}
	return list
}

func (f form) value(b []byte) nexuslims.Value {
	switch f {
	case t8, t32:
		return nexuslims.Text(decodeText(b[:f.size()]))
	case i1:
		return nexuslims.Int(int8(b[0]))
	case i2:
		return nexuslims.Int(int16(binary.LittleEndian.Uint16(b)))
	case i4:
		return nexuslims.Int(int32(binary.LittleEndian.Uint32(b)))
	case u2:
		return nexuslims.Int(binary.LittleEndian.Uint16(b))
	case u4:
		return nexuslims.Int(binary.LittleEndian.Uint32(b))
	}
	return single(math.Float32frombits(binary.LittleEndian.Uint32(b)))
}

// single returns the number with the shortest text that reads back as the same single:
// 30.000002, not 30.000001907348633.
func single(v float32) nexuslims.Float {
	shortest, _ := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64)
	return nexuslims.Float(shortest)
}

// decodeText returns the text before the first NUL: UTF-8 where it is, else Windows-1252.
// What holds control characters is no text but left over from other fields.
func decodeText(b []byte) string {
	for i, c := range b {
		if c == 0 {
			b = b[:i]
			break
		}
		if c < ' ' && c != '\t' && c != '\r' && c != '\n' {
			return ""
		}
	}
	if utf8.Valid(b) {
		return string(b)
	}
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = charmap.Windows1252.DecodeByte(c)
	}
	return string(runes)
}
