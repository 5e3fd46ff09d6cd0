package tia_test

import (
	"bytes"
	"context"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/tia"
	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// at is when the synthetic files were acquired, and were written.
var at = time.Date(2024, 5, 14, 13, 30, 0, 0, time.UTC)

func microscope() synth.Microscope { return synth.DefaultMicroscope(at) }

// inFolder is a folder of files in memory.
type inFolder struct {
	files      map[string][]byte
	instrument *nexuslims.Instrument
	read       fault.Counting // bytes read of all files
}

func folderOf(files map[string][]byte) *inFolder { return &inFolder{files: files} }

func (d *inFolder) open(name string) (*extractors.File, error) {
	b, ok := d.files[name]
	if !ok {
		return nil, nexuslims.E(nexuslims.NotFound, "open", name, fs.ErrNotExist)
	}
	c := extractors.Context{Instrument: d.instrument, Path: "Titan/2024/" + name, Sibling: d.open}
	return extractors.NewFile(name, d.read.Of(bytes.NewReader(b)), int64(len(b)), at.Add(time.Hour), c), nil
}

// signal extracts a file through the engine.
func (d *inFolder) signal(tb testing.TB, name string) *extractors.Signal {
	tb.Helper()
	f, err := d.open(name)
	require.NoError(tb, err)
	out, err := engine(tb).Extract(context.Background(), f)
	require.NoError(tb, err)
	require.Len(tb, out.Signals, 1)
	return out.Signals[0]
}

// raw extracts a file without the engine.
func (d *inFolder) raw(tb testing.TB, name string) (*extractors.Result, error) {
	tb.Helper()
	f, err := d.open(name)
	require.NoError(tb, err)
	return tia.New().Extract(context.Background(), f)
}

// warnings are those of the extraction.
func warnings(s *extractors.Signal) string {
	return s.Meta.Group("NexusLIMS Extraction").Text("Extractor Warnings")
}

// extension returns an extension as text.
func extension(s *extractors.Signal, path ...string) string {
	return nexuslims.TextOf(s.Meta.Group("extensions").At(path...))
}

// folderWith writes series as NAME_1.ser and so on, and NAME.emi with their objects behind
// others. Paths name the series unless they are left out.
func folderWith(tb testing.TB, paths bool, before []synth.EMIObject, series ...synth.TIA) *inFolder {
	tb.Helper()
	files := map[string][]byte{}
	objects := before
	for i, s := range series {
		name := "map_" + string(rune('1'+i)) + ".ser"
		b, err := s.SER.Bytes()
		require.NoError(tb, err)
		files[name] = b
		if paths {
			s.EMI.Series = `F:\Users\ada\` + strings.ToUpper(name)
		}
		objects = append(objects, s.EMI)
	}
	b, err := synth.EMI{Objects: objects}.Bytes()
	require.NoError(tb, err)
	files["map.emi"] = b
	return folderOf(files)
}
