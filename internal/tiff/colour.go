package tiff

import (
	"image/color"
	"math"
)

// colours is how samples become colours of 8 bits.
type colours struct {
	samples    int    // a pixel that are looked at
	table      []byte // of a palette: red, green, blue
	wide       int    // pixels side by side that share their colour, YCbCr only
	high       int    // pixels one below the other
	weights    [3]float64
	associated bool // colours are multiplied by the opacity
	alpha      bool
}

// set reads what the tags say of the colours of a picture.
func (c *colours) set(m *Image) error {
	if m.format != formatUint && (m.format != formatFloat || m.Bits < 16 || m.Photometric == Palette) || m.Bits > 64 ||
		m.Bits > 32 && m.Bits != 64 {
		return unsupported("colours of %d bits in format %d", m.Bits, m.format)
	}
	c.samples = 3
	switch m.Photometric {
	case Palette:
		c.samples = 1
		return c.setPalette(m)
	case ColourCMYK:
		if c.samples = 4; m.Samples < 4 {
			return corrupt("CMYK of %d samples", m.Samples)
		}
	case ColourYCbCr:
		if m.Samples < 3 {
			return corrupt("YCbCr of %d samples", m.Samples)
		}
		return c.setYCbCr(m)
	default:
		c.setAlpha(m)
	}
	return nil
}

// setAlpha looks at what the fourth sample is (tag 338): 1 opacity by which the colours are
// multiplied already, 2 opacity alone, 0 something else. Where the tag is missing it is
// opacity, as most readers take it.
func (c *colours) setAlpha(m *Image) {
	if m.Samples < 4 {
		return
	}
	kind, _ := m.d.whole(tagExtraSamples, 2, math.MaxUint16)
	if kind != 1 && kind != 2 {
		m.AlphaZero = true
		return
	}
	c.samples, c.alpha, c.associated = 4, true, kind == 1
	m.Element = "rgba"
}

// setPalette reads the colours of a palette, which have 16 bits: first all of red. Those of
// some writers have only 8.
func (c *colours) setPalette(m *Image) error {
	if m.Bits > 16 {
		return unsupported("palette of %d bits", m.Bits)
	}
	n := 1 << m.Bits
	values, err := m.d.Numbers(tagColourMap, 3*n)
	if err != nil && len(values) == 0 {
		return corrupt("palette: %w", err)
	}
	n = min(n, len(values)/3)
	divisor := 1.0
	for _, v := range values {
		if v > 255 {
			divisor = 256
		}
	}
	c.table = make([]byte, 3*n)
	for i := range n {
		for k := range 3 {
			c.table[3*i+k] = uint8(values[k*n+i] / divisor)
		}
	}
	return nil
}

// shades reports whether a palette gives every number its own shade of gray.
func (c *colours) shades() bool {
	n := len(c.table) / 3
	if n < 2 {
		return false
	}
	for i := range n {
		r, g, b := c.table[3*i], c.table[3*i+1], c.table[3*i+2]
		if r != g || g != b || int(r) != i*255/(n-1) {
			return false
		}
	}
	return true
}

// setYCbCr reads how colours are shared and weighed.
func (c *colours) setYCbCr(m *Image) error {
	c.wide, c.high = 2, 2
	if v, _ := m.d.Numbers(tagYCbCrSubsample, 2); len(v) == 2 {
		c.wide, c.high = int(v[0]), int(v[1])
	}
	c.weights = [3]float64{0.299, 0.587, 0.114}
	if v, _ := m.d.Numbers(tagYCbCrWeights, 3); len(v) == 3 && v[1] > 0 {
		c.weights = [3]float64{v[0], v[1], v[2]}
	}
	l := &m.layout
	if m.Compression == compressJPEG {
		c.wide, c.high = 1, 1
		return nil
	}
	for _, n := range []int{c.wide, c.high} {
		if n != 1 && n != 2 && n != 4 {
			return corrupt("colours shared by %d x %d pixels", c.wide, c.high)
		}
	}
	if m.Bits != 8 || m.format != formatUint || m.Samples != 3 || l.planes > 1 && c.wide*c.high > 1 {
		return unsupported("YCbCr of %d samples of %d bits in %d planes", m.Samples, m.Bits, l.planes)
	}
	if l.planes == 1 && c.wide*c.high > 1 {
		l.unit = c.high
		l.rowBytes = ((int64(l.width)-1)/int64(c.wide) + 1) * int64(c.wide*c.high+2)
		if l.predictor != predictNone {
			return unsupported("predictor %d for shared colours", l.predictor)
		}
		if l.height%c.high != 0 && l.down > 1 {
			return corrupt("strips of %d rows of which %d share colours", l.height, c.high)
		}
	}
	return nil
}

