package synth

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// HDF5 returns the file of version 5: the same tags in HDF5, laid out as in files of Nion
// Swift. Values are attributes, pixels and lists of more than 4096 elements datasets.
func (d DM) HDF5() (*HDF5, error) {
	root, err := d.root()
	if err != nil {
		return nil, err
	}
	h := NewHDF5()
	w := dm5Writer{binary.LittleEndian}
	if d.BigEndian {
		w.order = binary.BigEndian
	}
	return h, w.group(h.Root(), root)
}

// dm5Writer writes numbers in one byte order.
type dm5Writer struct{ order binary.AppendByteOrder }

// dm5Names are the stored types of the value codes.
var dm5Names = map[int64]string{
	2: "i2", 3: "i4", 4: "u2", 5: "u4", 6: "f4", 7: "f8", 8: "u1", 9: "i1", 10: "u1", 11: "i8", 12: "u8",
}

// dm5LongList is the length above which a list is a dataset.
const dm5LongList = 4096

func (w dm5Writer) group(h *HDF5Group, g Group) error {
	for i, t := range g {
		name := t.Name
		if name == "" {
			name = fmt.Sprintf("[%d]", i)
		}
		if sub, ok := t.Value.(Group); ok {
			if err := w.group(h.Group(name), sub); err != nil {
				return err
			}
			continue
		}
		d, err := w.value(t.Value)
		switch {
		case err != nil:
			return fmt.Errorf("tag %q: %w", t.Name, err)
		case isPixels(t.Value) || d.elements() > dm5LongList:
			h.Dataset(name, d)
		default:
			h.Attr(name, d)
		}
	}
	return nil
}

func isPixels(v any) bool {
	_, ok := v.(data)
	return ok
}

// value returns the form of a value in HDF5.
func (w dm5Writer) value(v any) (HDF5Data, error) {
	switch v := v.(type) {
	case string:
		return HDF5Of(HDF5Fixed(v)), nil
	case Bytes:
		return HDF5Of(HDF5Fixed(v)), nil
	case bool:
		return HDF5Of(v), nil
	case data:
		return w.pixels(v), nil
	case Record:
		return w.records([]Record{v}, nil), nil
	case []Record:
		return w.records(v, []int{len(v)}), nil
	}
	if c, _ := code(v); c != 0 {
		return HDF5Data{Type: w.number(c), Bytes: w.bytes(v)}, nil
	}
	c, list := elements(v)
	if c == 0 {
		return HDF5Data{}, fmt.Errorf("synth: value of type %T", v)
	}
	return HDF5Data{Shape: []int{len(list)}, Type: w.number(c), Bytes: w.bytes(list...)}, nil
}

// number returns the type of numbers of a value code.
func (w dm5Writer) number(code int64) HDF5Type {
	if w.order == binary.AppendByteOrder(binary.BigEndian) {
		return HDF5Number(">" + dm5Names[code])
	}
	return HDF5Number(dm5Names[code])
}

func (w dm5Writer) bytes(values ...any) []byte {
	plain := writer{order: w.order}
	for _, v := range values {
		plain.simple(v)
	}
	return plain.buf
}

func (w dm5Writer) records(list []Record, shape []int) HDF5Data {
	d := HDF5Data{Shape: shape}
	var fields []HDF5Field
	for i, v := range list[0] {
		c, _ := code(v)
		fields = append(fields, HDF5Field{fmt.Sprintf("field %d", i), w.number(c)})
	}
	d.Type = HDF5Compound(fields...)
	for _, r := range list {
		d.Bytes = append(d.Bytes, w.bytes(r...)...)
	}
	return d
}

// pixels returns an image in C order, x last. Colours have an axis of red, green, blue and
// alpha, and complex numbers are compounds.
func (w dm5Writer) pixels(p data) HDF5Data {
	shape := slices.Clone(p.image.Size)
	slices.Reverse(shape)
	d := HDF5Data{Shape: shape, Type: w.number(p.code)}
	if s, _ := storageOf(p.image.Type); s.many > 0 {
		d.Shape[len(shape)-1] = p.image.Size[0]/2 + 1
	}
	switch p.image.Type {
	case 3, 5, 13, 27, 28:
		d.Type = HDF5Compound(HDF5Field{"r", d.Type}, HDF5Field{"i", d.Type})
	case 8, 23:
		d.Type, d.Shape = HDF5Number("u1"), append(shape, 4)
		d.Bytes = slices.Clone(p.bytes)
		for b := d.Bytes; len(b) > 0; b = b[4:] {
			b[0], b[2] = b[2], b[0]
		}
		return d
	}
	if p.bytes != nil {
		big := writer{order: w.order}
		d.Bytes = big.ordered(p)
	}
	return d
}
