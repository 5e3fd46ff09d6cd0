package reference_test

import (
	"context"
	"log/slog"
	"os"
	"path"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/preview"
	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims/builtin"
)

func builtinEngine() *extractors.Engine {
	plugins := builtin.Plugins()
	return &extractors.Engine{
		Extractors: &plugins.Extractors, Profiles: &plugins.Profiles, Logger: slog.New(slog.DiscardHandler), Now: time.Now,
	}
}

// count opens a file, and its siblings, through a counter. A sibling is unpacked once.
func count(tb testing.TB, name string, n *fault.Counting) *extractors.File {
	tb.Helper()
	f := reference.Open(tb, name, "")
	siblings := map[string]*extractors.File{}
	return extractors.NewFile(path.Base(name), n.Of(f), f.Size(), f.ModTime(), extractors.Context{
		Path: name,
		Sibling: func(sib string) (*extractors.File, error) {
			s, known := siblings[sib]
			if !known {
				var err error
				if s, err = f.Sibling(sib); err != nil {
					return nil, err
				}
				siblings[sib] = s
			}
			return extractors.NewFile(sib, n.Of(s), s.Size(), s.ModTime(), extractors.Context{}), nil
		},
	})
}

// TestMetadataReadNoPixels holds what is read of every shared file over 10 MB to 1 MB.
func TestMetadataReadNoPixels(t *testing.T) {
	engine, found := builtinEngine(), 0
	for _, folder := range formatFolders(t) {
		for _, name := range reference.Names(t, folder) {
			var n fault.Counting
			f := count(t, folder+"/"+name, &n)
			if f.Size() < 10<<20 {
				continue
			}
			found++
			_, err := engine.Extract(context.Background(), f)
			require.NoError(t, err, name)
			assert.LessOrEqual(t, n.Bytes(), int64(1<<20), "%s/%s of %d bytes", folder, name, f.Size())
		}
	}
	assert.Positive(t, found, "there is no large file")
}

func formatFolders(tb testing.TB) []string {
	tb.Helper()
	entries, err := os.ReadDir(path.Join(testdata.Dir(tb), "instrument-files"))
	require.NoError(tb, err)
	var folders []string
	for _, e := range entries {
		if e.IsDir() && e.Name() != "broken" {
			folders = append(folders, e.Name())
		}
	}
	return folders
}

// largest is the file of a folder with the most bytes among those that are read as signals.
func largest(tb testing.TB, folder string) (name string, size int64) {
	tb.Helper()
	engine := builtinEngine()
	for _, n := range reference.Names(tb, folder) {
		f := reference.Open(tb, folder+"/"+n, "")
		if f.Size() <= size {
			continue
		}
		if out, err := engine.Extract(context.Background(), f); err == nil && out.Err == nil && out.Signals[0].Drawable() {
			name, size = n, f.Size()
		}
	}
	return name, size
}

// BenchmarkFormats measures metadata and preview of the largest shared file of each format.
func BenchmarkFormats(b *testing.B) {
	for _, folder := range formatFolders(b) {
		b.Run(folder, func(b *testing.B) {
			name, size := largest(b, folder)
			if name == "" {
				b.Skip("no file of this folder is read as signals")
			}
			b.Run("metadata", func(b *testing.B) { benchmarkMetadata(b, folder+"/"+name, size) })
			b.Run("preview", func(b *testing.B) { benchmarkPreview(b, folder+"/"+name) })
		})
	}
}

func benchmarkMetadata(b *testing.B, name string, size int64) {
	b.Helper()
	engine := builtinEngine()
	var n fault.Counting
	f := count(b, name, &n)
	for b.Loop() {
		_, err := engine.Extract(context.Background(), f)
		require.NoError(b, err)
	}
	b.ReportMetric(float64(n.Bytes())/float64(b.N), "read-bytes/op")
	b.ReportMetric(float64(size), "file-bytes")
}

func benchmarkPreview(b *testing.B, name string) {
	b.Helper()
	out, err := builtinEngine().Extract(context.Background(), reference.Open(b, name, ""))
	require.NoError(b, err)
	for b.Loop() {
		_, err := preview.Draw(context.Background(), out.Signals[0], preview.Options{})
		require.NoError(b, err)
	}
}
