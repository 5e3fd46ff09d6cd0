package emsa_test

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/emsa"
	"github.com/nexuslims/nexuslims-go/extractors/preview"
	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// endless is a header and then the same line again and again.
type endless struct {
	header []byte
	line   string
	size   int64
}

// ReadAt implements io.ReaderAt.
func (e endless) ReadAt(p []byte, off int64) (int, error) {
	for i := range p {
		switch at := off + int64(i); {
		case at >= e.size:
			return i, io.EOF
		case at < int64(len(e.header)):
			p[i] = e.header[at]
		default:
			p[i] = e.line[(at-int64(len(e.header)))%int64(len(e.line))]
		}
	}
	return len(p), nil
}

// TestHugeFile reads the metadata of a file of a gigabyte from its beginning.
func TestHugeFile(t *testing.T) {
	m := synth.EELSText(1).With("NPOINTS", "100000000")
	m.Y, m.Open = nil, true
	e := endless{m.Bytes(), "12345.678\n", 1 << 30}
	c := &fault.Counting{R: e}
	r, err := emsa.New().Extract(context.Background(), extractors.NewFile("a.msa", c, e.size, at, extractors.Context{}))
	require.NoError(t, err)
	assert.Less(t, c.Bytes(), int64(1<<20))
	s := r.Signals[0]
	assert.Equal(t, []int{100_000_000}, s.Data.Shape())
	v, err := s.Data.Float64(context.Background(), extractors.Region{Start: []int{100}, Count: []int{1}, Step: []int{1}})
	require.NoError(t, err)
	assert.InDelta(t, 12345.678, v[0], 0)

	r, err = emsa.New().Extract(context.Background(), extractors.NewFile("a.msa", endless{[]byte("#FORMAT: EMSA\n#SPECTRUM\n"), "1\n", 1 << 30}, 1<<30, at, extractors.Context{}))
	require.NoError(t, err)
	assert.Nil(t, r.Signals[0].Data, "nothing tells how many values there are")
}

func BenchmarkMetadata(b *testing.B) {
	data := synth.EDSText(1, at).Bytes()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		_, err := emsa.New().Extract(context.Background(), open(data))
		require.NoError(b, err)
	}
}

func BenchmarkPreview(b *testing.B) {
	data := synth.EDSText(1, at).Bytes()
	r, err := emsa.New().Extract(context.Background(), extractors.NewFile("a.msa", bytes.NewReader(data), int64(len(data)), at, extractors.Context{}))
	require.NoError(b, err)
	for b.Loop() {
		_, err := preview.Draw(context.Background(), r.Signals[0], preview.Options{})
		require.NoError(b, err)
	}
}
