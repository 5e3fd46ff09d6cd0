package dm_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/dm"
	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// extractAs writes a file of a version and extracts with profile, migration and placement.
func extractAs(t *testing.T, d synth.DM, version int) []*extractors.Signal {
	t.Helper()
	d.Version = version
	b, err := d.Bytes()
	require.NoError(t, err)
	name := map[int]string{4: "a.dm4", 5: "a.dm5"}[version]
	c := extractors.Context{Instrument: &nexuslims.Instrument{PID: "FEI-Titan-STEM", Timezone: "Europe/Berlin"}}
	f := extractors.NewFile(name, bytes.NewReader(b), int64(len(b)), at, c)
	outcome, err := engine(t).Extract(context.Background(), f)
	require.NoError(t, err)
	require.NoError(t, outcome.Err)
	return outcome.Signals
}

// TestVersionsAgree writes the same data in version 4 and in version 5.
func TestVersionsAgree(t *testing.T) {
	m := synth.DefaultMicroscope(at)
	of := func(kind, size int) synth.DMImage {
		i := shape("nm,nm", 6, 4)
		i.Type, i.Pixels = kind, noise(6*4*size)
		return i
	}
	long := shape("nm,nm", 2, 2)
	numbers := make([]float64, 5000)
	points := make([]synth.Record, 300)
	for i := range numbers {
		numbers[i] = float64(i) / 4
	}
	for i := range points {
		points[i] = synth.Record{int32(i), int32(-i)}
	}
	long.Tags = synth.Group{
		{Name: "dataset", Value: numbers},
		{Name: "attribute", Value: numbers[:300]},
		{Name: "short", Value: numbers[:3]},
		{Name: "points", Value: points},
		{Name: "empty", Value: ""},
		{Name: "Field of View (µm)", Value: "µ\n"},
		{Name: "flag", Value: true},
		{Name: "no.dots", Value: uint64(1 << 63)},
		{Name: "small", Value: int8(-3)},
	}
	packed := shape("1/nm,1/nm", 8, 6)
	packed.Type, packed.Pixels = 27, noise((8/2+1)*6*8)
	several := synth.EDSSpectrum(2, m)
	for range 12 { // [10] comes before [2] in the file
		several.Images = append(several.Images, synth.TEMImage(4+len(several.Images), 3, m).Images...)
	}
	cases := map[string]synth.DM{
		"image with thumbnail": synth.TEMImage(16, 1, m), "X-ray spectrum": synth.EDSSpectrum(1, m),
		"energy-loss map": synth.EELSImage(5, 4, 32, 1, m), "stack": synth.Stack(8, 6, 3, m), "many images": several,
		"packed transform": {Images: []synth.DMImage{packed}}, "tags": {Images: []synth.DMImage{long}},
		"one pixel": {Images: []synth.DMImage{shape("nm,nm", 1, 1)}}, "one column": {Images: []synth.DMImage{shape("nm,nm", 1, 5)}},
	}
	for kind, size := range map[int]int{
		1: 2, 2: 4, 3: 8, 6: 1, 7: 4, 8: 4, 9: 1, 10: 2, 11: 4, 12: 8, 13: 16, 23: 4, 39: 8, 40: 8,
	} {
		cases["data type "+nexuslims.TextOf(nexuslims.Int(kind))] = synth.DM{Images: []synth.DMImage{of(kind, size)}}
	}
	for name, d := range cases {
		for order, big := range map[string]bool{"little endian": false, "big endian": true} {
			t.Run(name+" "+order, func(t *testing.T) {
				d.BigEndian = big
				compareSignals(t, extractAs(t, d, 4), extractAs(t, d, 5))
			})
		}
	}
}

