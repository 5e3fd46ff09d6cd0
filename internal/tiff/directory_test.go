package tiff_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/internal/tiff"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func tagged(tags ...synth.TIFFTag) synth.TIFFPage {
	return synth.TIFFPage{Width: 2, Height: 1, Data: []byte{1, 2}, Tags: tags}
}

func TestValues(t *testing.T) {
	long := strings.Repeat("text ", 100)
	for name, c := range map[string]struct {
		tag  synth.TIFFTag
		want nexuslims.Value
	}{
		"short text":   {synth.TIFFTag{Value: "abc"}, nexuslims.Text("abc")},
		"long text":    {synth.TIFFTag{Value: long}, nexuslims.Text(long)},
		"bytes text":   {synth.TIFFTag{Value: []byte("0210")}, nexuslims.Text("0210")},
		"UTF-8":        {synth.TIFFTag{Value: "5 µm"}, nexuslims.Text("5 µm")},
		"Windows-1252": {synth.TIFFTag{Value: "5 \xb5m \x80"}, nexuslims.Text("5 µm €")},
		"bytes":        {synth.TIFFTag{Value: []byte{1, 2, 3}}, nexuslims.List{nexuslims.Int(1), nexuslims.Int(2), nexuslims.Int(3)}},
		"many bytes":   {synth.TIFFTag{Value: []byte{1, 2, 3, 4, 5, 6, 7, 8, 9}}, nexuslims.List{nexuslims.Int(1), nexuslims.Int(2), nexuslims.Int(3), nexuslims.Int(4)}},
		"one byte":     {synth.TIFFTag{Value: []byte{65}, Type: 1}, nexuslims.Int(65)},
		"short":        {synth.TIFFTag{Value: []uint16{65000}}, nexuslims.Int(65000)},
		"long":         {synth.TIFFTag{Value: []uint32{4000000000}}, nexuslims.Int(4000000000)},
		"longs":        {synth.TIFFTag{Value: []uint32{1, 2}}, nexuslims.List{nexuslims.Int(1), nexuslims.Int(2)}},
		"double":       {synth.TIFFTag{Value: []float64{0.1}}, nexuslims.Float(0.1)},
		"rational":     {synth.TIFFTag{Value: [][2]uint32{{3, 4}}}, nexuslims.Float(0.75)},
		"signed":       {synth.TIFFTag{Value: []uint16{0xffff}, Type: 8}, nexuslims.Int(-1)},
		"signed long":  {synth.TIFFTag{Value: []uint32{0xfffffffe}, Type: 9}, nexuslims.Int(-2)},
		"signed ratio": {synth.TIFFTag{Value: [][2]uint32{{0xffffffff, 2}}, Type: 10}, nexuslims.Float(-0.5)},
		"float":        {synth.TIFFTag{Value: []uint32{0x3fc00000}, Type: 11}, nexuslims.Float(1.5)},
		"long8":        {synth.TIFFTag{Value: []uint64{1 << 40}}, nexuslims.Int(1 << 40)},
		"unsigned":     {synth.TIFFTag{Value: []uint64{1 << 63}}, nexuslims.Uint(1 << 63)},
		"signed long8": {synth.TIFFTag{Value: []uint64{1<<64 - 1}, Type: 17}, nexuslims.Int(-1)},
		"empty text":   {synth.TIFFTag{Value: ""}, nexuslims.Text("")},
	} {
		for order, o := range options() {
			t.Run(name+"/"+order, func(t *testing.T) {
				c.tag.ID = 60000
				d, err := open(t, encode(t, o, tagged(c.tag))).Directory(0)
				require.NoError(t, err)
				got, err := d.Value(60000, 4)
				require.NoError(t, err)
				assert.Equal(t, c.want, got)
			})
		}
	}
}

