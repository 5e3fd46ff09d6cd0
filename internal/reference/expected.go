package reference

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Expected is what an independent reader says of a file.
type Expected struct {
	Error   string
	Signals []ExpectedSignal
	// All is the whole answer, with the containers' own trees: "hdf5", "tiff", "image", ….
	All *nexuslims.Object `json:"-"`
}

// ExpectedSignal is one signal, axes and shape slowest first.
type ExpectedSignal struct {
	Shape  []int
	Dtype  json.RawMessage
	SHA256 string `json:"sha256_le"`
	Axes   []ExpectedAxis
	// Metadata, Mapped and Original are that reader's metadata, its mapping with dotted
	// keys, and the file's own tags.
	Metadata, Mapped, Original *nexuslims.Object `json:"-"`
}

// ExpectedAxis is one axis.
type ExpectedAxis struct {
	Name          string
	Size          int
	Scale, Offset float64
	Units         string
	Navigate      bool
}

// Element returns the element type by name: "uint16"; "" for colours and other records.
func (s ExpectedSignal) Element() string {
	var name string
	if json.Unmarshal(s.Dtype, &name) != nil {
		return ""
	}
	return name
}

// LoadExpected reads what the independent reader says of "fei-tia/scan_001_1.ser".
func LoadExpected(tb testing.TB, name string) Expected {
	tb.Helper()
	file := filepath.Join(testdata.Dir(tb), "instrument-files", path.Dir(name), "expected", path.Base(name)+".json")
	if _, err := os.Stat(file); err != nil { // of a folder in a folder
		folder, rest, _ := strings.Cut(name, "/")
		file = filepath.Join(testdata.Dir(tb), "instrument-files", folder, "expected", filepath.FromSlash(rest)+".json")
	}
	b, err := os.ReadFile(file)
	require.NoError(tb, err)
	var e Expected
	e.All = ReadObject(tb, file)
	require.NoError(tb, json.Unmarshal(b, &e), file)
	list, _ := e.All.Get("signals").(nexuslims.List)
	for i := range e.Signals {
		o, ok := list[i].(*nexuslims.Object)
		require.True(tb, ok, file)
		e.Signals[i].Metadata = o.Group("metadata")
		e.Signals[i].Mapped = o.Group("mapped_metadata")
		e.Signals[i].Original = o.Group("original_metadata")
	}
	return e
}

// CheckAxes compares sizes, scales, offsets (to 1e-6) and units with our axes.
func CheckAxes(tb testing.TB, want []ExpectedAxis, got []extractors.Axis) {
	tb.Helper()
	require.Len(tb, got, len(want))
	for i, w := range want {
		g := got[i]
		assert.Equal(tb, w.Size, g.Size, "axis %d (%s)", i, w.Name)
		assert.InDelta(tb, w.Scale, g.Scale, 1e-6*math.Abs(w.Scale), "scale of axis %d (%s)", i, w.Name)
		assert.InDelta(tb, w.Offset, g.Offset, 1e-6*math.Abs(w.Offset)+1e-12, "offset of axis %d (%s)", i, w.Name)
		assert.Equal(tb, w.Units, g.Unit, "unit of axis %d (%s)", i, w.Name)
	}
}

// CheckPixels compares the digest of all elements, piece by piece.
func CheckPixels(tb testing.TB, want ExpectedSignal, got *extractors.Array) {
	tb.Helper()
	require.NotNil(tb, got)
	sum, err := got.SHA256(context.Background())
	require.NoError(tb, err)
	assert.Equal(tb, want.SHA256, sum, "pixels")
}

// WidenedSHA256 is the digest of the elements as float64, little-endian, for readers that
// widen them. The array must be small.
func WidenedSHA256(tb testing.TB, a *extractors.Array) string {
	tb.Helper()
	numbers, err := a.Float64(context.Background(), a.All())
	require.NoError(tb, err)
	b := make([]byte, 0, 8*len(numbers))
	for _, n := range numbers {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(n))
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