// five returns the tags and the result of a file made by hand.
func five(t *testing.T, h *synth.HDF5) (*dm.Tree, *extractors.Result) {
	t.Helper()
	b := h.Bytes()
	tree, err := dm.DecodeHDF5(context.Background(), bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	return tree, extract(t, "a.dm5", bytes.NewReader(b), int64(len(b)))
}

// picture5 adds an image to a file made by hand.
func picture5(h *synth.HDF5, data synth.HDF5Data) *synth.HDF5Group {
	image := h.Root().Group("ImageList/[0]")
	image.Group("ImageData").Dataset("Data", data)
	return image
}

func bytes5(shape ...int) synth.HDF5Data {
	n := 1
	for _, s := range shape {
		n *= s
	}
	return synth.HDF5Data{Shape: shape, Type: synth.HDF5Number("u1"), Bytes: noise(n)}
}

// TestDM5Variants reads what other writers may do.
func TestDM5Variants(t *testing.T) {
	h := synth.NewHDF5()
	image := picture5(h, bytes5(4, 6))
	image.Attr("Name", "of any length")
	tags := image.Group("ImageTags")
	tags.Attr("caf\xe9 (\xb5m)", synth.HDF5Fixed("na\xefve"))
	tags.Attr("twice", int32(1)).Group("twice").Attr("x", int32(2))
	tags.Attr("nothing", synth.HDF5Data{Null: true, Type: synth.HDF5Text(1)})
	tags.Attr("texts", []string{"a", "b"})
	tags.Attr("one number", []float64{1.5}).Attr("one text", []synth.HDF5Fixed{"caf\xe9"}).Attr("one long text", []string{"b"})
	tags.Attr("lists", synth.HDF5Data{Shape: []int{1, 2}, Type: synth.HDF5Number("i2"), Bytes: []byte{1, 0, 2, 0}})
	tags.Attr("array type", synth.HDF5Data{Type: synth.HDF5Array(synth.HDF5Number("u2"), 30, 20), Bytes: noise(1200)})
	tags.Dataset("scalar", synth.HDF5Of(2.5))
	tags.Dataset("text", synth.HDF5Of("long text"))
	tags.Dataset("half", synth.HDF5Data{Shape: []int{2}, Type: synth.HDF5Number("f2"), Bytes: []byte{0, 0x3c, 0, 0xc0}})
	tags.Dataset("table", synth.HDF5Data{
		Shape: []int{30, 20}, Type: synth.HDF5Number("u2"), Bytes: noise(1200), Chunk: []int{7, 9}, Deflate: 4,
	})
	tags.Link("circle", "/ImageList")
	tags.Link("nowhere", "/missing")
	tree, result := five(t, h)
	got := tree.Root.Sub("ImageList", "TagGroup0", "ImageTags")
	assert.Equal(t, "naïve", got.Text("café (µm)"))
	assert.Equal(t, nexuslims.Int(2), got.Value("twice", "x"))
	assert.Equal(t, nexuslims.Text(""), got.Value("nothing"))
	assert.Equal(t, nexuslims.List{nexuslims.Text("a"), nexuslims.Text("b")}, got.Value("texts"))
	assert.Equal(t, nexuslims.Float(2.5), got.Value("scalar"))
	assert.Equal(t, "long text", got.Text("text"))
	assert.Equal(t, nexuslims.Float(1.5), got.Value("one number"))
	assert.Equal(t, "café", got.Text("one text"))
	assert.Equal(t, "b", got.Text("one long text"))
	assert.Equal(t, nexuslims.List{nexuslims.List{nexuslims.Int(1), nexuslims.Int(2)}}, got.Value("lists"))
	assert.Equal(t, nexuslims.List{nexuslims.Float(1), nexuslims.Float(-2)}, got.Value("half"))
	require.Len(t, tree.Warnings, 3, "%v", tree.Warnings)
	assert.Contains(t, tree.Warnings[0], `attribute "twice"`)
	assert.Contains(t, tree.Warnings[1], `tag "circle"`)
	assert.Contains(t, tree.Warnings[2], `tag "nowhere"`)
	assert.Equal(t, tree.Warnings, result.Warnings)

	s := result.Signals[0]
	assert.Equal(t, "of any length", s.Title)
	assert.Equal(t, extractors.Uint8, s.Data.Type)
	assert.Equal(t, []int{4, 6}, s.Data.Shape())
	var values []uint16
	for b := noise(1200); len(b) > 0; b = b[2:] {
		values = append(values, uint16(b[0])|uint16(b[1])<<8)
	}
	for _, name := range []string{"table", "array type"} {
		v := s.Raw.At("ImageList", "TagGroup0", "ImageTags", name)
		assert.True(t, nexuslims.Equal(extractors.Shorten(values), v), name)
	}
}

// TestDM5Colours reads the forms in which colours can be stored.
func TestDM5Colours(t *testing.T) {
	field := func(name string) synth.HDF5Field { return synth.HDF5Field{Name: name, Type: synth.HDF5Number("u1")} }
	compound := synth.HDF5Data{
		Shape: []int{2, 5}, Type: synth.HDF5Compound(field("R"), field("G"), field("B")), Bytes: noise(30),
	}
	numbers := synth.HDF5Data{Shape: []int{2, 5}, Type: synth.HDF5Number("i4"), Bytes: noise(40)}
	for name, c := range map[string]struct {
		kind int
		data synth.HDF5Data
		at   func(pixel int) []byte
	}{
		"three channels": {23, bytes5(2, 5, 3), func(i int) []byte { return noise(30)[3*i:][:3] }},
		"four channels":  {8, bytes5(2, 5, 4), func(i int) []byte { return noise(40)[4*i:][:3] }},
		"compound":       {23, compound, func(i int) []byte { return noise(30)[3*i:][:3] }},
		"numbers": {23, numbers, func(i int) []byte {
			b := noise(40)[4*i:]
			return []byte{b[2], b[1], b[0]}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			h := synth.NewHDF5()
			picture5(h, c.data).Group("ImageData").Attr("DataType", int32(c.kind))
			_, result := five(t, h)
			a := result.Signals[0].Data
			require.NotNil(t, a, result.Signals[0].NoPreview)
			assert.Equal(t, extractors.RGB, a.Type)
			assert.Equal(t, []int{2, 5}, a.Shape())
			b, err := a.Read(context.Background(), a.All())
			require.NoError(t, err)
			for i := range 10 {
				assert.Equal(t, c.at(i), b[3*i:][:3], "pixel %d", i)
			}
		})
	}
}

// TestDM5WithoutPixels keeps the metadata where the pixels cannot be read.
func TestDM5WithoutPixels(t *testing.T) {
	filtered := bytes5(4, 4)
	filtered.Chunk, filtered.Filter, filtered.FilterName = []int{4, 4}, 32001, "blosc"
	for name, c := range map[string]struct {
		data synth.HDF5Data
		want string
	}{
		"filter":  {filtered, "blosc"},
		"texts":   {synth.HDF5Of([]string{"a"}), "no numbers"},
		"nothing": {synth.HDF5Data{Shape: []int{0, 4}, Type: synth.HDF5Number("u1")}, "makes no sense"},
	} {
		h := synth.NewHDF5()
		picture5(h, c.data).Group("ImageTags/Microscope Info").Attr("Voltage", 200e3)
		_, result := five(t, h)
		s := result.Signals[0]
		assert.Nil(t, s.Data, name)
		assert.Contains(t, s.NoPreview, c.want, name)
		assert.True(t, s.Meta.Has("Voltage"), name)
	}
}

// TestNoDM5 says why a file cannot be read.
func TestNoDM5(t *testing.T) {
	cut := synth.TEMImage(8, 1, synth.DefaultMicroscope(at))
	cut.Version = 5
	b, err := cut.Bytes()
	require.NoError(t, err)
	for name, c := range map[string]struct {
		data []byte
		kind nexuslims.Kind
		want string
	}{
		"other":     {[]byte("not of this format at all"), nexuslims.Unsupported, "DM5 file could not be read: not HDF5"},
		"empty":     {nil, nexuslims.Unsupported, "DM5 file could not be read: not HDF5"},
		"no images": {synth.NewHDF5().Bytes(), nexuslims.Corrupt, "there is no image in the file"},
		"cut off":   {b[:100], nexuslims.Corrupt, "DM5 file could not be read"},
	} {
		f := extractors.NewFile("a.dm5", bytes.NewReader(c.data), int64(len(c.data)), at, extractors.Context{})
		_, err := dm.New().Extract(context.Background(), f)
		require.ErrorContains(t, err, c.want, name)
		assert.Equal(t, c.kind, nexuslims.KindOf(err), "%s: %v", name, err)
	}
	f := extractors.NewFile("a.dm4", bytes.NewReader(b), int64(len(b)), at, extractors.Context{})
	result, err := dm.New().Extract(context.Background(), f)
	require.NoError(t, err, "the content counts, not the name")
	assert.Equal(t, "DM5", result.Format)
}

// TestHugeDM5 reads one frame of a file of over 4 GB.
func TestHugeDM5(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "stack.dm5"))
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	stack := synth.Stack(1024, 1024, 2048, synth.DefaultMicroscope(at))
	stack.Version = 5
	size, err := stack.Write(f)
	require.NoError(t, err)
	require.Greater(t, size, int64(4<<30))
	c := &fault.Counting{R: f}
	s := extract(t, "stack.dm5", c, size).Signals[0]
	assert.Less(t, c.Bytes(), int64(1<<20))
	assert.Equal(t, []int{2048, 1024, 1024}, s.Data.Shape())
	region := extractors.Region{Start: []int{2047, 0, 0}, Count: []int{1, 64, 64}, Step: []int{1, 16, 16}}
	b, err := s.Data.Read(context.Background(), region)
	require.NoError(t, err)
	assert.Len(t, b, 64*64*2)
	assert.Less(t, c.Bytes(), int64(4<<20), "the frame alone")
}
