package tiff_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestWhole(t *testing.T) {
	data := samples(40*40, 2, 16, 1)
	page := synth.TIFFPage{Width: 40, Height: 40, Bits: 16, RowsPerStrip: 10, Data: data}
	b := encode(t, synth.TIFFOptions{}, page)
	rows, err := image(t, b, 0).Whole()
	require.NoError(t, err)
	assert.Equal(t, 40, rows)

	for name, c := range map[string]struct {
		change func(p *synth.TIFFPage)
		rows   int
	}{
		"strips":         {func(p *synth.TIFFPage) { p.Offsets = []uint64{8, 808, 1608, 1 << 30} }, 30},
		"nothing":        {func(p *synth.TIFFPage) { p.Offsets = []uint64{1 << 30, 1 << 30, 1 << 30, 1 << 30} }, 0},
		"too few strips": {func(p *synth.TIFFPage) { p.Offsets = []uint64{8, 8} }, 20},
		"compressed": {func(p *synth.TIFFPage) {
			p.Compression, p.Offsets, p.Sizes = 8, []uint64{8, 8, 8, 8}, []uint64{9, 9, 1 << 20, 9}
		}, 20},
	} {
		t.Run(name, func(t *testing.T) {
			p := page
			c.change(&p)
			if p.Sizes == nil {
				p.Sizes = make([]uint64, len(p.Offsets))
				for i := range p.Sizes {
					p.Sizes[i] = 800
				}
			}
			p.Data = nil
			b := append(encode(t, synth.TIFFOptions{}, p), make([]byte, 3000)...)
			rows, err := image(t, b, 0).Whole()
			require.ErrorIs(t, err, nexuslims.Corrupt)
			assert.Equal(t, c.rows, rows)
		})
	}
}

func TestWholeCountsTheRowsOfAStripThatBreaksOff(t *testing.T) {
	p := synth.TIFFPage{Width: 40, Height: 40, Bits: 16, Offsets: []uint64{0}, Sizes: []uint64{3200}}
	p.Offsets[0] = uint64(len(encode(t, synth.TIFFOptions{}, p)))
	b := append(encode(t, synth.TIFFOptions{}, p), make([]byte, 3*80+10)...)
	rows, err := image(t, b, 0).Whole()
	require.ErrorIs(t, err, nexuslims.Corrupt)
	assert.Equal(t, 3, rows)
}
