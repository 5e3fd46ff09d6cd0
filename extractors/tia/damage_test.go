package tia_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/tia"
	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// TestRefusedSeries holds kinds and reasons of what cannot be read, and what is known
// nevertheless.
func TestRefusedSeries(t *testing.T) {
	good, err := synth.TIAStack(4, 2, 1, microscope()).SER.Bytes()
	require.NoError(t, err)
	patched := func(at int, b ...byte) []byte {
		p := bytes.Clone(good)
		copy(p[at:], b)
		return p
	}
	element := int(binary.LittleEndian.Uint32(good[binary.LittleEndian.Uint32(good[22:]):]))
	for _, c := range []struct {
		name   string
		data   []byte
		kind   nexuslims.Kind
		reason string
		size   string // Data Dimensions of what is known
	}{
		{"empty", nil, nexuslims.Corrupt, "cut off at 0 bytes", ""},
		{"header cut off", good[:20], nexuslims.Corrupt, "cut off at 20 bytes", ""},
		{"other byte order", patched(0, 'M', 'M'), nexuslims.Corrupt, "not a series file", ""},
		{"other series", patched(2, 1, 2), nexuslims.Corrupt, "not a series file", ""},
		{"unknown elements", patched(6, 0x21), nexuslims.Unsupported, "elements of kind 0x4121", ""},
		{"table outside", patched(22, 0xff, 0xff, 0xff, 0x7f), nexuslims.Corrupt, "the table of elements lies at", ""},
		{"table before the file", patched(22, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), nexuslims.Corrupt, "lies at -1", ""},
		{"too many dimensions", patched(30, 0xff, 0xff), nexuslims.Corrupt, "dimensions", ""},
		{"text too long", patched(34+24, 0xff, 0xff, 0xff, 0xff), nexuslims.Corrupt, "description of 1 dimensions", ""},
		{"no place", patched(int(binary.LittleEndian.Uint32(good[22:])), make([]byte, 16)...), nexuslims.Corrupt, "no place of an element", ""},
		{"unknown values", patched(element+40, 11), nexuslims.Unsupported, "values of data type 11", "(2, 4, 4)"},
		{"no columns", patched(element+42, 0), nexuslims.Corrupt, "elements of 4 × 0 values", ""},
		{"elements beyond any file", patched(element+42, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), nexuslims.Corrupt, "4294967295 × 4294967295", ""},
		{"no pixels", good[:element+60], nexuslims.Corrupt, "the pixels of the first element are cut off", "(2, 4, 4)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := folderOf(map[string][]byte{"a_1.ser": c.data}).raw(t, "a_1.ser")
			require.ErrorIs(t, err, c.kind)
			require.ErrorContains(t, err, c.reason)
			require.Len(t, r.Signals, 1)
			s := r.Signals[0]
			assert.Nil(t, s.Data)
			assert.NotEmpty(t, s.NoPreview)
			if c.size != "" {
				assert.Equal(t, c.size, s.Meta.Text("Data Dimensions"))
			}
			if s.Raw == nil {
				assert.Equal(t, "Misc Unknown", s.Meta.Text("DatasetType")+" "+s.Meta.Text("Data Type"))
				assert.Contains(t, r.Warnings[0], "The .ser file could not be opened (perhaps file is corrupted?)")
			}
		})
	}
}

// TestSharedBrokenSeries is cut in its only image: everything but the pixels is known.
func TestSharedBrokenSeries(t *testing.T) {
	f := reference.Open(t, "broken/truncated__128x128-TEM_search_1.ser", "")
	r, err := tia.New().Extract(context.Background(), f)
	require.ErrorIs(t, err, nexuslims.Corrupt)
	require.Len(t, r.Signals, 1)
	assert.Equal(t, "(128, 128)", r.Signals[0].Meta.Text("Data Dimensions"))
	assert.Contains(t, r.Signals[0].NoPreview, "cut off")
	assert.Nil(t, r.Signals[0].Data)
}

