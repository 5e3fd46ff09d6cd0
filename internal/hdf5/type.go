package hdf5

import "slices"

// Class is what an element is.
type Class int

// The classes.
const (
	Integer Class = iota
	Float
	Time
	Text // of fixed length
	BitField
	Opaque
	Compound
	Reference
	Enum
	Sequence // of variable length
	VarText  // a text of variable length
	ArrayOf
)

// Type is the type of an element.
type Type struct {
	Class  Class
	Size   int // bytes as stored
	Signed bool
	Big    bool
	Base   *Type    // of Enum, Sequence and ArrayOf
	Dims   []int    // of ArrayOf
	Fields []Field  // of Compound
	Names  []string // of Enum, with Values
	Values []int64
	Tag    string // of Opaque

	spaces bool   // a Text is padded with blanks
	bits   layout // of Integer and Float
}

// Field is a member of a compound.
type Field struct {
	Name   string
	Offset int
	Type   *Type
}

// layout is where the bits of a number are.
type layout struct {
	offset, precision  int
	exponent, mantissa int // bits of each, of a Float
	exponentAt         int
	mantissaAt, sign   int
	bias               int64
	explicit           bool // the leading bit of the mantissa is stored
}

// The usual layouts of floats.
var (
	float16Bits = layout{0, 16, 5, 10, 10, 0, 15, 15, false}
	float32Bits = layout{0, 32, 8, 23, 23, 0, 31, 127, false}
	float64Bits = layout{0, 64, 11, 52, 52, 0, 63, 1023, false}
)

// Element returns the name of the matching element type of an array of pixels: "uint8" to
// "float64", "bool" for an enumeration of FALSE and TRUE, "complex64" and "complex128" for
// compounds of two floats, "rgb" and "rgba" for those of three or four bytes named so (with
// R, G, B, A in this order); "" for everything else. 16-bit floats are "float32".
func (t *Type) Element() string {
	switch t.Class {
	case Integer:
		return t.integer()
	case Float:
		switch {
		case t.bits == float16Bits && t.Size == 2, t.bits == float32Bits && t.Size == 4:
			return "float32"
		case t.bits == float64Bits && t.Size == 8:
			return "float64"
		}
	case Enum:
		if t.isBool() && t.Size == 1 {
			return "bool"
		}
		if t.Base.Size == t.Size {
			return t.Base.Element()
		}
	case Compound:
		return t.compound()
	}
	return ""
}

func (t *Type) integer() string {
	if t.bits.offset != 0 || t.bits.precision != 8*t.Size && t.Signed {
		return ""
	}
	name := map[int]string{1: "int8", 2: "int16", 4: "int32", 8: "int64"}[t.Size]
	if name != "" && !t.Signed {
		name = "u" + name
	}
	return name
}

func (t *Type) isBool() bool {
	return t.Class == Enum && len(t.Names) == 2 && slices.Contains(t.Names, "FALSE") && slices.Contains(t.Names, "TRUE") &&
		t.Values[slices.Index(t.Names, "FALSE")] == 0 && t.Values[slices.Index(t.Names, "TRUE")] == 1
}

func (t *Type) compound() string {
	if t.isComplex() {
		return map[int]string{8: "complex64", 16: "complex128"}[t.Size]
	}
	const names = "RGBA"
	if n := len(t.Fields); n != t.Size || n < 3 || n > 4 {
		return ""
	}
	for i, f := range t.Fields {
		if f.Offset != i || f.Name != names[i:i+1] || f.Type.Class != Integer || f.Type.Signed {
			return ""
		}
	}
	return map[int]string{3: "rgb", 4: "rgba"}[t.Size]
}

// isComplex tells whether it is two equal floats beside each other.
func (t *Type) isComplex() bool {
	if len(t.Fields) != 2 {
		return false
	}
	a, b := t.Fields[0], t.Fields[1]
	plain := a.Type.Class == Float && b.Type.Class == Float && a.Type.bits == b.Type.bits && a.Type.Big == b.Type.Big
	usual := a.Type.bits == float32Bits || a.Type.bits == float64Bits
	return plain && usual && a.Offset == 0 && b.Offset == a.Type.Size && t.Size == 2*a.Type.Size
}

// elementSize returns the bytes of one element as ReadRegion gives it.
func (t *Type) elementSize() int {
	if t.isHalf() {
		return 4
	}
	return t.Size
}

func (t *Type) isHalf() bool { return t.Class == Float && t.bits == float16Bits }