func TestParts(t *testing.T) {
	b := encode(t, synth.TIFFOptions{}, tagged(
		synth.TIFFTag{ID: 60000, Value: "längerer Text"}, synth.TIFFTag{ID: 60001, Value: []uint32{1, 2, 3}},
		synth.TIFFTag{ID: 60002, Value: []uint32{1}, Type: 99},
	))
	d, err := open(t, b).Directory(0)
	require.NoError(t, err)
	text, err := d.Text(60000, 2)
	require.NoError(t, err)
	assert.Equal(t, "l", text, "no half character")
	raw, err := d.Bytes(60000, 3)
	require.NoError(t, err)
	assert.Equal(t, []byte("lä"), raw)
	numbers, err := d.Numbers(60001, 2)
	require.NoError(t, err)
	assert.Equal(t, []float64{1, 2}, numbers)
	_, err = d.Text(60001, 9)
	assert.ErrorIs(t, err, nexuslims.Unsupported)
	_, err = d.Text(1, 9)
	assert.ErrorIs(t, err, nexuslims.NotFound)
	_, err = d.Bytes(60002, 9)
	assert.ErrorIs(t, err, nexuslims.Unsupported)
	tag, _ := d.Tag(60000)
	assert.Equal(t, "längerer", string(b[tag.Offset:][:9]))
	tag, _ = d.Tag(256)
	assert.Equal(t, uint32(2), binary.LittleEndian.Uint32(b[tag.Offset:]), "of a value in the entry")
	_, ok := d.Number(1)
	assert.False(t, ok)
}

func TestPages(t *testing.T) {
	for name, o := range options() {
		t.Run(name, func(t *testing.T) {
			var pages []synth.TIFFPage
			for i := range 5 {
				pages = append(pages, synth.TIFFPage{Width: 1 + i, Height: 1, Data: make([]byte, 1+i)})
			}
			f := open(t, encode(t, o, pages...))
			assert.Equal(t, o.Big, f.BigTIFF)
			assert.Equal(t, o.BigEndian, f.BigEndian)
			for _, i := range []int{4, 0, 2, 1, 3} {
				d, err := f.Directory(i)
				require.NoError(t, err)
				m, err := d.Image()
				require.NoError(t, err)
				assert.Equal(t, 1+i, m.Width)
			}
			_, err := f.Directory(5)
			assert.ErrorIs(t, err, nexuslims.NotFound)
			_, err = f.Directory(-1)
			assert.ErrorIs(t, err, nexuslims.Invalid)
		})
	}
}

func TestLoopsAreFound(t *testing.T) {
	b := encode(t, synth.TIFFOptions{}, tagged(), tagged())
	first := binary.LittleEndian.Uint32(b[4:])
	binary.LittleEndian.PutUint32(b[len(b)-4:], first)
	f := open(t, b)
	_, err := f.Directory(1)
	require.NoError(t, err)
	_, err = f.Directory(2)
	assert.ErrorIs(t, err, nexuslims.Corrupt)
	assert.ErrorContains(t, err, "loops")
}

func TestHeaders(t *testing.T) {
	for name, head := range map[string]string{
		"empty": "", "short": "II*", "text": "this is no TIFF file", "other offsets": "II+\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tiff.Open(strings.NewReader(head), int64(len(head)))
			assert.ErrorIs(t, err, nexuslims.Unsupported)
			assert.False(t, tiff.Is([]byte(head)))
		})
	}
	_, err := open(t, []byte("II*\x00\x00\x00\x00\x00")).Directory(0)
	assert.ErrorIs(t, err, nexuslims.Corrupt)
	_, err = open(t, []byte("II*\x00\xff\x00\x00\x00")).Directory(0)
	assert.ErrorIs(t, err, nexuslims.Corrupt)
}

func TestDirectoryThatBreaksOffKeepsItsTags(t *testing.T) {
	for name, o := range options() {
		t.Run(name, func(t *testing.T) {
			b := encode(t, o, tagged())
			d, err := open(t, b[:len(b)-30]).Directory(0)
			require.ErrorIs(t, err, nexuslims.Corrupt)
			require.NotNil(t, d)
			width, _ := d.Number(256)
			assert.Equal(t, 2.0, width)
		})
	}
}