// TestBrokenOff keeps the elements that are whole.
func TestBrokenOff(t *testing.T) {
	stack := numbered(true, 5, 4, 6, 6)
	b, err := stack.Bytes()
	require.NoError(t, err)
	s := folderOf(map[string][]byte{"a_1.ser": b[:len(b)-60]}).signal(t, "a_1.ser")
	require.NotNil(t, s.Data)
	assert.Equal(t, []int{5, 4, 5}, s.Data.Shape())
	assert.Contains(t, warnings(s), "breaks off after 5 of 6 elements")

	scan := numbered(false, 50, 0, 6, 3, 2)
	b, err = scan.Bytes()
	require.NoError(t, err)
	s = folderOf(map[string][]byte{"a_1.ser": b[:len(b)-200]}).signal(t, "a_1.ser")
	assert.Equal(t, []int{2, 3, 50}, s.Data.Shape())
	values, err := s.Data.Float64(context.Background(), s.Data.All())
	require.NoError(t, err)
	assert.InDelta(t, 300, values[150], 0)
	assert.InDelta(t, 0, values[299], 0)
	assert.Contains(t, warnings(s), "breaks off after 4 of 6 elements")
}

// TestElementsOfOtherSizes gives metadata without pixels.
func TestElementsOfOtherSizes(t *testing.T) {
	b, err := numbered(true, 5, 4, 3, 3).Bytes()
	require.NoError(t, err)
	table := binary.LittleEndian.Uint32(b[22:])
	second := binary.LittleEndian.Uint32(b[table+4:])
	b[second+42] = 3
	s := folderOf(map[string][]byte{"a_1.ser": b}).signal(t, "a_1.ser")
	assert.Nil(t, s.Data)
	assert.Equal(t, "the elements cannot be read", s.NoPreview)
	assert.Equal(t, "(3, 4, 5)", s.Meta.Text("Data Dimensions"))
	assert.Contains(t, warnings(s), "element 1 differs from the first")
}

// TestNoElement takes metadata and values from the .emi file, which alone has them.
func TestNoElement(t *testing.T) {
	o := synth.TIAMap(1, 1, 32, 1, microscope())
	o.EMI.Pixels = o.SER.Elements[0].Pixels
	whole := folderWith(t, true, nil, o).signal(t, "map_1.ser")
	o.SER.Elements = nil
	s := folderWith(t, true, nil, o).signal(t, "map_1.ser")
	assert.Equal(t, "Spectrum STEM_EDS_Spectrum", s.Meta.Text("DatasetType")+" "+s.Meta.Text("Data Type"))
	assert.Equal(t, "0.25", nexuslims.TextOf(s.Meta.Get("acquisition_time")))
	assert.Equal(t, "(32,)", s.Meta.Text("Data Dimensions"))
	assert.Empty(t, warnings(s))
	assert.Equal(t, whole.Data.Axes, s.Data.Axes)
	assert.Equal(t, digest(t, whole), digest(t, s))
	assert.Equal(t, nexuslims.Int(0), s.Raw.At("ser_header_parameters", "ValidNumberElements"))

	o.EMI.Columns = 0 // nor there
	s = folderWith(t, true, nil, o).signal(t, "map_1.ser")
	assert.False(t, s.Meta.Has("Data Dimensions"))
	assert.Contains(t, warnings(s), "its data are in the .emi file alone")
	assert.Nil(t, s.Data)

	r, err := alone(t, o.SER).raw(t, "a_1.ser")
	require.ErrorIs(t, err, nexuslims.Corrupt)
	require.Len(t, r.Signals, 1)
}

// TestDamagedBlocks reads what there is.
func TestDamagedBlocks(t *testing.T) {
	block := synth.TIAStack(4, 1, 1, microscope()).EMI.Block
	whole := block.String()
	latin := bytes.ReplaceAll([]byte(whole), []byte("Ada Example"), []byte("Andr\xe9 \xb5m\x01"))
	for _, c := range []struct {
		name, xml string
		user      string
		warning   string
	}{
		{"not UTF-8", string(latin), "André µm", ""},
		{"cut off", whole[:len(whole)/2], "Ada Example", "was read in part"},
		{"unknown entity", string(bytes.ReplaceAll([]byte(whole), []byte("Ada Example"), []byte("Ada &nbsp;"))), "Ada &nbsp;", ""},
		{"attributes and comments", string(bytes.ReplaceAll([]byte(whole), []byte("<Root>"), []byte(`<Root a="b"><!-- c -->`))), "Ada Example", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := synth.TIAStack(4, 1, 1, microscope())
			o.EMI.XML = c.xml
			s := folderWith(t, true, nil, o).signal(t, "map_1.ser")
			assert.Equal(t, c.user, extension(s, "User"))
			if c.warning == "" {
				assert.Empty(t, warnings(s))
			}
			assert.Contains(t, warnings(s), c.warning)
		})
	}
}

