package hdf5

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
}

// Field is a member of a compound.
type Field struct {
	Name   string
	Offset int
	Type   *Type
}

// Element returns the name of the matching element type of an array of pixels: "uint8" to
// "float64", "bool" for an enumeration of FALSE and TRUE, "complex64" and "complex128" for
// compounds of two floats, "rgb" and "rgba" for those of three or four bytes named so (with
// R, G, B, A in this order); "" for everything else. 16-bit floats are "float32".
func (t *Type) Element() string { return "" }