func TestValueBeyondTheEnd(t *testing.T) {
	b := encode(t, synth.TIFFOptions{}, tagged(synth.TIFFTag{ID: 60000, Value: []byte("12345678")}))
	at := bytes.LastIndex(b, []byte{0x60, 0xea, 7, 0})
	require.Positive(t, at)
	binary.LittleEndian.PutUint32(b[at+4:], 1<<30)
	d, err := open(t, b).Directory(0)
	require.NoError(t, err)
	got, err := d.Bytes(60000, 1<<40)
	assert.ErrorIs(t, err, nexuslims.Corrupt)
	assert.True(t, bytes.HasPrefix(got, []byte("12345678")), "what is there of it")
	binary.LittleEndian.PutUint32(b[at+8:], 1<<31)
	got, err = d.Bytes(60000, 1<<40)
	assert.Empty(t, got[:0])
	assert.Error(t, err)
}

var errStore = errors.New("the share is gone")

// failing is a store that fails from a certain byte on.
type failing struct {
	*bytes.Reader
	from int64
}

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.from {
		return 0, errStore
	}
	return f.Reader.ReadAt(p, off)
}

func TestFaultsOfTheStoreAreTransient(t *testing.T) {
	for _, compression := range []int{1, 5, 8, 32773} {
		p := synth.TIFFPage{Width: 64, Height: 64, Bits: 16, Data: samples(64*64, 2, 16, 1), Compression: compression, RowsPerStrip: 16}
		b := encode(t, synth.TIFFOptions{}, p)
		_, err := tiff.Open(failing{bytes.NewReader(b), 3}, int64(len(b)))
		assert.ErrorIs(t, err, nexuslims.Transient)
		d, err := open(t, b).Directory(0)
		require.NoError(t, err)
		tag, _ := d.Tag(273)
		offsets, err := d.Numbers(tag.ID, 4)
		require.NoError(t, err)
		f, err := tiff.Open(&gate{failing{bytes.NewReader(b), int64(len(b))}, int64(offsets[2])}, int64(len(b)))
		require.NoError(t, err)
		d, err = f.Directory(0)
		require.NoError(t, err)
		m, err := d.Image()
		require.NoError(t, err)
		_, err = pixels(t, m)
		assert.ErrorIs(t, err, nexuslims.Transient, "compression %d", compression)
	}
}

// gate fails where it is read at a certain byte.
type gate struct {
	failing
	at int64
}

func (g *gate) ReadAt(p []byte, off int64) (int, error) {
	if off <= g.at && g.at < off+int64(len(p)) {
		return 0, errStore
	}
	return g.failing.ReadAt(p, off)
}

func TestWideText(t *testing.T) {
	for text, want := range map[string]string{
		"plain": "plain", "\xef\xbb\xbfmarked": "marked", "two\x00\x00\x00\x00parts": "twoparts",
		"\xff\xfea\x00\xb5\x00": "aµ", "\xfe\xff\x00a\x03\xbc": "aμ", "a\x00b\x00\x00\x00": "ab", "\x00a\x00b\x00\x00": "ab", "\xb5m": "µm",
	} {
		d, err := open(t, encode(t, synth.TIFFOptions{BigEndian: true}, tagged(synth.TIFFTag{ID: 60000, Value: []byte(text)}))).Directory(0)
		require.NoError(t, err)
		got, err := d.WideText(60000, 100)
		require.NoError(t, err)
		assert.Equal(t, want, got, "%q", text)
	}
}

func TestFaults(t *testing.T) {
	for kind, want := range map[nexuslims.Kind]bool{
		nexuslims.Transient: true, nexuslims.Permission: true, nexuslims.Canceled: true,
		nexuslims.Corrupt: false, nexuslims.Unsupported: false, nexuslims.NotFound: false,
	} {
		assert.Equal(t, want, tiff.IsFault(nexuslims.E(kind, "read", "", nil)), "%v", kind)
	}
	assert.False(t, tiff.IsFault(nil))
}
