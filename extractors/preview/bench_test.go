package preview_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/preview"
)

// rows delivers stored elements of a two-dimensional array as a file in memory would.
type rows struct {
	width, size int
	raw         []byte
}

func (s rows) ReadRegion(_ context.Context, r extractors.Region, dst []byte) error {
	line := r.Count[1] * s.size
	for y := range r.Count[0] {
		at := ((r.Start[0]+y*r.Step[0])*s.width + r.Start[1]) * s.size
		copy(dst[y*line:(y+1)*line], s.raw[at:])
	}
	return nil
}

func stored(side int, t extractors.ElementType) *extractors.Signal {
	s := signal(t, nil, axis("y", side, 0.5, "nm"), axis("x", side, 0.5, "nm"))
	s.Title = "A micrograph"
	s.Data.Source = rows{side, t.Size(), particlePixels(side, t)}
	return s
}

func particlePixels(side int, t extractors.ElementType) []byte {
	raw := make([]byte, side*side*t.Size())
	value := particles(side, side)
	for i := range side * side {
		put(raw[i*t.Size():], t, value([]int{i / side, i % side}))
	}
	return raw
}

func BenchmarkImage(b *testing.B) {
	for _, t := range []extractors.ElementType{extractors.Uint16, extractors.Int32, extractors.Float32} {
		b.Run(t.String(), func(b *testing.B) {
			s := stored(2048, t)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := preview.Draw(context.Background(), s, preview.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// sparse delivers zeros with a pattern, of which hardly anything is in memory.
type sparse struct{ size int }

func (s sparse) ReadRegion(_ context.Context, r extractors.Region, dst []byte) error {
	clear(dst)
	for i := 0; i < len(dst); i += 64 * s.size {
		dst[i] = uint8(r.Start[0] + i/64)
	}
	return nil
}

// BenchmarkStack draws a series of 4 GB; B/op shows what it takes of memory.
func BenchmarkStack(b *testing.B) {
	s := signal(extractors.Uint16, nil, nav("t", 128), axis("y", 4096, 1, "nm"), axis("x", 4096, 1, "nm"))
	s.Data.Source = sparse{2}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := preview.Draw(context.Background(), s, preview.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkKinds(b *testing.B) {
	for _, k := range kinds() {
		b.Run(k.name, func(b *testing.B) {
			s := k.signal()
			if s.Data != nil {
				s.Data.Source = made{s.Data.Type, func([]int) float64 { return 1 }, new(atomic.Int64)}
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := preview.Draw(context.Background(), s, k.options); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
