package tiff_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/internal/tiff"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// expectation is what an independent reader says of a file.
type expectation struct {
	File string
	Tiff *struct {
		Byteorder string
		NPages    int `json:"n_pages"`
		Pages     []struct {
			Shape []int
			Dtype string
			SHA   string `json:"sha256_le"`
			Tags  map[string]any
			Data  *struct {
				Shape []int
				Dtype string
				SHA   string `json:"sha256_le"`
			}
		}
	}
	Vendor map[string]struct {
		Type  int
		Count int64
		SHA   string `json:"sha256"`
	} `json:"vendor_text_tags"`
	Image *struct {
		Data *struct {
			SHA string `json:"sha256_le"`
		}
	}
}

// broken are the shared pages of which the pixels are not there, and why.
func broken() map[string]string {
	return map[string]string{
		"truncated__test_tiff_Zeiss_SEM_1k.tif":          "cut off in the pixels",
		"quanta_bad_metadata.tif":                        "a directory of two tags",
		"quad1image_001_no_beam_scan_or_system_meta.tif": "strips of four bytes; the other pixels are not in the file",
	}
}

func TestSharedFiles(t *testing.T) {
	dir := filepath.Join(testdata.Dir(t), "instrument-files")
	expected, err := filepath.Glob(filepath.Join(dir, "*", "expected", "*.tif*.json"))
	require.NoError(t, err)
	require.Greater(t, len(expected), 20)
	for _, path := range expected {
		t.Run(filepath.Base(path), func(t *testing.T) {
			var e expectation
			b, err := os.ReadFile(path)
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(b, &e))
			require.NotNil(t, e.Tiff)
			name := strings.TrimSuffix(filepath.Base(path), ".json")
			data, err := os.ReadFile(testdata.Unpacked(t, filepath.ToSlash(filepath.Join("instrument-files", filepath.Base(filepath.Dir(filepath.Dir(path))), name))))
			require.NoError(t, err)
			f := open(t, data)
			assert.Equal(t, e.Tiff.Byteorder == ">", f.BigEndian)
			for i, page := range e.Tiff.Pages {
				d, err := f.Directory(i)
				require.NoError(t, err, "page %d", i)
				compared := 0
				for id, tag := range page.Tags {
					if named, ok := tag.(map[string]any); ok {
						tag = named["value"]
					}
					compared += compareTag(t, d, id, tag)
				}
				assert.Positive(t, compared)
				_, lost := broken()[name]
				switch {
				case lost:
				case page.Data != nil:
					compareHash(t, d, page.Data.Shape, page.Data.Dtype, page.Data.SHA)
				case page.SHA != "":
					compareHash(t, d, page.Shape, page.Dtype, page.SHA)
				}
			}
			_, err = f.Directory(max(e.Tiff.NPages, len(e.Tiff.Pages)))
			assert.ErrorIs(t, err, nexuslims.NotFound)
			d, err := f.Directory(0)
			require.NoError(t, err)
			for id, v := range e.Vendor {
				compareVendor(t, d, id, v.Type, v.Count, v.SHA)
			}
		})
	}
}

// compareTag compares a tag with plain values and returns 1, with others 0.
func compareTag(t *testing.T, d *tiff.Directory, id string, want any) int {
	t.Helper()
	n, err := strconv.ParseUint(id, 10, 16)
	require.NoError(t, err)
	tag, ok := d.Tag(uint16(n))
	require.True(t, ok, "tag %s", id)
	switch want := want.(type) {
	case float64:
		got, ok := d.Number(uint16(n))
		assert.True(t, ok)
		assert.InDelta(t, want, got, math.Abs(want)*1e-6, "tag %s", id)
	case string:
		if _, err := strconv.Atoi(strings.Trim(want, "()")); err == nil { // how many there are
			return 0
		}
		if tag.Type != tiff.ASCII {
			return 0
		}
		got, err := d.Text(uint16(n), 1<<20)
		require.NoError(t, err)
		assert.Equal(t, strings.TrimSpace(want), strings.TrimSpace(got), "tag %s", id)
	case []any:
		got, err := d.Numbers(uint16(n), 1<<20)
		require.NoError(t, err)
		if tag.Type == tiff.Rational || tag.Type == tiff.SRational {
			require.Len(t, want, 2*len(got))
			for i, v := range got {
				assert.InDelta(t, want[2*i].(float64)/want[2*i+1].(float64), v, 1e-9)
			}
			return 1
		}
		for i, v := range want {
			if _, ok := v.(float64); !ok {
				return 0
			}
			assert.InDelta(t, v, got[i], 0, "tag %s", id)
		}
	default:
		return 0
	}
	return 1
}

