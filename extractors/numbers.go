package extractors

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/cmplx"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Float64 returns the elements of a region as numbers, in C order; of complex ones the
// amplitude. Colours are Unsupported.
func (a *Array) Float64(ctx context.Context, r Region) ([]float64, error) {
	return numbersOf[float64](ctx, a, r)
}

// Float32 is Float64 in single precision, for drawing.
func (a *Array) Float32(ctx context.Context, r Region) ([]float32, error) {
	return numbersOf[float32](ctx, a, r)
}

// Complex returns the elements of a region as complex numbers, in C order; plain ones
// have no imaginary part. Colours are Unsupported.
func (a *Array) Complex(ctx context.Context, r Region) ([]complex128, error) {
	if !a.Type.IsComplex() {
		plain, err := a.Float64(ctx, r)
		out := make([]complex128, len(plain))
		for i, v := range plain {
			out[i] = complex(v, 0)
		}
		return out, err
	}
	b, err := a.Read(ctx, r)
	if err != nil {
		return nil, err
	}
	out := make([]complex128, r.Len())
	for i := range out {
		out[i] = complexAt(b, a.Type, i)
	}
	return out, nil
}

func numbersOf[F float32 | float64](ctx context.Context, a *Array, r Region) ([]F, error) {
	if a.Type.IsColour() {
		return nil, nexuslims.E(nexuslims.Unsupported, "read numbers", "", fmt.Errorf("elements are %s", a.Type))
	}
	b, err := a.Read(ctx, r)
	if err != nil {
		return nil, err
	}
	out := make([]F, r.Len())
	fill(out, b, a.Type)
	return out, nil
}

// DecodeFloat32 turns little-endian elements of the type into numbers, one for each of dst;
// complex ones into their amplitude. Colours, which are no numbers, change nothing. raw must
// hold all elements.
func (t ElementType) DecodeFloat32(dst []float32, raw []byte) { fill(dst, raw, t) }

// fill has one plain loop for each type: it runs over every pixel of every preview.
func fill[F float32 | float64](out []F, b []byte, t ElementType) {
	le := binary.LittleEndian
	switch t {
	case Uint8, Bool8:
		for i := range out {
			out[i] = F(b[i])
		}
	case Int8:
		for i := range out {
			out[i] = F(int8(b[i]))
		}
	case Uint16:
		for i := range out {
			out[i] = F(le.Uint16(b[2*i:]))
		}
	case Int16:
		for i := range out {
			out[i] = F(int16(le.Uint16(b[2*i:])))
		}
	case Uint32:
		for i := range out {
			out[i] = F(le.Uint32(b[4*i:]))
		}
	case Int32:
		for i := range out {
			out[i] = F(int32(le.Uint32(b[4*i:])))
		}
	default:
		fillWide(out, b, t)
	}
}

func fillWide[F float32 | float64](out []F, b []byte, t ElementType) {
	le := binary.LittleEndian
	switch t {
	case Uint64:
		for i := range out {
			out[i] = F(le.Uint64(b[8*i:]))
		}
	case Int64:
		for i := range out {
			out[i] = F(int64(le.Uint64(b[8*i:])))
		}
	case Float32:
		for i := range out {
			out[i] = F(math.Float32frombits(le.Uint32(b[4*i:])))
		}
	case Float64:
		for i := range out {
			out[i] = F(math.Float64frombits(le.Uint64(b[8*i:])))
		}
	case Complex64, Complex128:
		for i := range out {
			out[i] = F(cmplx.Abs(complexAt(b, t, i)))
		}
	}
}

func complexAt(b []byte, t ElementType, i int) complex128 {
	le := binary.LittleEndian
	if t == Complex64 {
		b = b[8*i:]
		return complex(float64(math.Float32frombits(le.Uint32(b))), float64(math.Float32frombits(le.Uint32(b[4:]))))
	}
	b = b[16*i:]
	return complex(math.Float64frombits(le.Uint64(b)), math.Float64frombits(le.Uint64(b[8:])))
}

// digestBlock is how much of an array is hashed at once, in bytes.
const digestBlock = 4 << 20

// SHA256 returns the digest, in hexadecimal, of all elements as little-endian bytes in
// C order. It reads piece by piece, whatever the size of the array.
func (a *Array) SHA256(ctx context.Context) (string, error) {
	h := sha256.New()
	err := a.pieces(a.All(), 0, func(r Region) error {
		b, err := a.Read(ctx, r)
		h.Write(b)
		return err
	})
	return hex.EncodeToString(h.Sum(nil)), err
}

// pieces cuts a region, in C order, into ones of about digestBlock bytes.
func (a *Array) pieces(r Region, axis int, visit func(Region) error) error {
	if axis == len(a.Axes) {
		return visit(r)
	}
	inner := int64(a.Type.Size())
	for _, n := range r.Count[axis+1:] {
		inner *= int64(n)
	}
	start, end := r.Start[axis], r.Start[axis]+r.Count[axis]
	if inner > digestBlock {
		for i := start; i < end; i++ {
			r.Start[axis], r.Count[axis] = i, 1
			if err := a.pieces(r, axis+1, visit); err != nil {
				return err
			}
		}
		r.Start[axis], r.Count[axis] = start, end-start
		return nil
	}
	step := int(max(1, digestBlock/max(1, inner)))
	for i := start; i < end; i += step {
		r.Start[axis], r.Count[axis] = i, min(step, end-i)
		if err := visit(r); err != nil {
			return err
		}
	}
	r.Start[axis], r.Count[axis] = start, end-start
	return nil
}