// TestIndentedBlock takes white space between elements for none.
func TestIndentedBlock(t *testing.T) {
	o := synth.TIAStack(4, 1, 1, microscope())
	o.EMI.XML = "<ObjectInfo>\n <AcquireInfo>\n  <FrameTime>2.5</FrameTime>\n </AcquireInfo>\n <ExperimentalConditions/>\n</ObjectInfo>"
	s := folderWith(t, true, nil, o).signal(t, "map_1.ser")
	assert.Equal(t, "2.5", extension(s, "Frame Time"))
	assert.Equal(t, "2.5", s.Raw.Group("ObjectInfo", "AcquireInfo").Text("FrameTime"))
	assert.Empty(t, warnings(s))
}

// TestOddSettings holds numbers that are none, labels with an underscore, empty values and
// foreign decimal points.
func TestOddSettings(t *testing.T) {
	o := synth.TIAStack(4, 1, 1, microscope())
	o.EMI.Block.Settings = []synth.EMISetting{
		{Label: "High tension", Value: "off", Unit: "kV"},
		{Label: "Defocus", Value: "", Unit: "um"},
		{Label: "Image_shift x", Value: "1e-3", Unit: "um"},
		{Label: "C3 lens", Value: "12,5", Unit: "%"},
		{Label: "Temperature", Value: "20", Unit: "furlong"},
		{Label: "Stage X", Value: "moving", Unit: "um"},
		{Label: "OBJ Aperture", Value: "V", Unit: "um"},
		{Label: "Serial", Value: "1_000", Unit: ""},
		{Label: "", Value: "lost"},
		{Label: "Defect", Value: "nan", Unit: "um"},
	}
	s := folderWith(t, true, nil, o).signal(t, "map_1.ser")
	for path, want := range map[string]string{
		"High Tension": "off", "Defocus": "", "Image_shift X": "0.001", "C3 Lens": "12.5", "Temperature": "20.0",
		"OBJ Aperture": "V", "Serial": "1_000", "Defect": "nan",
	} {
		assert.Equal(t, want, extension(s, path), path)
	}
	assert.Equal(t, "300.0", nexuslims.TextOf(s.Meta.Get("acceleration_voltage")), "that of the conditions")
	assert.Equal(t, nexuslims.Q(0.001, "um"), s.Meta.Group("extensions").Get("Image_shift X"))
	assert.Equal(t, "moving", extension(s, "Stage Position", "X"))
}

// TestFaultsWhileReading are those of a store that opens the .emi file and does not read it.
func TestFaultsWhileReading(t *testing.T) {
	b, err := synth.TIAStack(4, 1, 1, microscope()).SER.Bytes()
	require.NoError(t, err)
	for cause, isLost := range map[error]bool{errors.New("no route"): true, fs.ErrPermission: false} {
		c := extractors.Context{Sibling: func(name string) (*extractors.File, error) {
			r := &fault.Failing{R: bytes.NewReader(b), Err: cause}
			return extractors.NewFile(name, r, int64(len(b)), at, extractors.Context{}), nil
		}}
		r, err := tia.New().Extract(context.Background(), extractors.NewFile("a_1.ser", bytes.NewReader(b), int64(len(b)), at, c))
		if isLost {
			require.ErrorIs(t, err, nexuslims.Transient)
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, "(4, 4)", r.Signals[0].Meta.Text("Data Dimensions"))
		assert.Contains(t, r.Warnings[0], "could not be opened by NexusLIMS")
	}
}

// TestFaultsOfTheStore are not taken for damage of the .emi file.
func TestFaultsOfTheStore(t *testing.T) {
	b, err := synth.TIAStack(4, 1, 1, microscope()).SER.Bytes()
	require.NoError(t, err)
	for kind, isLost := range map[nexuslims.Kind]bool{nexuslims.Transient: true, nexuslims.Permission: false} {
		c := extractors.Context{Sibling: func(string) (*extractors.File, error) { return nil, nexuslims.E(kind, "open", "", nil) }}
		f := extractors.NewFile("a_1.ser", bytes.NewReader(b), int64(len(b)), at, c)
		r, err := tia.New().Extract(context.Background(), f)
		if isLost {
			require.ErrorIs(t, err, kind)
			continue
		}
		require.NoError(t, err)
		assert.Contains(t, r.Warnings[0], "could not be opened by NexusLIMS")
	}
}
