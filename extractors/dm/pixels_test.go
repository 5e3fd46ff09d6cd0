package dm_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// noise returns n bytes, the same each time.
func noise(n int) []byte {
	rnd := rand.New(rand.NewPCG(3, 4))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rnd.UintN(256))
	}
	return b
}

// TestElementTypes reads each type in both byte orders.
func TestElementTypes(t *testing.T) {
	for kind, want := range map[int]extractors.ElementType{
		1: extractors.Int16, 2: extractors.Float32, 3: extractors.Complex64, 6: extractors.Uint8, 7: extractors.Int32,
		9: extractors.Int8, 10: extractors.Uint16, 11: extractors.Uint32, 12: extractors.Float64,
		13: extractors.Complex128, 14: extractors.Bool8, 39: extractors.Int64, 40: extractors.Uint64,
		8: extractors.RGB, 23: extractors.RGB, 5: extractors.Complex64,
	} {
		for _, big := range []bool{false, true} {
			t.Run(fmt.Sprintf("type %d, big endian %t", kind, big), func(t *testing.T) {
				stored := want.Size()
				if want == extractors.RGB {
					stored = 4
				}
				image := shape("nm,nm", 6, 5)
				image.Type, image.Pixels = kind, noise(30*stored)
				if kind == 5 { // stored as a packed transform
					image.Pixels = noise(20 * stored)
				}
				s := read(t, synth.DM{BigEndian: big, Images: []synth.DMImage{image}}).Signals[0]
				require.NotNil(t, s.Data, s.NoPreview)
				assert.Equal(t, want, s.Data.Type)
				got, err := s.Data.Read(context.Background(), s.Data.All())
				require.NoError(t, err)
				switch {
				case want == extractors.RGB:
					for i := range 30 {
						assert.Equal(t, []byte{image.Pixels[4*i+2], image.Pixels[4*i+1], image.Pixels[4*i]}, got[3*i:3*i+3])
					}
				case kind != 5:
					assert.Equal(t, image.Pixels, got)
				}
			})
		}
	}
}

// TestRegions compares parts of arrays with what the whole says: every way of reading the
// file must give the same.
func TestRegions(t *testing.T) {
	image := shape("nm,nm", 700, 300)
	image.Type, image.Pixels = 7, noise(700*300*4)
	stack := shape("nm,nm,s", 64, 48, 50)
	stack.Type, stack.Pixels = 10, noise(64*48*50*2)
	spectra := shape("nm,nm,eV", 17, 13, 900)
	spectra.Pixels, spectra.Tags = noise(17*13*900*4), synth.Group{metaData(si, "EELS")}
	rnd := rand.New(rand.NewPCG(5, 6))
	for name, i := range map[string]synth.DMImage{"image": image, "stack": stack, "spectrum image": spectra} {
		t.Run(name, func(t *testing.T) {
			a := read(t, synth.DM{Images: []synth.DMImage{i}}).Signals[0].Data
			all, err := a.Read(context.Background(), a.All())
			require.NoError(t, err)
			for range 60 {
				r := randomRegion(rnd, a.Shape())
				got, err := a.Read(context.Background(), r)
				require.NoError(t, err)
				require.Equal(t, pick(all, a, r), got, "%+v", r)
			}
		})
	}
}

func randomRegion(rnd *rand.Rand, shape []int) extractors.Region {
	var r extractors.Region
	for _, n := range shape {
		start, step := rnd.IntN(n), 1+rnd.IntN(1+n/3)
		if rnd.IntN(2) == 0 {
			step = 1
		}
		most := (n-start-1)/step + 1
		r.Start, r.Step, r.Count = append(r.Start, start), append(r.Step, step), append(r.Count, 1+rnd.IntN(most))
	}
	return r
}

// pick takes a region out of a whole array, one element after the other.
func pick(all []byte, a *extractors.Array, r extractors.Region) []byte {
	size := a.Type.Size()
	index := make([]int, len(r.Count))
	var out []byte
	for range r.Len() {
		at := 0
		for i, n := range a.Shape() {
			at = at*n + r.Start[i] + index[i]*r.Step[i]
		}
		out = append(out, all[at*size:(at+1)*size]...)
		for i := len(index) - 1; i >= 0; i-- {
			if index[i]++; index[i] < r.Count[i] {
				break
			}
			index[i] = 0
		}
	}
	return out
}

// TestPackedTransform unfolds the transform of a real image, which is Hermitian about the
// zero frequency.
func TestPackedTransform(t *testing.T) {
	const n, m = 8, 6
	half := make([]float32, 2*m*(n/2+1))
	at := func(r, k int) (re, im float32) { return float32(100*r + k), float32(r - 3*k) }
	for r := range m {
		for k := range n/2 + 1 {
			half[2*(r*(n/2+1)+k)], half[2*(r*(n/2+1)+k)+1] = at(r, k)
		}
	}
	image := shape("1/nm,1/nm", n, m)
	image.Type, image.Pixels = 27, synth.Floats(half)
	s := read(t, synth.DM{Images: []synth.DMImage{image}}).Signals[0]
	require.NotNil(t, s.Data, s.NoPreview)
	b, err := s.Data.Read(context.Background(), s.Data.All())
	require.NoError(t, err)
	value := func(r, c int) (re, im float32) {
		i := 8 * (r*n + c)
		return float32At(b[i:]), float32At(b[i+4:])
	}
	for r := range m {
		for k := range n/2 + 1 {
			re, im := at(r, k)
			gotRe, gotIm := value(r, n/2-k)
			assert.Equal(t, []float32{re, im}, []float32{gotRe, gotIm}, "stored half, row %d, frequency %d", r, k)
			if k == 0 || k == n/2 {
				continue
			}
			gotRe, gotIm = value((m-r)%m, n/2+k)
			assert.Equal(t, []float32{re, -im}, []float32{gotRe, gotIm}, "other half, row %d, frequency %d", r, k)
		}
	}
	odd := shape("1/nm,1/nm,nm", n, m, 2)
	odd.Type = 27
	s = read(t, synth.DM{Images: []synth.DMImage{odd}}).Signals[0]
	assert.Nil(t, s.Data)
	assert.Contains(t, s.NoPreview, "a packed Fourier transform of the size [8 6 2] cannot be read")
}

func float32At(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) }
