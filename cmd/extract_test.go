package cmd_test

import (
	"encoding/json"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// signals reads what extract printed.
func signals(t *testing.T, text string) []map[string]any {
	t.Helper()
	var out []map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &out), text)
	return out
}

func TestExtractNeedsNoConfiguration(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := &site{t: t, dir: dir, now: morning}
	s.file("TEM/a.dm3", morning)
	file := s.path("instruments/TEM/a.dm3")
	o := s.run("extract", file)
	require.Equal(t, 0, o.code, o.err)
	assert.True(t, strings.HasPrefix(o.out, "[\n  {\n    \"nx_meta\": {"), o.out[:40])
	out := signals(t, o.out)
	require.Len(t, out, 1)
	meta, ok := out[0]["nx_meta"].(map[string]any)
	require.True(t, ok)
	assert.Equal(t, "Image", meta["DatasetType"])
	assert.Contains(t, o.err, "the instrument of the file is not known")
	assert.Contains(t, o.err, "Preview: "+file+".thumb.png")
	f, err := os.Open(file + ".thumb.png")
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	_, err = png.Decode(f)
	require.NoError(t, err)
	assert.NoFileExists(t, file+".json")
}

func TestExtractOptions(t *testing.T) {
	t.Parallel()
	s := &site{t: t, dir: t.TempDir(), now: morning}
	s.file("a.tif", morning)
	name := filepath.Join("instruments", "a.tif")
	thumb, document := s.path(name+".thumb.png"), s.path(name+".json")

	o := s.run("extract", name, "--no-preview")
	assert.Equal(t, 0, o.code)
	assert.NoFileExists(t, thumb)
	assert.Len(t, signals(t, o.out), 1)

	o = s.run("extract", name, "--no-metadata", "-p", "deep/folder/x.png")
	assert.Equal(t, 0, o.code)
	assert.Empty(t, o.out)
	assert.FileExists(t, s.path("deep/folder/x.png"))
	assert.NoFileExists(t, thumb)

	o = s.run("extract", "-w", name)
	assert.Equal(t, 0, o.code)
	b, err := os.ReadFile(document)
	require.NoError(t, err)
	assert.Contains(t, o.err, "Metadata: "+document)
	var written map[string]any
	require.NoError(t, json.Unmarshal(b, &written))
	assert.Equal(t, signals(t, o.out)[0], written)
	assert.FileExists(t, thumb)

	require.NoError(t, os.WriteFile(document, []byte("mine"), 0o600))
	require.NoError(t, os.WriteFile(thumb, []byte("mine"), 0o600))
	o = s.run("extract", "-w", name)
	assert.Equal(t, 0, o.code)
	assert.Contains(t, o.err, "kept")
	for _, path := range []string{document, thumb} {
		b, err = os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, "mine", string(b))
	}
	o = s.run("extract", "-w", name, "--overwrite")
	assert.Equal(t, 0, o.code)
	for _, path := range []string{document, thumb} {
		b, err = os.ReadFile(path)
		require.NoError(t, err)
		assert.NotEqual(t, "mine", string(b))
	}

	require.NoError(t, os.WriteFile(s.path("blocked"), nil, 0o600))
	o = s.run("extract", name, "-p", "blocked/x.png")
	assert.Equal(t, 1, o.code, "a picture that was asked for is missing")
	assert.Contains(t, o.err, "not written")
}

func TestExtractFilesOfAllKinds(t *testing.T) {
	t.Parallel()
	s := &site{t: t, dir: t.TempDir(), now: morning}
	whole, err := synth.TEMImage(64, 1, synth.DefaultMicroscope(morning)).Bytes()
	require.NoError(t, err)
	for name, data := range map[string][]byte{
		"unknown.xyz": []byte("?"), "empty.dm3": {}, "noise.dm4": []byte(strings.Repeat("noise ", 100)),
		"broken.dm3": whole[:len(whole)/2], "text.dm3": []byte("I am no image"), "empty.tif": {}, "-dash <&>.txt": []byte("x"),
	} {
		s.write(name, data, morning)
		o := s.run("extract", s.path("instruments", name))
		assert.Equal(t, 0, o.code, "%s: %s", name, o.err)
		out := signals(t, o.out)
		require.NotEmpty(t, out, name)
		assert.Contains(t, out[0], "nx_meta", name)
		assert.Contains(t, o.err, "Preview: ", name)
	}
	assert.Equal(t, "Unknown", signals(t, s.run("extract", s.path("instruments/unknown.xyz")).out)[0]["nx_meta"].(map[string]any)["DatasetType"])
}

func TestExtractKnowsTheInstrument(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.file("TEM/deep/a.dm3", morning)
	before := s.files("instruments")
	for _, args := range [][]string{
		{"instruments/TEM/deep/a.dm3"}, {"instruments/../instruments/TEM/deep/a.dm3", "-w"}, {s.path("instruments/TEM/deep/a.dm3"), "-w", "--overwrite"},
	} {
		o := s.run(append([]string{"extract"}, args...)...)
		require.Equal(t, 0, o.code, o.err)
		assert.NotContains(t, o.err, "not known")
		assert.Equal(t, "TEM", signals(t, o.out)[0]["nx_meta"].(map[string]any)["Instrument ID"])
	}
	assert.ElementsMatch(t, []string{"TEM/deep/a.dm3.json", "TEM/deep/a.dm3.thumb.png"}, s.files("data"))
	assert.Equal(t, before, s.files("instruments"))
}

// TestExtractNeverWritesToInstrumentData holds even where the rest of the configuration
// is of no use, and where a link leads there.
func TestExtractNeverWritesToInstrumentData(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.file("TEM/a.tif", morning)
	require.NoError(t, os.Symlink(s.path("instruments"), s.path("link")))
	file := s.path("instruments/TEM/a.tif")
	before := s.files("instruments")
	inside := [][]string{
		{"extract", file, "-p", s.path("instruments/TEM/x.png")},
		{"extract", file, "-p", s.path("instruments/new/x.png")},
		{"extract", file, "-p", s.path("link/new/x.png")},
		{"extract", "link/TEM/a.tif", "-p", "data/../instruments/x.png"},
	}
	for _, args := range inside {
		o := s.run(args...)
		assert.Equal(t, 1, o.code, args)
		assert.Contains(t, o.err, "lies in the instrument data")
	}
	for _, change := range []func(){
		func() {}, func() { s.env["NX_DB_PATH"] = s.path("gone.db") }, func() { s.env["NX_DATA_PATH"] = s.path("gone") },
		func() { delete(s.env, "NX_DATA_PATH") },
	} {
		change()
		for _, args := range append(inside, []string{"extract", file, "-w"}, []string{"extract", "link/TEM/a.tif", "-w", "--overwrite"}) {
			o := s.run(args...)
			assert.NotEmpty(t, signals(t, o.out), args)
			assert.Equal(t, before, s.files("instruments"), args)
		}
	}
}
