package tiff

import (
	"bytes"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Type is the type of the values of a tag: 1 BYTE to 12 DOUBLE, 13 IFD, 16 to 18 those of BigTIFF.
type Type uint16

// The types of tags.
const (
	Byte      Type = 1
	ASCII     Type = 2
	Short     Type = 3
	Long      Type = 4
	Rational  Type = 5
	SByte     Type = 6
	Undefined Type = 7
	SShort    Type = 8
	SLong     Type = 9
	SRational Type = 10
	Float     Type = 11
	Double    Type = 12
	IFD       Type = 13
	Long8     Type = 16
	SLong8    Type = 17
	IFD8      Type = 18
)

// size returns the bytes of one value; zero for a type that is not known.
func (t Type) size() int64 {
	switch t {
	case Byte, ASCII, SByte, Undefined:
		return 1
	case Short, SShort:
		return 2
	case Long, SLong, Float, IFD:
		return 4
	case Rational, SRational, Double, Long8, SLong8, IFD8:
		return 8
	}
	return 0
}

// Bytes returns the bytes of a tag's value as stored; those of more than limit bytes are
// cut there. A missing tag is NotFound. Of a value that the file ends before, what is there
// comes with the error, which is Corrupt.
func (d *Directory) Bytes(id uint16, limit int64) ([]byte, error) {
	t, err := d.find(id)
	if err != nil {
		return nil, err
	}
	return d.part(t, 0, max(0, min(t.Count, limit/t.Type.size())))
}

// Text returns the text of a tag of any byte type without NULs at its end: UTF-8 where it is
// that, else Windows-1252. A missing tag is NotFound, one of numbers Unsupported. Of a text
// that the file ends before, what is there comes with the error.
func (d *Directory) Text(id uint16, limit int64) (string, error) {
	t, err := d.find(id)
	if err != nil {
		return "", err
	}
	if t.Type.size() != 1 {
		return "", unsupported("tag %d holds numbers", id)
	}
	b, err := d.part(t, 0, max(0, min(t.Count, limit)))
	if t.Count > limit {
		b = whole(b)
	}
	return text(b), err
}

// whole leaves out a last character of which only the beginning is there.
func whole(b []byte) []byte {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if start := b[len(b)-n:]; utf8.RuneStart(start[0]) {
			if start[0] >= utf8.RuneSelf && !utf8.FullRune(start) {
				return b[:len(b)-n]
			}
			break
		}
	}
	return b
}

func text(b []byte) string {
	b = bytes.TrimRight(b, "\x00")
	if utf8.Valid(b) {
		return string(b)
	}
	var s strings.Builder
	s.Grow(len(b) + len(b)/8)
	for _, c := range b {
		if c < utf8.RuneSelf {
			s.WriteByte(c)
		} else {
			s.WriteRune(windows1252(c))
		}
	}
	return s.String()
}

// windows1252 returns the character of a byte; where that encoding has none, the control
// character of Latin-1, as browsers do.
func windows1252(c byte) rune {
	const upper = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"
	if c < 0x80 || c > 0x9f {
		return rune(c)
	}
	for _, r := range upper {
		if c == 0x80 {
			return r
		}
		c--
	}
	return utf8.RuneError
}

// Numbers returns the numbers of a tag, rationals divided; at most limit of them. What the
// file has of those that it ends before comes with the error.
func (d *Directory) Numbers(id uint16, limit int) ([]float64, error) {
	t, err := d.find(id)
	if err != nil {
		return nil, err
	}
	b, err := d.part(t, 0, max(0, min(t.Count, int64(limit))))
	size := int(t.Type.size())
	out := make([]float64, 0, len(b)/size)
	for ; len(b) >= size; b = b[size:] {
		v, _ := nexuslims.Number(d.f.number(t.Type, b))
		out = append(out, v)
	}
	return out, err
}

// Number returns the first number of a tag and whether there is one.
func (d *Directory) Number(id uint16) (float64, bool) {
	v, err := d.Numbers(id, 1)
	if err != nil && len(v) == 0 || len(v) == 0 {
		return 0, false
	}
	return v[0], true
}

// number reads one value of a tag.
func (f *File) number(t Type, b []byte) nexuslims.Value {
	switch t {
	case SByte:
		return nexuslims.Int(int8(b[0]))
	case Short:
		return nexuslims.Int(f.order.Uint16(b))
	case SShort:
		return nexuslims.Int(int16(f.order.Uint16(b)))
	case Long, IFD:
		return nexuslims.Int(f.order.Uint32(b))
	case SLong:
		return nexuslims.Int(int32(f.order.Uint32(b)))
	case Long8, IFD8:
		if v := f.order.Uint64(b); v > math.MaxInt64 {
			return nexuslims.Uint(v)
		}
		return nexuslims.Int(f.order.Uint64(b))
	case SLong8:
		return nexuslims.Int(int64(f.order.Uint64(b)))
	case Float:
		return nexuslims.Float(math.Float32frombits(f.order.Uint32(b)))
	case Double:
		return nexuslims.Float(math.Float64frombits(f.order.Uint64(b)))
	case Rational:
		return nexuslims.Float(float64(f.order.Uint32(b)) / float64(f.order.Uint32(b[4:])))
	case SRational:
		return nexuslims.Float(float64(int32(f.order.Uint32(b))) / float64(int32(f.order.Uint32(b[4:]))))
	}
	return nexuslims.Int(b[0])
}

// maxTextValue bounds the bytes of a text among the values of a directory.
const maxTextValue = 1 << 20

// Value returns the value of a tag as metadata: text, a number, or a list of at most limit
// numbers; bytes that are no text are a list of numbers. Values that are no finite numbers
// stay what they are.
func (d *Directory) Value(id uint16, limit int) (nexuslims.Value, error) {
	t, err := d.find(id)
	if err != nil {
		return nil, err
	}
	if v, ok := d.textValue(t); ok {
		return v, nil
	}
	b, err := d.part(t, 0, max(0, min(t.Count, int64(limit))))
	size := int(t.Type.size())
	if t.Count == 1 && len(b) == size {
		return d.f.number(t.Type, b), nil
	}
	list := make(nexuslims.List, 0, len(b)/size)
	for ; len(b) >= size; b = b[size:] {
		list = append(list, d.f.number(t.Type, b))
	}
	return list, err
}

// textValue returns the value of a tag of bytes that are text.
func (d *Directory) textValue(t Tag) (nexuslims.Value, bool) {
	if t.Type != ASCII && (t.Type.size() != 1 || t.Count < 2) {
		return nil, false
	}
	b, err := d.part(t, 0, max(0, min(t.Count, maxTextValue)))
	if t.Type == ASCII && err == nil || looksText(b) {
		if t.Count > maxTextValue {
			b = whole(b)
		}
		return nexuslims.Text(text(b)), true
	}
	return nil, false
}

// looksText reports whether bytes are printable, all or nearly all of them in ASCII.
func looksText(b []byte) bool {
	b = bytes.TrimRight(b, "\x00")
	foreign := 0
	for _, c := range b {
		switch {
		case c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f', c == 0x7f:
			return false
		case c >= 0x80:
			foreign++
		}
	}
	return len(b) > 1 && (foreign*8 <= len(b) || utf8.Valid(b))
}
