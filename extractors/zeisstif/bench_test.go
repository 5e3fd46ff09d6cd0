package zeisstif_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/preview"
	"github.com/nexuslims/nexuslims-go/extractors/zeisstif"
	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
)

// hugePicture is a picture of 3.6 GB, one strip behind its settings.
func hugePicture(t *testing.T) fault.Sparse {
	t.Helper()
	const side = 60000
	text := synth.SEMImage(16, 1, taken).Text(0)
	page := synth.TIFFPage{
		Width: side, Height: side, Offsets: []uint64{1 << 20}, Sizes: []uint64{side * side},
		Tags: []synth.TIFFTag{{ID: 34118, Value: text}},
	}
	data, err := synth.TIFFFile(synth.TIFFOptions{}, page)
	require.NoError(t, err)
	return fault.Sparse{Data: data, Size: 1<<20 + side*side}
}

// TestHugePicture reads the settings of a montage, and nothing else.
func TestHugePicture(t *testing.T) {
	huge := hugePicture(t)
	c := &fault.Counting{R: huge}
	f := extractors.NewFile("a.tif", c, huge.Size, taken, extractors.Context{})
	assert.True(t, zeisstif.New().Match(f))
	result, err := zeisstif.New().Extract(context.Background(), f)
	require.NoError(t, err)
	assert.Less(t, c.Bytes(), int64(64<<10))
	s := result.Signals[0]
	require.NotNil(t, s.Data)
	assert.Equal(t, []int{60000, 60000}, s.Data.Shape())
	_, err = s.Data.Read(context.Background(), extractors.Region{Start: []int{59999, 0}, Count: []int{1, 10}, Step: []int{1, 1}})
	require.NoError(t, err)
	assert.Less(t, c.Bytes(), int64(256<<10))
}

// TestManyPages reads only so much of the settings of many pages.
func TestManyPages(t *testing.T) {
	s := synth.SEMImage(16, 1, taken)
	for range 79 {
		s.Pages = append(s.Pages, s.Pages[0])
	}
	s.Settings = []synth.Setting{{Name: "SV_USER_TEXT", Value: "User Text = " + long(40<<10)}}
	data := s.Bytes()
	c := &fault.Counting{R: fault.Sparse{Data: data, Size: int64(len(data))}}
	f := extractors.NewFile("a.tif", c, int64(len(data)), taken, extractors.Context{})
	result, err := zeisstif.New().Extract(context.Background(), f)
	require.NoError(t, err)
	assert.Len(t, result.Signals, 64)
	assert.Less(t, c.Bytes(), int64(1<<20))
	assert.Len(t, result.Warnings, 2)
	for _, signal := range result.Signals {
		assert.Equal(t, "DEMO", signal.Meta.Text("Operator"))
	}
}

func long(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = 'a' + byte(i%26)
	}
	return string(b)
}

func BenchmarkMetadata(b *testing.B) {
	picture := synth.Pixels(2048, 1536, 1)
	for name, data := range map[string][]byte{
		"SmartSEM": synth.SEMImage(2048, 1, taken).Bytes(),
		"Orion":    synth.Orion{Picture: picture, Field: 1, Time: taken}.Bytes(),
		"Fibics":   synth.Fibics{Picture: picture, Beam: "SEM", Field: 45, Time: taken}.Bytes(),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := zeisstif.New().Extract(context.Background(), file("a.tif", data))
				require.NoError(b, err)
			}
		})
	}
	b.Run("instrument", func(b *testing.B) {
		data := extractorFile(b, testdata.Unpacked(b, "instrument-files/zeiss-tiff/FeMoOx_AntiA_04_1k5x_CN.tif"))
		for b.Loop() {
			_, err := zeisstif.New().Extract(context.Background(), file("a.tif", data))
			require.NoError(b, err)
		}
	})
}

func BenchmarkPreview(b *testing.B) {
	picture := synth.Pixels(2048, 2048, 1)
	for name, data := range map[string][]byte{
		"SmartSEM": synth.SmartSEM{Pages: []synth.Picture{picture}, PixelSize: 10, Time: taken}.Bytes(),
		"Orion":    synth.Orion{Picture: picture, Field: 1, Time: taken}.Bytes(),
	} {
		b.Run(name, func(b *testing.B) {
			result, err := zeisstif.New().Extract(context.Background(), file("a.tif", data))
			require.NoError(b, err)
			for b.Loop() {
				_, err := preview.Draw(context.Background(), result.Signals[0], preview.Options{})
				require.NoError(b, err)
			}
		})
	}
}
