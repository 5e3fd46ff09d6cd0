package extractors_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// TestPermuted reads every element of a (2, 3, 4) array through another order of axes.
func TestPermuted(t *testing.T) {
	stored := []int{2, 3, 4}
	var data []byte
	for i := range 2 * 3 * 4 {
		data = binary.LittleEndian.AppendUint16(data, uint16(i))
	}
	source := &extractors.Strided{
		Reader: bytes.NewReader(data), Size: int64(len(data)), Strides: []int64{24, 8, 2}, Type: extractors.Uint16,
	}
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		a := &extractors.Array{Type: extractors.Uint16, Source: extractors.Permuted{Source: source, Type: extractors.Uint16, Order: order}}
		for _, k := range order {
			a.Axes = append(a.Axes, extractors.Axis{Size: stored[k], Scale: 1})
		}
		for _, step := range []int{1, 2} {
			r := a.All()
			for i := range r.Count {
				r.Step[i] = step
				r.Count[i] = (r.Count[i] + step - 1) / step
			}
			got, err := a.Float64(context.Background(), r)
			require.NoError(t, err)
			var want []float64
			for i := range r.Count[0] {
				for j := range r.Count[1] {
					for k := range r.Count[2] {
						at := [3]int{}
						at[order[0]], at[order[1]], at[order[2]] = i*step, j*step, k*step
						want = append(want, float64(at[0]*12+at[1]*4+at[2]))
					}
				}
			}
			assert.Equal(t, want, got, "order %v, step %d", order, step)
		}
	}
}

func TestParseNumber(t *testing.T) {
	for text, want := range map[string]string{
		"298": "298", " -3 ": "-3", "298.0": "298.0", "1e-05": "1e-05", "0,004": "0.004", "NaN": "nan", "1E5": "100000.0",
		"18446744073709551616": "1.8446744073709552e+19",
	} {
		v, ok := extractors.ParseNumber(text)
		require.True(t, ok, text)
		assert.Equal(t, want, nexuslims.TextOf(v), text)
	}
	for _, text := range []string{"", "abc", "1,234.5", "1,2,3", "0x10", "1_000", "12 kV"} {
		_, ok := extractors.ParseNumber(text)
		assert.False(t, ok, text)
	}
}
