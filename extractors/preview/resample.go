package preview

import "math"

// resample brings a plane to a size in pixels, with a Lanczos filter of three lobes;
// enlargements of more than four times keep their pixels as squares, as the filter
// would add rings around them.
func (p *plane) resample(width, height int) []float32 {
	if float64(width) > 4*p.spanX || float64(height) > 4*p.spanY {
		return p.nearest(width, height)
	}
	across := newFilter(p.columns, p.spanX, width)
	down := newFilter(p.rows, p.spanY, height)
	tmp := make([]float32, width*p.rows)
	halves(p.rows, func(_, from, to int) {
		for y := from; y < to; y++ {
			in, out := p.values[y*p.columns:][:p.columns], tmp[y*width:][:width]
			for x, t := range across {
				var sum float32
				for i, v := range in[t.first:][:len(t.weights)] {
					sum += v * t.weights[i]
				}
				out[x] = sum
			}
		}
	})
	result := make([]float32, width*height)
	halves(height, func(_, from, to int) {
		for y := from; y < to; y++ {
			out := result[y*width:][:width]
			for i, w := range down[y].weights {
				for x, v := range tmp[(down[y].first+i)*width:][:width] {
					out[x] += v * w
				}
			}
		}
	})
	return result
}

func (p *plane) nearest(width, height int) []float32 {
	result := make([]float32, width*height)
	for y := range height {
		row := p.values[min(int((float64(y)+0.5)*p.spanY/float64(height)), p.rows-1)*p.columns:]
		for x := range width {
			result[y*width+x] = row[min(int((float64(x)+0.5)*p.spanX/float64(width)), p.columns-1)]
		}
	}
	return result
}

// taps are the weights of one pixel of the result.
type taps struct {
	first   int
	weights []float32
}

// newFilter returns the weights that bring n values, which span that many, to size.
func newFilter(n int, span float64, size int) []taps {
	scale := span / float64(size)
	wide := max(scale, 1)
	all := make([]taps, size)
	for i := range all {
		middle := (float64(i) + 0.5) * scale
		first := max(0, min(n-1, int(math.Ceil(middle-3*wide-0.5))))
		last := min(n-1, max(first, int(math.Floor(middle+3*wide-0.5))))
		weights := make([]float32, last-first+1)
		sum := 0.0
		for k := range weights {
			w := lanczos((float64(first+k) + 0.5 - middle) / wide)
			weights[k] = float32(w)
			sum += w
		}
		for k := range weights {
			weights[k] /= float32(sum)
		}
		all[i] = taps{first, weights}
	}
	return all
}

func lanczos(x float64) float64 {
	if x = math.Abs(x); x < 1e-9 {
		return 1
	} else if x >= 3 {
		return 0
	}
	x *= math.Pi
	return 3 * math.Sin(x) * math.Sin(x/3) / (x * x)
}
