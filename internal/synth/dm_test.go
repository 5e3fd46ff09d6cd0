package synth_test

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/synth"
)

var at = time.Date(2024, 5, 14, 9, 30, 0, 0, time.UTC)

func TestPixelsAreLively(t *testing.T) {
	p := synth.Pixels(256, 128, 7)
	require.Len(t, p.Values, 256*128)
	distinct := map[uint16]int{}
	for _, v := range p.Values {
		distinct[v]++
	}
	assert.Greater(t, len(distinct), 1000, "gray values")
	assert.Equal(t, p, synth.Pixels(256, 128, 7), "same seed, same picture")
	assert.NotEqual(t, p, synth.Pixels(256, 128, 8), "other seed, other picture")
}

func TestDMIsDeterministicAndHasTheStatedSize(t *testing.T) {
	d := synth.TEMImage(64, 1, synth.DefaultMicroscope(at))
	a, err := d.Bytes()
	require.NoError(t, err)
	b, err := synth.TEMImage(64, 1, synth.DefaultMicroscope(at)).Bytes()
	require.NoError(t, err)
	assert.Equal(t, a, b)
	// The length in the header counts what follows it, without the end of 8 zeros.
	assert.Equal(t, []byte{0, 0, 0, 3}, a[:4])
	assert.Equal(t, len(a)-12-8, int(uint32(a[4])<<24|uint32(a[5])<<16|uint32(a[6])<<8|uint32(a[7])))
}

func TestStackIsSparse(t *testing.T) {
	name := filepath.Join(t.TempDir(), "stack.dm4")
	f, err := os.Create(name)
	require.NoError(t, err)
	size, err := synth.Stack(1024, 1024, 2048, synth.DefaultMicroscope(at)).Write(f)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	info, err := os.Stat(name)
	require.NoError(t, err)
	assert.Equal(t, size, info.Size())
	assert.Greater(t, size, int64(4<<30))
}

func TestDMRefusesWhatCannotBeWritten(t *testing.T) {
	for name, d := range map[string]synth.DM{
		"version":   {Version: 6},
		"data type": {Version: 3, Images: []synth.DMImage{{Type: 99, Size: []int{2}}}},
		"pixels":    {Version: 3, Images: []synth.DMImage{{Type: 7, Size: []int{2}, Pixels: []byte{1}}}},
		"value":     {Version: 4, Root: synth.Group{{Name: "x", Value: struct{}{}}}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := d.Bytes()
			assert.ErrorContains(t, err, "synth: ")
		})
	}
}

func TestPNGShowsThePicture(t *testing.T) {
	p := synth.Pixels(40, 30, 3)
	b, err := synth.PNG(p)
	require.NoError(t, err)
	img, err := png.Decode(bytes.NewReader(b))
	require.NoError(t, err)
	assert.Equal(t, 40, img.Bounds().Dx())
	assert.Equal(t, 30, img.Bounds().Dy())
}

func BenchmarkPixels(b *testing.B) {
	for b.Loop() {
		synth.Pixels(2048, 2048, 1)
	}
}
