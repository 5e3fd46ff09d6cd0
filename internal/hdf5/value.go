package hdf5

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// valueDecoder turns elements into metadata.
type valueDecoder struct {
	f     *File
	left  int64 // bytes that may still be read
	texts int64 // the same of texts that are longer than what is left
	steps int64 // values that may still be made: members of a compound can overlap
}

func newValueDecoder(f *File, limit int64) *valueDecoder {
	return &valueDecoder{f: f, left: limit, steps: 2*limit + 1024}
}

func (d *valueDecoder) take(n int64) error {
	if d.left -= n; d.left < 0 {
		return unsupported("read value", "value is too long")
	}
	return nil
}

// array returns elements as a value, nested lists for more than one axis.
func (d *valueDecoder) array(t *Type, shape []int, raw []byte) (nexuslims.Value, error) {
	if err := d.take(int64(len(raw))); err != nil {
		return nil, err
	}
	return d.list(t, shape, raw)
}

func (d *valueDecoder) list(t *Type, shape []int, raw []byte) (nexuslims.Value, error) {
	if len(shape) == 0 {
		return d.element(t, raw)
	}
	n := shape[0]
	if n == 0 || len(raw) == 0 {
		return nexuslims.List{}, nil
	}
	size := len(raw) / n
	list := make(nexuslims.List, n)
	for i := range list {
		v, err := d.list(t, shape[1:], raw[i*size:(i+1)*size])
		if err != nil {
			return nil, err
		}
		list[i] = v
	}
	return list, nil
}

func (d *valueDecoder) element(t *Type, b []byte) (nexuslims.Value, error) {
	if d.steps--; d.steps < 0 {
		return nil, unsupported("read value", "value is too long")
	}
	switch t.Class {
	case Integer, Time, BitField, Enum:
		return t.whole(b)
	case Float:
		v, err := t.float(b)
		return nexuslims.Float(v), err
	case Text:
		return t.text(b), nil
	case Opaque:
		sum := sha256.Sum256(b)
		o := nexuslims.NewObject(2)
		o.Set("length", nexuslims.Int(len(b)))
		o.Set("sha256", nexuslims.Text(hex.EncodeToString(sum[:])))
		return o, nil
	case Compound:
		return d.compound(t, b)
	case ArrayOf:
		return d.list(t.Base, t.Dims, b)
	case Sequence, VarText:
		return d.variable(t, b)
	}
	return nil, unsupported("read value", "references")
}

func (t *Type) whole(b []byte) (nexuslims.Value, error) {
	if t.Size > 8 {
		return nil, unsupported("read value", "integers of %d bytes", t.Size)
	}
	if t.Class == Enum {
		v := t.Base.signed(b)
		switch i := slices.Index(t.Values, v); {
		case i < 0:
			return nexuslims.Int(v), nil
		case t.isBool():
			return nexuslims.Bool(v == 1), nil
		default:
			return nexuslims.Text(nexuslims.ValidText(t.Names[i])), nil
		}
	}
	if t.Signed {
		return nexuslims.Int(t.signed(b)), nil
	}
	v := t.unsigned(b)
	if v > math.MaxInt64 {
		return nexuslims.Uint(v), nil
	}
	return nexuslims.Int(v), nil
}

// text ends at the first NUL, and before blanks that fill it up.
func (t *Type) text(b []byte) nexuslims.Text {
	s := string(trimZeros(b))
	if t.spaces {
		s = strings.TrimRight(s, " ")
	}
	return nexuslims.Text(nexuslims.ValidText(s))
}

func (d *valueDecoder) compound(t *Type, b []byte) (nexuslims.Value, error) {
	o := nexuslims.NewObject(len(t.Fields))
	for _, f := range t.Fields {
		v, err := d.element(f.Type, b[f.Offset:f.Offset+f.Type.Size])
		if err != nil {
			return nil, err
		}
		o.Set(nexuslims.ValidText(f.Name), v)
	}
	return o, nil
}

func (d *valueDecoder) variable(t *Type, b []byte) (nexuslims.Value, error) {
	ref := d.f.src.reference(b)
	if t.Class == VarText {
		left := &d.left
		if int64(ref.count) > d.left {
			left = &d.texts
		}
		content, err := d.f.heaps.read(d.f.src, ref, int64(ref.count), *left)
		if err != nil {
			return nil, err
		}
		*left -= int64(len(content))
		return t.text(bytes.TrimRight(content, "\x00")), nil
	}
	content, err := d.f.heaps.read(d.f.src, ref, int64(ref.count)*int64(t.Base.Size), d.left)
	if err != nil {
		return nil, err
	}
	return d.array(t.Base, []int{int(ref.count)}, content)
}
