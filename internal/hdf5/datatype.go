package hdf5

import "slices"

// Types nested deeper are Unsupported.
const maxTypeDepth = 16

// decodeType reads a datatype message (section IV.A.2.d).
func (s *source) decodeType(body []byte) (*Type, error) {
	d := &typeDecoder{cursor: s.cursor(body)}
	t, err := d.decode(0)
	if err == nil {
		err = d.err("read datatype")
	}
	return t, err
}

type typeDecoder struct{ *cursor }

func (d *typeDecoder) decode(depth int) (*Type, error) {
	const op = "read datatype"
	if depth > maxTypeDepth {
		return nil, unsupported(op, "types nested more than %d deep", maxTypeDepth)
	}
	first, bits := d.u8(), uint32(d.uint(3))
	size := d.u32()
	if err := d.err(op); err != nil {
		return nil, err
	}
	version, class := first>>4, first&15
	if version < 1 || version > 5 {
		return nil, unsupported(op, "version %d", version)
	}
	if size == 0 || size > 1<<30 {
		return nil, corrupt(op, "size %d", size)
	}
	t := &Type{Size: int(size)}
	switch class {
	case 0, 4:
		d.fixedPoint(t, class, bits)
	case 1:
		d.floatingPoint(t, bits)
	case 2:
		t.Class, t.Big = Time, bits&1 != 0
		d.skip(2)
	case 3:
		t.Class, t.spaces = Text, bits&15 == 2
	case 5:
		t.Class, t.Tag = Opaque, string(trimZeros(d.take(int(bits&0xff))))
	case 6:
		return t, d.compound(t, version, int(bits&0xffff), depth)
	case 7:
		t.Class = Reference
	case 8:
		return t, d.enum(t, version, int(bits&0xffff), depth)
	case 9:
		return t, d.variable(t, bits, depth)
	case 10:
		return t, d.array(t, version, depth)
	case 11:
		return t, d.complex(t, depth)
	default:
		return nil, unsupported(op, "class %d", class)
	}
	return t, d.err(op)
}

func trimZeros(b []byte) []byte {
	if i := slices.Index(b, 0); i >= 0 {
		return b[:i]
	}
	return b
}

func (d *typeDecoder) fixedPoint(t *Type, class int, bits uint32) {
	if class == 4 {
		t.Class = BitField
	}
	t.Big, t.Signed = bits&1 != 0, class == 0 && bits&8 != 0
	t.bits.offset, t.bits.precision = d.u16(), d.u16()
}

func (d *typeDecoder) floatingPoint(t *Type, bits uint32) {
	t.Class, t.Big, t.Signed = Float, bits&1 != 0, true
	l := &t.bits
	l.offset, l.precision = d.u16(), d.u16()
	l.exponentAt, l.exponent, l.mantissaAt, l.mantissa = d.u8(), d.u8(), d.u8(), d.u8()
	l.bias, l.sign = int64(d.u32()), int(bits>>8&0xff)
	l.explicit = bits>>4&3 != 2
}

func (d *typeDecoder) compound(t *Type, version, members, depth int) error {
	const op = "read datatype"
	t.Class = Compound
	if members > d.left() {
		return corrupt(op, "%d members in %d bytes", members, d.left())
	}
	for range members {
		start := d.at
		f := Field{Name: d.text()}
		if version < 3 {
			d.align(start)
			f.Offset = int(d.u32())
		} else {
			f.Offset = int(d.uint(bytesFor(uint64(t.Size))))
		}
		var dims []int
		if version == 1 {
			n := d.u8()
			d.skip(3 + 4 + 4)
			for i := range 4 {
				if size := int(d.u32()); i < n {
					dims = append(dims, size)
				}
			}
		}
		kind, err := d.decode(depth + 1)
		if err != nil {
			return err
		}
		if f.Type, err = arrayOf(kind, dims); err != nil {
			return err
		}
		if f.Offset > t.Size || f.Type.Size > t.Size-f.Offset {
			return corrupt(op, "member %q at %d of %d bytes", f.Name, f.Offset, t.Size)
		}
		t.Fields = append(t.Fields, f)
	}
	return d.err(op)
}

// bytesFor returns how many bytes hold a number.
func bytesFor(n uint64) int {
	k := 1
	for ; n > 0xff; n >>= 8 {
		k++
	}
	return k
}

// arrayOf makes an array of a type; without dimensions it is the type itself.
func arrayOf(base *Type, dims []int) (*Type, error) {
	if len(dims) == 0 {
		return base, nil
	}
	size := base.Size
	for _, n := range dims {
		if n <= 0 || size > 1<<30/n {
			return nil, corrupt("read datatype", "array of %v", dims)
		}
		size *= n
	}
	return &Type{Class: ArrayOf, Size: size, Base: base, Dims: dims}, nil
}

func (d *typeDecoder) enum(t *Type, version, members, depth int) error {
	const op = "read datatype"
	base, err := d.decode(depth + 1)
	if err != nil {
		return err
	}
	t.Class, t.Base, t.Signed, t.Big = Enum, base, base.Signed, base.Big
	if base.Class != Integer || base.Size != t.Size || base.Size > 8 || members > d.left() {
		return corrupt(op, "enumeration of %d members, %d bytes", members, t.Size)
	}
	for range members {
		start := d.at
		t.Names = append(t.Names, d.text())
		if version < 3 {
			d.align(start)
		}
	}
	for range members {
		b := d.take(base.Size)
		if b == nil {
			break
		}
		t.Values = append(t.Values, base.signed(b))
	}
	return d.err(op)
}

func (d *typeDecoder) variable(t *Type, bits uint32, depth int) error {
	base, err := d.decode(depth + 1)
	if err != nil {
		return err
	}
	if t.Size != 4+d.offsets+4 {
		return corrupt("read datatype", "reference of %d bytes to a list", t.Size)
	}
	t.Class, t.Base = Sequence, base
	if bits&15 == 1 {
		t.Class, t.spaces = VarText, bits>>4&15 == 2
	}
	return nil
}

func (d *typeDecoder) array(t *Type, version, depth int) error {
	const op = "read datatype"
	n := d.u8()
	if version < 3 {
		d.skip(3)
	}
	for range n {
		t.Dims = append(t.Dims, int(d.u32()))
	}
	if version < 3 {
		d.skip(4 * n)
	}
	if err := d.err(op); err != nil {
		return err
	}
	base, err := d.decode(depth + 1)
	if err != nil {
		return err
	}
	whole, err := arrayOf(base, t.Dims)
	if err != nil {
		return err
	}
	if whole.Size != t.Size {
		return corrupt(op, "array %v of %d bytes in %d", t.Dims, base.Size, t.Size)
	}
	t.Class, t.Base = ArrayOf, base
	return nil
}

// complex reads a number of two parts, which newer libraries write; here it is a compound.
func (d *typeDecoder) complex(t *Type, depth int) error {
	base, err := d.decode(depth + 1)
	if err != nil {
		return err
	}
	if t.Size != 2*base.Size {
		return corrupt("read datatype", "complex number of %d bytes", t.Size)
	}
	t.Class = Compound
	t.Fields = []Field{{"r", 0, base}, {"i", base.Size, base}}
	return nil
}
