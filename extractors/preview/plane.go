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
	bandPixels = 1 << 17 // read at once
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
	l.plane = p
	return l
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

// readPlane reads a plane in bands, several at once.
func readPlane(ctx context.Context, r reading) (*plane, error) {
	l := newLayout(r)
	perBand := max(1, bandPixels/(l.readX*l.boxY)) * l.boxY
	bands := make([]band, (l.readY-1)/perBand+1)
	var next atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for range min(workers, len(bands)) {
		g.Go(guarded(func() error {
			b := bandReader{layout: l}
			for i := int(next.Add(1)) - 1; i < len(bands); i = int(next.Add(1)) - 1 {
				var err error
				if bands[i], err = b.read(ctx, i*perBand, min(perBand, l.readY-i*perBand)); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	l.plane.gather(bands)
	return l.plane, nil
}

// band is what the contrast needs of some rows.
type band struct {
	least, most float32
	samples     []float32
}

// gather joins the samples of all bands, in order.
func (p *plane) gather(bands []band) {
	n := 0
	for _, b := range bands {
		n += len(b.samples)
	}
	p.samples = make([]float32, 0, n)
	p.least, p.most = float32(math.Inf(1)), float32(math.Inf(-1))
	for _, b := range bands {
		p.samples = append(p.samples, b.samples...)
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
	values []float32
}

// read reads count rows from the first on and averages them.
func (b *bandReader) read(ctx context.Context, first, count int) (band, error) {
	if err := ctx.Err(); err != nil {
		return band{}, err
	}
	n := count * b.readX
	b.raw = grown(b.raw, n*b.array.Type.Size())
	if err := b.array.Source.ReadRegion(ctx, b.region(first, count), b.raw); err != nil {
		return band{}, err
	}
	b.values = grown(b.values, n)
	b.array.Type.DecodeFloat32(b.values, b.raw)
	b.average(first, count)
	var got band
	n = b.counted(first, count) * b.readX
	got.least, got.most = bounds(b.values[:n])
	got.samples = make([]float32, 0, n/b.every+1)
	// Counted from the first element of the plane, so that bands do not matter.
	for i := (b.every - first*b.readX%b.every) % b.every; i < n; i += b.every {
		got.samples = append(got.samples, b.values[i])
	}
	return got, nil
}

// counted returns how many rows of a band the contrast is taken from.
func (b *bandReader) counted(first, count int) int {
	if b.contrastRows <= 0 {
		return count
	}
	return max(0, min(count, (b.contrastRows-1)/b.stepY+1-first))
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

// average writes the means of the boxes of a band, which begins at a box.
func (b *bandReader) average(first, count int) {
	for y := 0; y < count; y += b.boxY {
		out := b.plane.values[(first+y)/b.boxY*b.plane.columns:][:b.plane.columns]
		high := min(b.boxY, count-y)
		if b.boxX == 1 && high == 1 {
			copy(out, b.values[y*b.readX:][:b.readX])
			continue
		}
		rows := b.values[y*b.readX:][:high*b.readX]
		if b.boxX == 2 && high == 2 && b.readX%2 == 0 {
			b.pairs(out, rows)
			continue
		}
		for x := range out {
			out[x] = b.mean(rows, x*b.boxX, min(b.boxX, b.readX-x*b.boxX), high)
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

// mean is the mean of the finite values of a box: NaN where there are none.
func (b *bandReader) mean(rows []float32, x, wide, high int) float32 {
	var sum float32
	for y := range high {
		for _, v := range rows[y*b.readX+x:][:wide] {
			sum += v
		}
	}
	if sum-sum == 0 { // finite
		return sum / float32(wide*high)
	}
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
