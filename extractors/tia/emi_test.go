package tia_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors/tia"
	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// TestBlocksOfInstruments counts the blocks of instrument files, and those of series.
func TestBlocksOfInstruments(t *testing.T) {
	for name, want := range map[string]struct {
		blocks int
		series string
	}{
		"16x16-line_profile_horizontal_5x128x128_EDS.emi": {
			9, "1: 16x16-line_profile_horizontal_5x128x128_EDS_1.ser 2: 16x16-line_profile_horizontal_5x128x128_EDS_2.ser ",
		},
		"16x16_STEM_BF_DF_acquire.emi":                  {2, "0: 16x16_STEM_BF_DF_acquire_1.ser 1: 16x16_STEM_BF_DF_acquire_2.ser "},
		"16_STOimage.emi":                               {1, "0: 16_STOimage_1.ser "},
		"Titan_TEM_10_emi_list_4_images_dataZeroed.emi": {4, ""},
		"Titan_TEM_3_eds_spectrum_image_dataZeroed.emi": {15, ""},
		"Titan_TEM_14_unreadable_emi.emi":               {0, ""},
	} {
		blocks, err := tia.Blocks(context.Background(), reference.Open(t, folder+"/"+name, ""))
		require.NoError(t, err, name)
		assert.Len(t, blocks, want.blocks, name)
		var series strings.Builder
		for i, b := range blocks {
			if b.Series() != "" {
				series.WriteString(nexuslims.TextOf(nexuslims.Int(i)) + ": " + b.Series() + " ")
			}
		}
		assert.Equal(t, want.series, series.String(), name)
	}
}

// TestBlocksBehindPixels finds the blocks of a file over a megabyte behind pixels that look
// like anything, marked or not.
func TestBlocksBehindPixels(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	random, text := make([]byte, 2*1024*1024), bytes.Repeat([]byte("text, "), 2*1024*1024/6+1)
	for i := range random {
		random[i] = byte(rnd.IntN(256))
	}
	text = text[:len(random)]
	for what, pixels := range map[string][]byte{"noise": random, "text": text, "zeros": make([]byte, len(random))} {
		for _, blanked := range []bool{false, true} {
			var emi synth.EMI
			for i := range 3 {
				o := synth.TIAStack(1024, 1, 1, microscope()).EMI
				o.Pixels, o.Series = pixels, `C:\a_`+string(rune('1'+i))+`.ser`
				for range 120 { // as long as those of instruments
					o.Block.Header = append(o.Block.Header, [2]string{"7", "0.0000000000000001"})
				}
				emi.Objects = append(emi.Objects, o)
			}
			emi.Blanked = blanked
			b, err := emi.Bytes()
			require.NoError(t, err)
			d := folderOf(map[string][]byte{"a.emi": b})
			f, err := d.open("a.emi")
			require.NoError(t, err)
			blocks, err := tia.Blocks(context.Background(), f)
			require.NoError(t, err)
			require.Len(t, blocks, 3, "%s, blanked: %t", what, blanked)
			assert.Less(t, d.read.Bytes(), int64(400<<10))
			for _, x := range blocks {
				info, err := tia.ReadInfo(f, x)
				require.NoError(t, err)
				assert.Equal(t, "FEI (STEM)", info.Tree.Text("Manufacturer"))
			}
		}
	}
}
