package dm_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// external is what an independent reader says of a file.
type external struct {
	Error   string
	Signals []struct {
		Shape  []int
		Dtype  json.RawMessage
		SHA256 string `json:"sha256_le"`
		Axes   []struct {
			Size          int
			Scale, Offset float64
			Units         string
		}
		Metadata struct{ General struct{ Title string } }
		Mapped   map[string]any `json:"mapped_metadata"`
	}
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, into))
}

func TestAgainstExternalReader(t *testing.T) {
	root := testdata.Dir(t)
	for _, name := range names(t) {
		t.Run(name, func(t *testing.T) {
			var want external
			readJSON(t, filepath.Join(root, "instrument-files/gatan-dm/expected", name+".json"), &want)
			require.Empty(t, want.Error)
			path := testdata.Unpacked(t, "instrument-files/gatan-dm/"+name)
			got := run(t, path, "")
			require.Len(t, got, len(want.Signals))
			for i, w := range want.Signals {
				compareAxes(t, got[i], w.Shape, w.Axes)
				if title := w.Metadata.General.Title; title != "" && len(want.Signals) > 1 {
					assert.Equal(t, title, got[i].Title)
				}
				if label, ok := w.Mapped["Signal.quantity"]; ok {
					assert.Equal(t, label, got[i].DataLabel)
				}
				bytes, err := got[i].Data.Read(context.Background(), got[i].Data.All())
				require.NoError(t, err)
				sum := sha256.Sum256(asExternal(got[i], w.Shape, bytes))
				assert.Equal(t, w.SHA256, hex.EncodeToString(sum[:]), "pixels")
				compareFacts(t, got[i].Document, w.Mapped)
			}
		})
	}
}

// order returns the external reader's axes, slowest first and as in the file, without
// those of size 1, in our order: a spectrum image has its energy last.
func order(s *extractors.Signal, shape []int) []int {
	var kept []int
	for i, n := range shape {
		if n != 1 {
			kept = append(kept, i)
		}
	}
	format := s.Raw.At("ImageList", "TagGroup0", "ImageTags", "Meta Data", "Format")
	if format == nexuslims.Text("Spectrum image") && len(shape) > 2 && kept[0] == 0 {
		kept = append(kept[1:], 0)
	}
	return kept
}

func compareAxes(t *testing.T, s *extractors.Signal, shape []int, axes []struct {
	Size          int
	Scale, Offset float64
	Units         string
},
) {
	t.Helper()
	kept := order(s, shape)
	require.Len(t, s.Data.Axes, len(kept))
	for i, k := range kept {
		got, want := s.Data.Axes[i], axes[k]
		assert.Equal(t, want.Size, got.Size)
		assert.InEpsilon(t, want.Scale, got.Scale, 1e-6)
		assert.InDelta(t, want.Offset, got.Offset, 1e-6*math.Abs(want.Offset)+1e-12)
		assert.Equal(t, want.Units, got.Unit)
	}
}

// asExternal gives pixels the form of the external reader: energy first, colours as stored,
// and the second half of a packed transform as the mirror image it takes it for.
func asExternal(s *extractors.Signal, shape []int, b []byte) []byte {
	n := s.Data.Type.Size()
	switch {
	case s.Data.Type == extractors.RGB:
		out := make([]byte, 0, len(b)/3*4)
		for ; len(b) > 0; b = b[3:] {
			out = append(out, b[2], b[1], b[0], 0)
		}
		return out
	case s.Meta.At("extensions", "Derived") == nexuslims.Text("FFT"):
		width := s.Data.Axes[1].Size
		for row := range s.Data.Axes[0].Size {
			line := b[row*width*n : (row+1)*width*n]
			for k := 1; k < width/2; k++ {
				to := line[(width/2+k)*n : (width/2+k+1)*n]
				copy(to, line[(width/2-k)*n:])
				to[n-1] ^= 0x80
			}
		}
		return b
	}
	kept := order(s, shape)
	if len(kept) < 2 || kept[len(kept)-1] != 0 {
		return b
	}
	energies := s.Data.Axes[len(s.Data.Axes)-1].Size
	points := len(b) / n / energies
	out := make([]byte, len(b))
	for p := range points {
		for e := range energies {
			copy(out[(e*points+p)*n:][:n], b[(p*energies+e)*n:])
		}
	}
	return out
}

// facts are the external reader's names of what stands in the metadata, with the factor
// from its unit to ours.
var facts = []struct {
	name   string
	path   []string
	factor float64
}{
	{"beam_energy", []string{"acceleration_voltage"}, 1},
	{"dwell_time", []string{"dwell_time"}, 1e6},
	{"Stage.tilt_alpha", []string{"stage_position", "tilt_alpha"}, 1},
	{"Stage.tilt_beta", []string{"stage_position", "tilt_beta"}, 1},
	{"Stage.x", []string{"stage_position", "x"}, 1000},
	{"Stage.y", []string{"stage_position", "y"}, 1000},
	{"Stage.z", []string{"stage_position", "z"}, 1},
	{"convergence_angle", []string{"extensions", "EELS", "Convergence semi-angle"}, 1},
	{"Detector.EELS.collection_angle", []string{"extensions", "EELS", "Collection semi-angle"}, 1},
	{"Detector.EELS.frame_number", []string{"extensions", "EELS", "Number of frames"}, 1},
	{"Detector.EDS.azimuth_angle", []string{"azimuthal_angle"}, 1},
	{"Detector.EDS.elevation_angle", []string{"elevation_angle"}, 1},
	{"Detector.EDS.live_time", []string{"live_time"}, 1},
	{"Detector.EDS.real_time", []string{"acquisition_time"}, 1},
	{"Camera.exposure", []string{"extensions", "Exposure Time"}, 1},
}

func compareFacts(t *testing.T, d extractors.Document, mapped map[string]any) {
	t.Helper()
	for _, f := range facts {
		for _, kind := range []string{"TEM", "SEM"} {
			want, ok := mapped["Acquisition_instrument."+kind+"."+f.name].(float64)
			if !ok {
				continue
			}
			got := numberAt(d, f.path)
			assert.InDelta(t, want*f.factor, got, 1e-6*math.Abs(want*f.factor)+1e-12, f.name)
		}
	}
	compareTime(t, d, mapped)
}

func numberAt(d extractors.Document, path []string) float64 {
	v := d.Meta.At(path...)
	if v == nil {
		v = d.Meta.At(append([]string{"extensions"}, path...)...)
	}
	if q, ok := v.(nexuslims.Quantity); ok {
		return q.Value
	}
	n, _ := nexuslims.Number(v)
	return n
}

// compareTime compares instants with local times: they differ by the zone of the instrument,
// a multiple of a quarter of an hour.
func compareTime(t *testing.T, d extractors.Document, mapped map[string]any) {
	t.Helper()
	stamp, ok := d.Meta.At("extensions", "Acquisition Timestamp").(nexuslims.Text)
	date, dated := mapped["General.date"].(string)
	clock, timed := mapped["General.time"].(string)
	if !ok || !dated || !timed {
		return
	}
	got, err := time.Parse(time.RFC3339, string(stamp))
	require.NoError(t, err)
	want, err := time.Parse("2006-01-02 15:04:05", date+" "+clock)
	require.NoError(t, err)
	diff := got.Sub(want)
	assert.LessOrEqual(t, diff.Abs(), 14*time.Hour)
	apart := (diff - diff.Round(15*time.Minute)).Abs()
	assert.LessOrEqual(t, apart, 20*time.Second, "%s against %s %s", stamp, date, clock)
}
