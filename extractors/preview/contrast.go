package preview

import "math"

// bins is how finely values are counted: sixteen-bit pixels are told apart exactly.
const bins = 1 << 16

// contrast returns the percentiles 0.1 and 99.9 of the finite values: one hot pixel must
// not blacken a picture. Where they are equal it returns the extremes. Values that are
// shades already keep their whole range.
func (p *plane) contrast() (low, high float32) {
	if p.shades {
		return 0, math.MaxUint8
	}
	values, least, most := p.samples, p.least, p.most
	low, high = percentiles(values, least, most)
	if high-low < (most-least)/256 && high >= low && most > least {
		// Outliers left few bins for the rest: count again within these bounds.
		width := (most - least) / bins
		low, high = percentiles(values, max(least, low-width), min(most, high+width))
	}
	if !(high > low) {
		return least, most
	}
	return low, high
}

// percentiles counts the values by their place between two bounds; those outside count
// at the ends.
func percentiles(values []float32, least, most float32) (low, high float32) {
	scale := (bins - 1) / (most - least)
	if !(most > least) || scale == 0 || math.IsInf(float64(scale), 0) || scale != scale {
		return least, most
	}
	var tables [2]*[bins]uint32
	halves(len(values), func(half, from, to int) {
		t := new([bins]uint32)
		count(t, values[from:to], least, scale)
		tables[half] = t
	})
	if tables[1] != nil {
		for i, n := range tables[1] {
			tables[0][i] += n
		}
	}
	total := uint64(0)
	for _, n := range tables[0] {
		total += uint64(n)
	}
	value := func(rank float64) float32 {
		seen := uint64(0)
		for i, n := range tables[0] {
			if seen += uint64(n); float64(seen) > rank {
				return least + float32(float64(i)*float64(most-least)/(bins-1))
			}
		}
		return most
	}
	return value(0.001 * float64(total-1)), value(0.999 * float64(total-1))
}

func count(t *[bins]uint32, values []float32, least, scale float32) {
	for _, v := range values {
		f := (v-least)*scale + 0.5
		switch {
		case f > 0 && f < bins:
			t[int(f)&(bins-1)]++
		case v-v != 0: // NaN or infinite
		case f > 0:
			t[bins-1]++
		default:
			t[0]++
		}
	}
}

// extremes returns the least and greatest finite value; 0, 0 where there is none.
func extremes(values []float32) (least, most float32) {
	least, most = bounds(values)
	if least > most {
		return 0, 0
	}
	return least, most
}

// bounds is extremes, with infinities where there is no finite value.
func bounds(values []float32) (least, most float32) {
	least, most = float32(math.Inf(1)), float32(math.Inf(-1))
	for _, v := range values {
		if v < least && v >= -math.MaxFloat32 {
			least = v
		}
		if v > most && v <= math.MaxFloat32 {
			most = v
		}
	}
	return least, most
}

// stretch maps values to 0 to 1 between the bounds, NaN to 0, raised to a power. Constant
// values become 0, which is black.
func stretch(values []float32, low, high float32, root bool) {
	if !(high > low) {
		clear(values)
		return
	}
	span := float64(high) - float64(low)
	factor, base := float32(1/span), low
	if span > 1e37 || span < 1e-37 {
		stretchExactly(values, float64(low), span)
		factor, base = 1, 0
	}
	halves(len(values), func(_, from, to int) {
		for i, v := range values[from:to] {
			v = (v - base) * factor
			if !(v > 0) {
				v = 0
			} else if v > 1 {
				v = 1
			}
			if root {
				v = float32(math.Sqrt(float64(v)))
			}
			values[from+i] = v
		}
	})
}

// stretchExactly is for ranges that single precision cannot divide by.
func stretchExactly(values []float32, low, span float64) {
	for i, v := range values {
		values[i] = float32((float64(v) - low) / span)
	}
}