// convert turns pixels into colours.
func (c *colours) convert(dst []byte, m *Image, p *pixels) {
	switch m.Photometric {
	case Palette:
		c.palette(dst, m, p)
	case ColourCMYK:
		c.cmyk(dst, m, p)
	case ColourYCbCr:
		if m.Compression == compressJPEG {
			c.rgb(dst, m, p)
		} else {
			c.ycbcr(dst, m, p)
		}
	default:
		c.rgb(dst, m, p)
	}
}

func (c *colours) palette(dst []byte, m *Image, p *pixels) {
	s := m.sampler(p)
	for i := range p.n {
		if at := 3 * int(s.at(i, 0)); at < len(c.table) {
			copy(dst[3*i:3*i+3], c.table[at:])
		} else {
			clear(dst[3*i : 3*i+3])
		}
	}
}

func (c *colours) rgb(dst []byte, m *Image, p *pixels) {
	s, n := m.sampler(p), c.samples
	if m.Bits == 8 && m.layout.planes == 1 && !c.associated {
		row, distance := p.rows[0], m.Samples*p.step
		for i := range p.n {
			copy(dst[i*n:(i+1)*n], row[i*distance:])
		}
		return
	}
	for i := range p.n {
		out := dst[i*n : (i+1)*n]
		for k := range out {
			out[k] = m.shade(s.at(i, k))
		}
		if alpha := uint32(out[n-1]); c.associated && alpha > 0 {
			for k := range 3 {
				out[k] = uint8(min(255, (uint32(out[k])*255+alpha/2)/alpha))
			}
		}
	}
}

// shade turns a sample of any size into 8 bits.
func (m *Image) shade(v uint64) uint8 {
	switch {
	case m.format == formatFloat:
		return shadeOf(m.float(v))
	case m.Bits < 8:
		return uint8(v * 255 / (1<<m.Bits - 1))
	}
	return uint8(v >> (m.Bits - 8))
}

// float reads a floating-point sample.
func (m *Image) float(v uint64) float64 {
	switch m.Bits {
	case 16:
		return float64(half(v))
	case 24:
		return float64(float24(v))
	case 32:
		return float64(math.Float32frombits(uint32(v)))
	}
	return math.Float64frombits(v)
}

// shadeOf turns 0 to 1 into 8 bits.
func shadeOf(f float64) uint8 {
	if !(f > 0) {
		return 0
	}
	return uint8(min(f, 1)*255 + 0.5)
}

func (c *colours) cmyk(dst []byte, m *Image, p *pixels) {
	s := m.sampler(p)
	for i := range p.n {
		dst[3*i], dst[3*i+1], dst[3*i+2] = color.CMYKToRGB(
			m.shade(s.at(i, 0)), m.shade(s.at(i, 1)), m.shade(s.at(i, 2)), m.shade(s.at(i, 3)))
	}
}

// ycbcr converts brightness and colours (TIFF 6.0, section 21): where pixels share their
// colours, a unit is their brightnesses row by row, then the two colours.
func (c *colours) ycbcr(dst []byte, m *Image, p *pixels) {
	s := m.sampler(p)
	unit := c.wide*c.high + 2
	for i := range p.n {
		var y, cb, cr uint8
		if c.wide*c.high == 1 {
			y, cb, cr = uint8(s.at(i, 0)), uint8(s.at(i, 1)), uint8(s.at(i, 2))
		} else {
			x := p.x + i*p.step
			b := p.rows[0][x/c.wide*unit:][:unit]
			y, cb, cr = b[p.y*c.wide+x%c.wide], b[unit-2], b[unit-1]
		}
		c.mix(dst[3*i:3*i+3], y, cb, cr)
	}
}

func (c *colours) mix(dst []byte, y, cb, cr uint8) {
	luma, b, r := float64(y), float64(cb)-128, float64(cr)-128
	red := luma + r*(2-2*c.weights[0])
	blue := luma + b*(2-2*c.weights[2])
	green := (luma - c.weights[2]*blue - c.weights[0]*red) / c.weights[1]
	for i, v := range [3]float64{red, green, blue} {
		dst[i] = uint8(math.Round(max(0, min(255, v))))
	}
}
