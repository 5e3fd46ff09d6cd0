package synth

import (
	"encoding/binary"
	"fmt"
	"strconv"
)

// HDF5Type is the type of the elements of a dataset or an attribute.
type HDF5Type struct {
	size    int
	message []byte // datatype message
	class   byte
	base    *HDF5Type
}

// Size returns the bytes of one element.
func (t HDF5Type) Size() int { return t.size }

// The classes of the datatype message.
const (
	hdf5Text     = 3
	hdf5Opaque   = 5
	hdf5Compound = 6
	hdf5Enum     = 8
	hdf5Vlen     = 9
	hdf5Array    = 10
)

func hdf5TypeOf(version, class byte, bits uint32, size int, properties []byte) HDF5Type {
	b := []byte{version<<4 | class, byte(bits), byte(bits >> 8), byte(bits >> 16)}
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	return HDF5Type{size: size, message: append(b, properties...), class: class}
}

// HDF5Number returns the type of numbers by a code: u, i or f and the bytes of one, with >
// before it for big-endian ones: "u2", ">i4", "f8".
func HDF5Number(code string) HDF5Type {
	bits := uint32(0)
	if code[0] == '>' {
		bits, code = 1, code[1:]
	}
	size, err := strconv.Atoi(code[1:])
	if err != nil {
		panic("synth: HDF5 number " + code)
	}
	le := binary.LittleEndian
	p := le.AppendUint16(le.AppendUint16(nil, 0), uint16(8*size))
	switch code[0] {
	case 'i':
		return hdf5TypeOf(1, 0, bits|8, size, p)
	case 'u':
		return hdf5TypeOf(1, 0, bits, size, p)
	case 'f':
		shape := map[int][3]byte{2: {10, 5, 15}, 4: {23, 8, 127}, 8: {52, 11, 0}}[size]
		bias := uint32(shape[2])
		if size == 8 {
			bias = 1023
		}
		p = append(p, shape[0], shape[1], 0, shape[0])
		return hdf5TypeOf(1, 1, bits|0x20|uint32(8*size-1)<<8, size, le.AppendUint32(p, bias))
	}
	panic("synth: HDF5 number " + code)
}

// HDF5Text returns the type of texts of n bytes, padded with NUL.
func HDF5Text(n int) HDF5Type { return hdf5TypeOf(1, hdf5Text, 1, n, nil) }

// HDF5VarText returns the type of texts of any length, in UTF-8 as h5py writes them.
func HDF5VarText() HDF5Type {
	t := hdf5TypeOf(1, hdf5Vlen, 0x101, 16, HDF5Text(1).message)
	return t.of(HDF5Text(1))
}

// HDF5Sequence returns the type of lists of any length.
func HDF5Sequence(base HDF5Type) HDF5Type {
	return hdf5TypeOf(1, hdf5Vlen, 0, 16, base.message).of(base)
}

func (t HDF5Type) of(base HDF5Type) HDF5Type {
	t.base = &base
	return t
}

// HDF5Opaque returns the type of n bytes without meaning but a tag.
func HDF5Opaque(n int, tag string) HDF5Type {
	p := padded([]byte(tag))
	return hdf5TypeOf(1, hdf5Opaque, uint32(len(p)), n, p)
}

// HDF5Array returns the type of small arrays.
func HDF5Array(base HDF5Type, dims ...int) HDF5Type {
	p := []byte{byte(len(dims)), 0, 0, 0}
	size := base.size
	for _, d := range dims {
		p = binary.LittleEndian.AppendUint32(p, uint32(d))
		size *= d
	}
	for range dims {
		p = binary.LittleEndian.AppendUint32(p, 0)
	}
	return hdf5TypeOf(2, hdf5Array, 0, size, append(p, base.message...)).of(base)
}

// HDF5Bool returns the enumeration of FALSE and TRUE that h5py writes for truth values.
func HDF5Bool() HDF5Type {
	return HDF5Enum(HDF5Number("i1"), []string{"FALSE", "TRUE"}, []byte{0, 1})
}

// HDF5Enum returns an enumeration; values holds one stored number for each name.
func HDF5Enum(base HDF5Type, names []string, values []byte) HDF5Type {
	if len(values) != len(names)*base.size {
		panic("synth: HDF5 enumeration of unequal names and values")
	}
	p := base.message
	for _, n := range names {
		p = append(p[:len(p):len(p)], padded(append([]byte(n), 0))...)
	}
	return hdf5TypeOf(1, hdf5Enum, uint32(len(names)), base.size, append(p, values...)).of(base)
}

// HDF5Field is a member of a compound.
type HDF5Field struct {
	Name string
	Type HDF5Type
}

// HDF5Compound returns the type of records whose members follow each other without gaps.
func HDF5Compound(fields ...HDF5Field) HDF5Type {
	version := byte(1)
	for _, f := range fields {
		if f.Type.message[0]>>4 > 1 {
			version = 2
		}
	}
	var p []byte
	size := 0
	for _, f := range fields {
		p = append(p, padded(append([]byte(f.Name), 0))...)
		p = binary.LittleEndian.AppendUint32(p, uint32(size))
		if version == 1 {
			p = append(p, make([]byte, 28)...) // no dimensions
		}
		p = append(p, f.Type.message...)
		size += f.Type.size
	}
	return hdf5TypeOf(version, hdf5Compound, uint32(len(fields)), size, p)
}

// padded fills up to a multiple of eight bytes.
func padded(b []byte) []byte { return append(b, make([]byte, (8-len(b)%8)%8)...) }

func (t HDF5Type) String() string { return fmt.Sprintf("class %d of %d bytes", t.class, t.size) }
