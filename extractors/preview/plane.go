package preview

import (
	"context"
	"math"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// plane is a two-dimensional piece of an array, reduced to about twice the size in which
// it is drawn.
type plane struct {
	width, height int // elements of the array along the two axes
	columns, rows int // of values
	// spanX and spanY are how many columns and rows the whole extent takes: the last may
	// stand for less than the others.
	spanX, spanY float64
	values       []float32
	samples      []float32 // what was read, or every n-th of it, for the contrast
	least, most  float32   // finite values of all that was read; 0, 0 where there is none
	shades       bool      // the values are shades of gray, 0 to 255
}

const (
	workers    = 2       // what a preview may take of the machine
	bandPixels = 1 << 18 // read at once
	maxSamples = 1 << 20
)

// reading says what to read of an array.
type reading struct {
	array     *extractors.Array
	at        []int // indices on all axes but the last two
	target    int   // side of the box in which the plane is drawn
	maxPixels int64
	shades    bool // see [extractors.Signal].AsIs
	// contrastRows is of how many rows of the array the contrast is taken; 0: of all.
	contrastRows int
}

// layout is how the elements of a plane are read and averaged.
type layout struct {
	reading
	plane        *plane
	stepX, stepY int // between elements read
	readX, readY int // elements read
	boxX, boxY   int // elements averaged into one value
	every        int // of the elements read, which part is a sample
}

func newLayout(r reading) *layout {
	axes := r.array.Axes[len(r.array.Axes)-2:]
	w, h := axes[1].Size, axes[0].Size
	l := &layout{reading: r, stepX: 1, stepY: 1, readX: w, readY: h, every: 1}
	for int64(l.readX)*int64(l.readY) > r.maxPixels {
		if l.readX > l.readY {
			l.stepX++
			l.stepX += l.stepX / 8
		} else {
			l.stepY++
			l.stepY += l.stepY / 8
		}
		l.readX, l.readY = (w-1)/l.stepX+1, (h-1)/l.stepY+1
	}
	tw, th := fit(w, h, r.target, r.target)
	l.boxX, l.boxY = max(1, l.readX/(2*tw)), max(1, l.readY/(2*th))
	p := &plane{shades: r.shades, width: w, height: h, columns: (l.readX-1)/l.boxX + 1, rows: (l.readY-1)/l.boxY + 1}
	p.spanX, p.spanY = float64(l.readX)/float64(l.boxX), float64(l.readY)/float64(l.boxY)
	p.values = make([]float32, p.columns*p.rows)
	l.every = sampling(l.readX, l.readY)
	p.samples = make([]float32, l.samplesBefore(l.counted(0, l.readY)))
	l.plane = p
	return l
}

// samplesBefore returns how many samples there are before a row. They are counted from the
// first element of the plane, so that bands do not matter.
func (l *layout) samplesBefore(row int) int { return (row*l.readX + l.every - 1) / l.every }

// counted returns how many of count rows from the first on the contrast is taken from.
func (l *layout) counted(first, count int) int {
	if l.contrastRows <= 0 {
		return count
	}
	return max(0, min(count, (l.contrastRows-1)/l.stepY+1-first))
}

// sampling returns of how many elements one is counted: a number without common divisor
// with the width, so that all columns take part.
func sampling(width, height int) int {
	every := (width*height-1)/maxSamples + 1
	for every > 1 && gcd(every, width) > 1 {
		every++
	}
	return every
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// readPlane reads a plane in bands, several at once. The error is that of the first band that
// has one, whichever of them came first.
func readPlane(ctx context.Context, r reading) (*plane, error) {
	l := newLayout(r)
	perBand := max(1, bandPixels/(l.readX*l.boxY)) * l.boxY
	bands := make([]band, (l.readY-1)/perBand+1)
	failures := make([]error, len(bands))
	var next atomic.Int64
	var failed atomic.Bool
	var g errgroup.Group
	for range min(workers, len(bands)) {
		b := bandReader{layout: l}
		g.Go(guarded(func() error {
			for i := int(next.Add(1)) - 1; i < len(bands) && !failed.Load(); i = int(next.Add(1)) - 1 {
				bands[i], failures[i] = b.read(ctx, i*perBand, min(perBand, l.readY-i*perBand))
				if failures[i] != nil {
					failed.Store(true)
				}
			}
			return nil
		}))
	}
	panicked := g.Wait()
	for _, err := range append(failures, panicked) {
		if err != nil {
			return nil, err
		}
	}
	l.plane.gather(bands)
	return l.plane, nil
}

// band is what the contrast needs of some rows besides the samples.
type band struct{ least, most float32 }

// gather joins what is known of all bands.
func (p *plane) gather(bands []band) {
	p.least, p.most = float32(math.Inf(1)), float32(math.Inf(-1))
	for _, b := range bands {
		p.least, p.most = min(p.least, b.least), max(p.most, b.most)
	}
	if p.least > p.most {
		p.least, p.most = 0, 0
	}
}

// bandReader reads bands one after the other into the same memory.
type bandReader struct {
	*layout
	raw    []byte
	values []float32 // of the rows of a box
}

// read reads count rows from the first on and averages them, those of one box after the
// other: what is worked on stays in the fastest memory.
func (b *bandReader) read(ctx context.Context, first, count int) (band, error) {
	if err := ctx.Err(); err != nil {
		return band{}, err
	}
	size := b.array.Type.Size()
	b.raw = grown(b.raw, count*b.readX*size)
	if err := b.array.Source.ReadRegion(ctx, b.region(first, count), b.raw); err != nil {
		return band{}, err
	}
	b.values = grown(b.values, b.boxY*b.readX)
	got := band{float32(math.Inf(1)), float32(math.Inf(-1))}
	for y := 0; y < count; y += b.boxY {
		high := min(b.boxY, count-y)
		rows := b.values[:high*b.readX]
		b.array.Type.DecodeFloat32(rows, b.raw[y*b.readX*size:])
		b.average(first+y, rows)
		if n := b.counted(first+y, high); n > 0 {
			least, most := bounds(rows[:n*b.readX])
			got.least, got.most = min(got.least, least), max(got.most, most)
			b.sample(first+y, rows[:n*b.readX])
		}
	}
	return got, nil
}

// sample keeps one in every of the values of some rows.
func (b *bandReader) sample(first int, values []float32) {
	k := b.samplesBefore(first)
	samples := b.plane.samples[k:]
	if b.every == 1 {
		copy(samples, values)
		return
	}
	for i := k*b.every - first*b.readX; i < len(values); i += b.every {
		samples[0], samples = values[i], samples[1:]
	}
}

func (b *bandReader) region(first, count int) extractors.Region {
	n := len(b.array.Axes)
	r := extractors.Region{Start: make([]int, n), Count: make([]int, n), Step: make([]int, n)}
	for i := range n - 2 {
		r.Start[i], r.Count[i], r.Step[i] = b.at[i], 1, 1
	}
	r.Start[n-2], r.Count[n-2], r.Step[n-2] = first*b.stepY, count, b.stepY
	r.Count[n-1], r.Step[n-1] = b.readX, b.stepX
	return r
}

// average writes the means of the boxes whose rows begin with the first.
func (b *bandReader) average(first int, rows []float32) {
	out := b.plane.values[first/b.boxY*b.plane.columns:][:b.plane.columns]
	high := len(rows) / b.readX
	switch {
	case b.boxX == 1 && high == 1:
		copy(out, rows)
	case b.boxX == 2 && high == 2 && b.readX%2 == 0:
		b.pairs(out, rows)
	default:
		b.boxes(out, rows, high)
	}
}

// boxes is average for boxes of any size: row by row.
func (b *bandReader) boxes(out, rows []float32, high int) {
	clear(out)
	for y := range high {
		row := rows[y*b.readX:][:b.readX]
		for x, sum := range out {
			box := row[x*b.boxX : min((x+1)*b.boxX, len(row))]
			for _, v := range box {
				sum += v
			}
			out[x] = sum
		}
	}
	for x, sum := range out {
		wide := min(b.boxX, b.readX-x*b.boxX)
		if sum-sum == 0 { // finite
			out[x] = sum / float32(wide*high)
		} else {
			out[x] = b.mean(rows, x*b.boxX, wide, high)
		}
	}
}

// pairs is average for boxes of two by two, the most common.
func (b *bandReader) pairs(out, rows []float32) {
	upper, lower := rows[:b.readX], rows[b.readX:][:b.readX]
	for x := range out {
		v := (upper[2*x] + upper[2*x+1] + lower[2*x] + lower[2*x+1]) / 4
		if v-v != 0 {
			v = b.mean(rows, 2*x, 2, 2)
		}
		out[x] = v
	}
}

// mean is the mean of the finite values of a box in which others are: NaN where there are none.
func (b *bandReader) mean(rows []float32, x, wide, high int) float32 {
	var exact float64
	n := 0
	for y := range high {
		for _, v := range rows[y*b.readX+x:][:wide] {
			if v-v == 0 {
				exact += float64(v)
				n++
			}
		}
	}
	if n == 0 {
		return float32(math.NaN())
	}
	return float32(exact / float64(n))
}

func grown[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// halves runs f on two ranges of 0 to n at once. A panic of either is one of the caller.
func halves(n int, f func(half, from, to int)) {
	if n < 64 {
		f(0, 0, n)
		return
	}
	var wait sync.WaitGroup
	var second any
	wait.Go(func() {
		defer func() { second = recover() }()
		f(1, n/2, n)
	})
	func() {
		defer wait.Wait()
		f(0, 0, n/2)
	}()
	if second != nil {
		panic(second)
	}
}
