package extractors

import (
	"context"
	"fmt"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// ElementType is the type of one array element.
type ElementType int

// The element types. RGB and RGBA hold bytes in that order.
const (
	Uint8 ElementType = iota
	Int8
	Uint16
	Int16
	Uint32
	Int32
	Uint64
	Int64
	Float32
	Float64
	Complex64
	Complex128
	Bool8
	RGB
	RGBA
)

var elementTypes = [...]struct {
	name string
	size int
}{
	Uint8: {"uint8", 1}, Int8: {"int8", 1}, Uint16: {"uint16", 2}, Int16: {"int16", 2},
	Uint32: {"uint32", 4}, Int32: {"int32", 4}, Uint64: {"uint64", 8}, Int64: {"int64", 8},
	Float32: {"float32", 4}, Float64: {"float64", 8}, Complex64: {"complex64", 8},
	Complex128: {"complex128", 16}, Bool8: {"bool", 1}, RGB: {"rgb", 3}, RGBA: {"rgba", 4},
}

// String returns the usual name: "uint16".
func (t ElementType) String() string { return elementTypes[t].name }

// ParseElementType finds a type by the name that [ElementType.String] gives it.
func ParseElementType(name string) (ElementType, bool) {
	for i, t := range elementTypes {
		if t.name == name {
			return ElementType(i), true
		}
	}
	return 0, false
}

// Size returns the bytes of one element.
func (t ElementType) Size() int { return elementTypes[t].size }

// IsComplex reports whether elements have two parts.
func (t ElementType) IsComplex() bool { return t == Complex64 || t == Complex128 }

// IsColour reports whether elements are colours.
func (t ElementType) IsColour() bool { return t == RGB || t == RGBA }

// Axis is one dimension of an array: element i lies at Offset + i*Scale, in Unit.
type Axis struct {
	Name       string
	Size       int
	Scale      float64 // 1 when not calibrated
	Offset     float64
	Unit       string // as the file gives it: "nm", "1/nm", "eV"; empty when not calibrated
	Navigation bool   // a scan or series axis, not one of the signal itself
}

// Array is a lazy handle on the pixels of a signal. Axes go from the slowest to the
// fastest; navigation axes come before signal axes.
//
// An Array may be read by several goroutines.
type Array struct {
	Type   ElementType
	Axes   []Axis
	Source PixelSource
}

// PixelSource delivers pixels. Implementations read only what is asked for, as far as
// the format allows, check every size against the file, and honour the context.
type PixelSource interface {
	// ReadRegion fills dst with the elements of the region in C order (last axis
	// fastest), little-endian. The region lies within the array and dst has exactly
	// region.Len() elements: [Array] has checked both.
	ReadRegion(ctx context.Context, region Region, dst []byte) error
}

// Region is a part of an array: for each axis Count elements from Start on, each Step
// apart.
type Region struct {
	Start, Count, Step []int
}

// Len returns the number of elements.
func (r Region) Len() int {
	n := 1
	for _, c := range r.Count {
		n *= c
	}
	return n
}

// Shape returns the sizes, slowest axis first.
func (a *Array) Shape() []int {
	s := make([]int, len(a.Axes))
	for i, x := range a.Axes {
		s[i] = x.Size
	}
	return s
}

// Len returns the number of elements.
func (a *Array) Len() int64 {
	n := int64(1)
	for _, x := range a.Axes {
		n *= int64(x.Size)
	}
	return n
}

// NavigationAxes returns how many axes are navigation axes.
func (a *Array) NavigationAxes() int {
	n := 0
	for _, x := range a.Axes {
		if x.Navigation {
			n++
		}
	}
	return n
}

// All returns the region of the whole array.
func (a *Array) All() Region {
	r := Region{make([]int, len(a.Axes)), a.Shape(), make([]int, len(a.Axes))}
	for i := range r.Step {
		r.Step[i] = 1
	}
	return r
}

// maxRegion bounds one read, in bytes: nothing that is drawn needs more.
const maxRegion = 1 << 30

// Read returns the elements of a region as little-endian bytes in C order.
func (a *Array) Read(ctx context.Context, r Region) ([]byte, error) {
	if err := a.check(r); err != nil {
		return nil, err
	}
	dst := make([]byte, r.Len()*a.Type.Size())
	if err := a.Source.ReadRegion(ctx, r, dst); err != nil {
		return nil, fmt.Errorf("read pixels: %w", err)
	}
	return dst, nil
}

func (a *Array) check(r Region) error {
	if len(r.Start) != len(a.Axes) || len(r.Count) != len(a.Axes) || len(r.Step) != len(a.Axes) {
		return nexuslims.E(nexuslims.Invalid, "read pixels", "", fmt.Errorf("region has not %d axes", len(a.Axes)))
	}
	n := int64(a.Type.Size())
	for i, x := range a.Axes {
		if r.Start[i] < 0 || r.Count[i] < 0 || r.Step[i] < 1 ||
			r.Count[i] > 0 && r.Start[i]+(r.Count[i]-1)*r.Step[i] >= x.Size {
			return nexuslims.E(nexuslims.Invalid, "read pixels", x.Name, fmt.Errorf("region outside %d elements", x.Size))
		}
		if r.Count[i] > 0 && n > maxRegion/int64(r.Count[i]) {
			return nexuslims.E(nexuslims.Unsupported, "read pixels", "", fmt.Errorf("region over %d bytes", maxRegion))
		}
		n *= int64(r.Count[i])
	}
	return nil
}