func compareVendor(t *testing.T, d *tiff.Directory, id string, kind int, count int64, sha string) {
	t.Helper()
	n, err := strconv.ParseUint(id, 10, 16)
	require.NoError(t, err)
	tag, ok := d.Tag(uint16(n))
	require.True(t, ok)
	assert.Equal(t, tiff.Type(kind), tag.Type)
	assert.Equal(t, count, tag.Count)
	raw, err := d.Bytes(uint16(n), 1<<24)
	require.NoError(t, err)
	sum := sha256.Sum256(raw)
	assert.Equal(t, sha, hex.EncodeToString(sum[:]), "tag %s", id)
}

// compareHash compares the pixels of a page; those of palettes are compared as numbers.
func compareHash(t *testing.T, d *tiff.Directory, shape []int, dtype, sha string) {
	t.Helper()
	m, err := d.Image()
	require.NoError(t, err)
	if numbers, _ := m.Indices(); numbers != nil {
		m = numbers
	}
	assert.Equal(t, shape[:2], []int{m.Height, m.Width})
	got, err := pixels(t, m)
	require.NoError(t, err)
	if len(shape) == 3 {
		require.Equal(t, shape[2], elementSize(t, m))
		if dtype != "uint8" {
			return
		}
	} else {
		assert.Equal(t, dtype, m.Element)
	}
	sum := sha256.Sum256(got)
	assert.Equal(t, sha, hex.EncodeToString(sum[:]))
}

func TestTruncatedSharedFileGivesTheRowsThatAreThere(t *testing.T) {
	data, err := os.ReadFile(testdata.Unpacked(t, "instrument-files/broken/truncated__test_tiff_Zeiss_SEM_1k.tif"))
	require.NoError(t, err)
	m := image(t, data, 0)
	got, err := pixels(t, m)
	require.True(t, errors.Is(err, nexuslims.Corrupt), "%v", err)
	whole, err := os.ReadFile(testdata.Unpacked(t, "instrument-files/zeiss-tiff/test_tiff_Zeiss_SEM_1k.tif"))
	require.NoError(t, err)
	want, err := pixels(t, image(t, whole, 0))
	require.NoError(t, err)
	rows := 350
	assert.Equal(t, want[:rows*3*m.Width], got[:rows*3*m.Width])
}

// The decoder of JPEG that gave the expected values differs in rounding.
func TestSharedJPEG(t *testing.T) {
	data, err := os.ReadFile(testdata.Unpacked(t, "instrument-files/plain-images/olympus_SIS.tif"))
	require.NoError(t, err)
	m := image(t, data, 0)
	require.Equal(t, "rgb", m.Element)
	got, err := pixels(t, m)
	require.NoError(t, err)
	sum := 0.0
	for _, v := range got {
		sum += float64(v)
	}
	assert.InDelta(t, 143.1307461103253, sum/float64(len(got)), 0.2)
	assert.InDelta(t, 114, int(got[0]), 2)
	assert.InDelta(t, 162, int(got[len(got)/2]), 3)
	assert.InDelta(t, 11, int(got[len(got)-1]), 2)
}
