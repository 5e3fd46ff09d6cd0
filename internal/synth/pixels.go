package synth

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
)

// Picture is a gray image of 16 bits, row by row from the top.
type Picture struct {
	Width, Height int
	Values        []uint16
}

// Pixels draws an image that looks like a micrograph: particles on a support film, with
// lattice fringes inside, uneven illumination, and counting noise. The seed decides where
// everything is.
func Pixels(width, height int, seed uint64) Picture {
	rnd := rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)) //nolint:gosec // not for secrets
	p := Picture{width, height, make([]uint16, width*height)}
	bright := make([]float32, width*height)
	background(bright, width, height, rnd)
	size := math.Min(float64(width), float64(height))
	for range 6 + rnd.IntN(7) {
		newParticle(width, height, size, rnd).draw(bright, width, height)
	}
	noise := newNoise(rnd)
	for i, v := range bright {
		p.Values[i] = uint16(max(0, min(65535, v+noise.next(v))))
	}
	return p
}

// background is a film with a gradient and a wide grain.
func background(bright []float32, width, height int, rnd *rand.Rand) {
	slope, tilt := rnd.Float64()-0.5, rnd.Float64()-0.5
	fx, fy := 2+3*rnd.Float64(), 2+3*rnd.Float64()
	columns := make([]float64, width)
	for x := range columns {
		u := float64(x) / float64(width)
		columns[x] = 900*slope*u + 120*math.Sin(2*math.Pi*fx*u)
	}
	for y := range height {
		v := float64(y) / float64(height)
		row := 3000 + 900*tilt*v + 120*math.Cos(2*math.Pi*fy*v)
		for x := range width {
			bright[y*width+x] = float32(row + columns[x])
		}
	}
}

// particle is a disc with crystal planes in two directions.
type particle struct {
	x, y, radius, height float64
	planes               [2]wave
}

// wave is a set of fringes: phase is kx*x + ky*y.
type wave struct{ kx, ky, strength float64 }

func newParticle(width, height int, size float64, rnd *rand.Rand) particle {
	p := particle{
		x: rnd.Float64() * float64(width), y: rnd.Float64() * float64(height),
		radius: size * (0.05 + 0.11*rnd.Float64()), height: 1200 + 2200*rnd.Float64(),
	}
	angle := math.Pi * rnd.Float64()
	for i := range p.planes {
		period := max(5, size/120) * (1 + 0.4*rnd.Float64())
		k := 2 * math.Pi / period
		p.planes[i] = wave{k * math.Cos(angle), k * math.Sin(angle), 350 + 200*rnd.Float64()}
		angle += math.Pi/3 + 0.2*rnd.Float64()
	}
	return p
}

func (p particle) draw(bright []float32, width, height int) {
	left, right := max(0, int(p.x-p.radius)), min(width-1, int(p.x+p.radius))
	for y := max(0, int(p.y-p.radius)); y <= min(height-1, int(p.y+p.radius)); y++ {
		rows := [2]rotor{newRotor(p.planes[0], left, y), newRotor(p.planes[1], left, y)}
		for x := left; x <= right; x++ {
			dx, dy := float64(x)-p.x, float64(y)-p.y
			fringes := rows[0].next() + rows[1].next()
			if depth := 1 - (dx*dx+dy*dy)/(p.radius*p.radius); depth > 0 {
				thickness := math.Sqrt(depth)
				bright[y*width+x] += float32(thickness * (p.height + fringes))
			}
		}
	}
}

// rotor gives the cosine along a row by turning a vector, which is much cheaper than the
// function.
type rotor struct{ c, s, dc, ds, strength float64 }

func newRotor(w wave, x, y int) rotor {
	phase := w.kx*float64(x) + w.ky*float64(y)
	return rotor{math.Cos(phase), math.Sin(phase), math.Cos(w.kx), math.Sin(w.kx), w.strength}
}

func (r *rotor) next() float64 {
	v := r.c * r.strength
	r.c, r.s = r.c*r.dc-r.s*r.ds, r.s*r.dc+r.c*r.ds
	return v
}

// noise is counting noise: its width is the root of the signal.
type noise struct {
	rnd  *rand.Rand
	unit []float32
}

func newNoise(rnd *rand.Rand) *noise {
	n := &noise{rnd, make([]float32, 1<<14)}
	for i := range n.unit {
		n.unit[i] = float32(rnd.NormFloat64())
	}
	return n
}

func (n *noise) next(v float32) float32 {
	return n.unit[n.rnd.Uint32()&uint32(len(n.unit)-1)] * float32(math.Sqrt(float64(max(v, 1))))
}

// Uint16 returns the values as little-endian bytes.
func (p Picture) Uint16() []byte {
	b := make([]byte, 0, 2*len(p.Values))
	for _, v := range p.Values {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	return b
}

// Int32 returns the values as little-endian numbers of 32 bits.
func (p Picture) Int32() []byte {
	b := make([]byte, 0, 4*len(p.Values))
	for _, v := range p.Values {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return b
}

// Float32 returns the values as little-endian floats of 32 bits.
func (p Picture) Float32() []byte {
	b := make([]byte, 0, 4*len(p.Values))
	for _, v := range p.Values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v)))
	}
	return b
}

// Bytes returns the values stretched to 8 bits.
func (p Picture) Bytes() []byte {
	low, high := uint16(65535), uint16(0)
	for _, v := range p.Values {
		low, high = min(low, v), max(high, v)
	}
	b := make([]byte, len(p.Values))
	for i, v := range p.Values {
		b[i] = uint8(uint32(v-low) * 255 / max(1, uint32(high-low)))
	}
	return b
}

// Thumbnail returns the picture reduced to size pixels a side, as the bytes blue, green,
// red and 0 of each pixel: the form of thumbnails in DigitalMicrograph files.
func (p Picture) Thumbnail(size int) []byte {
	gray := p.Bytes()
	b := make([]byte, 0, 4*size*size)
	for y := range size {
		for x := range size {
			v := gray[y*p.Height/size*p.Width+x*p.Width/size]
			b = append(b, v, v, v, 0)
		}
	}
	return b
}
