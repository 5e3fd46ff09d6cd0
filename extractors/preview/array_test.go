package preview_test

import (
	"context"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"sync/atomic"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// made is a pixel source that computes each element from its indices.
type made struct {
	kind  extractors.ElementType
	value func(at []int) float64
	read  *atomic.Int64 // elements that were asked for
}

func (m made) ReadRegion(ctx context.Context, r extractors.Region, dst []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.read.Add(int64(r.Len()))
	at := make([]int, len(r.Count))
	size := m.kind.Size()
	for i := range r.Len() {
		for k, rest := len(at)-1, i; k >= 0; k-- {
			at[k] = r.Start[k] + rest%r.Count[k]*r.Step[k]
			rest /= r.Count[k]
		}
		put(dst[i*size:(i+1)*size], m.kind, m.value(at))
	}
	return nil
}

func put(b []byte, t extractors.ElementType, v float64) {
	switch t {
	case extractors.Uint8, extractors.Bool8:
		b[0] = uint8(v)
	case extractors.Int8:
		b[0] = uint8(int8(v))
	case extractors.Uint16:
		binary.LittleEndian.PutUint16(b, uint16(v))
	case extractors.Int16:
		binary.LittleEndian.PutUint16(b, uint16(int16(v)))
	case extractors.Uint32:
		binary.LittleEndian.PutUint32(b, uint32(v))
	case extractors.Int32:
		binary.LittleEndian.PutUint32(b, uint32(int32(v)))
	case extractors.Uint64:
		binary.LittleEndian.PutUint64(b, uint64(v))
	case extractors.Int64:
		binary.LittleEndian.PutUint64(b, uint64(int64(v)))
	case extractors.Float32, extractors.Complex64:
		binary.LittleEndian.PutUint32(b, math.Float32bits(float32(v)))
	case extractors.Float64, extractors.Complex128:
		binary.LittleEndian.PutUint64(b, math.Float64bits(v))
	case extractors.RGB, extractors.RGBA:
		c := uint32(v)
		copy(b, []byte{uint8(c >> 24), uint8(c >> 16), uint8(c >> 8), uint8(c)})
	}
}

func axis(name string, size int, scale float64, unit string) extractors.Axis {
	return extractors.Axis{Name: name, Size: size, Scale: scale, Unit: unit}
}

func nav(name string, size int) extractors.Axis {
	return extractors.Axis{Name: name, Size: size, Scale: 1, Unit: "nm", Navigation: true}
}

// signal returns a signal of these axes whose elements are computed.
func signal(t extractors.ElementType, value func(at []int) float64, axes ...extractors.Axis) *extractors.Signal {
	return &extractors.Signal{
		Document: extractors.Document{Meta: nexuslims.NewObject(1)},
		Data:     &extractors.Array{Type: t, Axes: axes, Source: made{t, value, new(atomic.Int64)}},
	}
}

func readBy(s *extractors.Signal) int64 { return s.Data.Source.(made).read.Load() }

func diffraction(s *extractors.Signal) *extractors.Signal {
	s.Meta.Set("DatasetType", nexuslims.Text(nexuslims.Diffraction))
	return s
}

// noise is the same for the same indices.
func noise(at []int) float64 {
	h := uint64(0x9e3779b97f4a7c15)
	for _, v := range at {
		h = (h ^ uint64(v)) * 0xbf58476d1ce4e5b9
		h ^= h >> 29
	}
	return float64(h>>40) / (1 << 24)
}

// particles looks like a micrograph of particles with fringes.
func particles(height, width int) func(at []int) float64 {
	rnd := rand.New(rand.NewPCG(1, 2))
	type disc struct{ x, y, r, a float64 }
	var discs []disc
	for range 12 {
		discs = append(discs, disc{rnd.Float64(), rnd.Float64(), 0.03 + 0.1*rnd.Float64(), rnd.Float64() * 3})
	}
	return func(at []int) float64 {
		y, x := float64(at[len(at)-2])/float64(height), float64(at[len(at)-1])/float64(width)
		v := 300 + 80*x + 120*noise(at)
		for _, d := range discs {
			if q := ((x-d.x)*(x-d.x) + (y-d.y)*(y-d.y)) / (d.r * d.r); q < 1 {
				v += 600 * math.Sqrt(1-q) * (1 + 0.2*math.Sin(300*(x*math.Cos(d.a)+y*math.Sin(d.a))))
			}
		}
		return v
	}
}

// spots looks like a diffraction pattern.
func spots(height, width int) func(at []int) float64 {
	return func(at []int) float64 {
		y, x := float64(at[len(at)-2])/float64(height)-0.5, float64(at[len(at)-1])/float64(width)-0.5
		u, v := math.Mod(x*8+100.5, 1)-0.5, math.Mod(y*8+100.5, 1)-0.5
		r := x*x + y*y
		return 40000*math.Exp(-(u*u+v*v)*150)*math.Exp(-r*30) + 20*noise(at) + 3000*math.Exp(-r*80)
	}
}

// peaks looks like an X-ray spectrum of n channels, stronger at later places.
func peaks(n int) func(at []int) float64 {
	return func(at []int) float64 {
		e := float64(at[len(at)-1]) / float64(n) * 20
		strength := 1.0
		for i, v := range at[:len(at)-1] {
			strength += 0.35 * float64(v) * float64(i+1)
		}
		v := 80 * math.Exp(-e/4)
		for _, p := range [][2]float64{{0.5, 300}, {1.74, 900}, {6.4, 400}, {8.04, 250}, {11.1, 90}} {
			v += p[1] * math.Exp(-(e-p[0])*(e-p[0])/0.01)
		}
		return strength*v + 20*noise(at)
	}
}
