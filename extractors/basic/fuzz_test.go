package basic_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/color/palette"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/basic"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// seeds are small files by extension.
func seeds() map[string][]byte {
	gray, colours := image.NewGray(image.Rect(0, 0, 5, 4)), image.NewPaletted(image.Rect(0, 0, 5, 4), palette.Plan9)
	files := map[string][]byte{
		"txt": []byte("Grain map\r\nafter anneal, 5 µm\n"), "TXT": []byte("\xff\xfea\x00\n\x00"), "qqq": {0, 1, 2},
	}
	for ext, encode := range map[string]func(b *bytes.Buffer) error{
		"png":  func(b *bytes.Buffer) error { return png.Encode(b, colours) },
		"jpg":  func(b *bytes.Buffer) error { return jpeg.Encode(b, gray, nil) },
		"gif":  func(b *bytes.Buffer) error { return gif.Encode(b, colours, nil) },
		"bmp":  func(b *bytes.Buffer) error { return bmp.Encode(b, gray) },
		"tif":  func(b *bytes.Buffer) error { return tiff.Encode(b, gray, nil) },
		"tiff": func(b *bytes.Buffer) error { return tiff.Encode(b, colours, &tiff.Options{Compression: tiff.Deflate}) },
	} {
		var b bytes.Buffer
		if encode(&b) == nil { // into memory: cannot fail
			files[ext] = b.Bytes()
		}
	}
	if b, err := synth.TIFFFile(synth.TIFFOptions{}, calibrated("ImageJ=1.54f\nimages=2\nunit=nm\n", 2, 2)); err == nil {
		files["TIF"] = b
	}
	if b, err := synth.TIFFFile(synth.TIFFOptions{Big: true}, calibrated(omeText, 2, 2)); err == nil {
		files["Tiff"] = b
	}
	sideways := append([]byte("Exif\x00\x00"), exif(binary.BigEndian, 3, 6)...)
	files["jpeg"] = append([]byte{0xff, 0xd8}, append(segment(0xe1, sideways), files["jpg"][2:]...)...)
	return files
}

// FuzzExtract records any bytes under any name, and looks at the picture or text. Large
// pictures are left alone: their decoders may take long.
func FuzzExtract(f *testing.F) {
	for ext, data := range seeds() {
		f.Add("a."+ext, data)
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		ctx := context.Background()
		file := extractors.NewFile(name, bytes.NewReader(data), int64(len(data)), time.Unix(0, 0), extractors.Context{})
		result, err := basic.New().Extract(ctx, file)
		if !assert.NoError(t, err) {
			return
		}
		s := result.Signals[0]
		assert.Equal(t, nexuslims.Int(len(data)), s.Meta.At("extensions", "File Size"))
		if s.Text != nil {
			head, err := s.Text(ctx, 100)
			assert.NoError(t, err)
			assert.LessOrEqual(t, len(head), 100)
		}
		if s.Data != nil {
			head := extractors.Region{Start: []int{0, 0}, Count: []int{1, 1}, Step: []int{1, 1}}
			_, err := s.Data.Read(ctx, head)
			assert.True(t, err == nil || nexuslims.KindOf(err) == nexuslims.Corrupt || nexuslims.KindOf(err) == nexuslims.Unsupported, "%v", err)
		}
		if s.Picture == nil || len(s.Meta.Text("Data Dimensions")) > len("(999, 999)") {
			return
		}
		img, err := s.Picture(ctx)
		assert.True(t, img != nil || err != nil, "neither picture nor error")
		if o, ok := img.(oriented); ok {
			assert.Contains(t, []int{2, 3, 4, 5, 6, 7, 8}, o.Orientation())
		}
	})
}
