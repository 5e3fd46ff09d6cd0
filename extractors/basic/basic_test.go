package basic_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/basic"
	"github.com/nexuslims/nexuslims-go/extractors/extractortest"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func picture(t *testing.T, name string) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 30, 20))
	for i := range img.Pix {
		img.Pix[i] = byte(i * 11)
	}
	var b bytes.Buffer
	var err error
	switch strings.ToLower(filepath.Ext(name)) {
	case ".png":
		err = png.Encode(&b, img)
	case ".jpg", ".jpeg":
		err = jpeg.Encode(&b, img, nil)
	case ".gif":
		err = gif.Encode(&b, img, nil)
	case ".bmp":
		err = bmp.Encode(&b, img)
	default:
		err = tiff.Encode(&b, img, nil)
	}
	require.NoError(t, err)
	return b.Bytes()
}

func extract(t *testing.T, name string, data []byte) (*extractors.Signal, *extractors.Result) {
	t.Helper()
	f := extractors.NewFile(name, bytes.NewReader(data), int64(len(data)), time.Unix(0, 0), extractors.Context{})
	r, err := basic.New().Extract(context.Background(), f)
	require.NoError(t, err)
	require.Len(t, r.Signals, 1)
	return r.Signals[0], r
}

func TestPictures(t *testing.T) {
	for name, mime := range map[string]string{
		"a.png": "image/png", "A.PNG": "image/png", "a.jpg": "image/jpeg", "a.JPEG": "image/jpeg", "a.gif": "image/gif",
		"a.bmp": "image/bmp",
	} {
		s, r := extract(t, name, picture(t, name))
		assert.Empty(t, r.Warnings, name)
		assert.Equal(t, "(20, 30)", s.Meta.Text("Data Dimensions"), name)
		assert.Equal(t, mime, s.Meta.Group("extensions").Text("MIME Type"), name)
		require.NotNil(t, s.Picture, name)
		for range 2 {
			img, err := s.Picture(context.Background())
			require.NoError(t, err, name)
			assert.Equal(t, image.Pt(30, 20), img.Bounds().Size(), name)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := s.Picture(ctx)
		assert.ErrorIs(t, err, nexuslims.Canceled, name)
	}
}

func TestPictureOfTooManyPixelsIsNotDecoded(t *testing.T) {
	bomb := picture(t, "a.bmp")
	binary.LittleEndian.PutUint32(bomb[18:], 1<<30)
	binary.LittleEndian.PutUint32(bomb[22:], 1<<30)
	s, _ := extract(t, "a.bmp", bomb)
	require.NotNil(t, s.Picture)
	_, err := s.Picture(context.Background())
	assert.ErrorIs(t, err, nexuslims.Unsupported)
	s, r := extract(t, "a.png", []byte("no picture at all"))
	assert.Nil(t, s.Picture)
	assert.NotEmpty(t, r.Warnings)
	s, _ = extract(t, "a.png", picture(t, "a.png")[:100])
	require.NotNil(t, s.Picture)
	_, err = s.Picture(context.Background())
	assert.ErrorIs(t, err, nexuslims.Corrupt)
}

func TestTexts(t *testing.T) {
	for name, c := range map[string]struct {
		text, encoding string
		lines          nexuslims.Value
	}{
		"ascii":        {"one\ntwo\n", "utf-8", nexuslims.Int(2)},
		"no end":       {"one\r\ntwo", "utf-8", nexuslims.Int(2)},
		"old Mac":      {"one\rtwo\r", "utf-8", nexuslims.Int(2)},
		"empty":        {"", "utf-8", nexuslims.Int(0)},
		"utf-8":        {"µm\n", "utf-8", nexuslims.Int(1)},
		"windows":      {"\xb5m\n", "windows-1252", nexuslims.Int(1)},
		"windows late": {strings.Repeat("a", 600) + "\xb5m\n", "windows-1252", nexuslims.Int(1)},
		"utf-16":       {"\xff\xfea\x00\n\x00", "utf-16le", nil},
		"binary":       {"a\x00\x01\x02", "", nil},
		"long":         {strings.Repeat("line\n", 20000), "utf-8", nil},
	} {
		s, _ := extract(t, "a.TXT", []byte(c.text))
		ext := s.Meta.Group("extensions")
		assert.Equal(t, c.encoding, ext.Text("Encoding"), name)
		assert.Equal(t, c.lines, ext.Get("Lines"), name)
		assert.Equal(t, nexuslims.Int(len(c.text)), ext.Get("File Size"), name)
		if c.encoding == "" {
			assert.Nil(t, s.Text, name)
			continue
		}
		head, err := s.Text(context.Background(), 3)
		require.NoError(t, err, name)
		assert.Equal(t, c.text[:min(3, len(c.text))], string(head), name)
	}
}

func TestOtherFilesAreRecordedAsTheyAre(t *testing.T) {
	s, r := extract(t, "a.raw", []byte{0, 1, 2, 3})
	assert.Empty(t, r.Warnings)
	assert.False(t, s.Drawable())
	assert.Equal(t, []string{"File Size"}, s.Meta.Group("extensions").Keys())
	assert.Equal(t, "1970-01-01T00:00:00+00:00", s.Meta.Text("Creation Time"))
	assert.Equal(t, "Unknown", s.Meta.Text("Data Type"))
}

func TestConformance(t *testing.T) {
	samples := []extractortest.Sample{
		{Name: "notes.txt", Data: []byte("Grain map\nafter anneal, 5 µm\n")},
		{Name: "unknown.qqq", Data: []byte{1, 2, 3}},
		{Name: "empty"},
	}
	for _, name := range []string{"a.png", "a.jpg", "a.gif", "a.bmp", "a.tif"} {
		samples = append(samples, extractortest.Sample{Name: name, Data: picture(t, name)})
	}
	extractortest.Run(t, basic.New(), samples...)
}

// TestSharedFiles reads pictures, texts and broken files that instruments and people left.
func TestSharedFiles(t *testing.T) {
	root := filepath.Join(testdata.Dir(t), "instrument-files")
	dimensions := map[string]string{
		"test_image_thumb_source.png": "", "test_include.jpg": "none", "test_include.jpeg": "none",
	}
	for _, folder := range []string{"text", "plain-images", "broken"} {
		files, err := os.ReadDir(filepath.Join(root, folder))
		require.NoError(t, err)
		for _, entry := range files {
			if entry.IsDir() {
				continue
			}
			name, data := load(t, filepath.Join(root, folder, entry.Name()))
			s, _ := extract(t, name, data)
			isPicture := slices.Contains([]string{".png", ".jpg", ".jpeg", ".bmp", ".gif"}, filepath.Ext(name))
			if !isPicture || dimensions[name] == "none" || folder == "broken" {
				continue
			}
			require.NotNil(t, s.Picture, name)
			img, err := s.Picture(context.Background())
			require.NoError(t, err, name)
			assert.NotEmpty(t, s.Meta.Text("Data Dimensions"), name)
			assert.NotZero(t, img.Bounds().Dx(), name)
		}
	}
	_, data := load(t, filepath.Join(root, "text", "text_preview_test_data.txt"))
	s, _ := extract(t, "a.txt", data)
	assert.Equal(t, nexuslims.Int(105), s.Meta.At("extensions", "Lines"))
}

func load(t *testing.T, path string) (name string, data []byte) {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	name, packed := strings.CutSuffix(filepath.Base(path), ".gz")
	if packed {
		z, err := gzip.NewReader(bytes.NewReader(data))
		require.NoError(t, err)
		data, err = io.ReadAll(z)
		require.NoError(t, err)
	}
	return name, data
}
