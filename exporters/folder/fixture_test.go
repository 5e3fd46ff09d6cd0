package folder_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// store is a data tree with previews and metadata files.
type store struct {
	tb   testing.TB
	path string
	root *os.Root
}

func newStore(tb testing.TB) *store {
	tb.Helper()
	path := tb.TempDir()
	root, err := os.OpenRoot(path)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, root.Close()) })
	return &store{tb, path, root}
}

// add puts preview and metadata of a data file there; the shade tells previews apart.
func (s *store) add(location string, shade byte) {
	s.tb.Helper()
	picture := image.NewGray(image.Rect(0, 0, 4, 4))
	picture.Pix[0] = shade
	var b bytes.Buffer
	require.NoError(s.tb, png.Encode(&b, picture))
	base := filepath.Join(s.path, filepath.FromSlash(location))
	require.NoError(s.tb, os.MkdirAll(filepath.Dir(base), 0o700))
	require.NoError(s.tb, os.WriteFile(base+".thumb.png", b.Bytes(), 0o600))
	require.NoError(s.tb, os.WriteFile(base+".json", fmt.Appendf(nil, "{\"shade\": %d}\n", shade), 0o600))
}

// job returns a job of a record with n images, made at the start of a session.
func (s *store) job(id int, start time.Time, n int) *exporters.Job {
	s.tb.Helper()
	r := nexuslims.Record{
		Title: fmt.Sprintf("Grain boundaries %d", id), ID: fmt.Sprint(id), Experimenter: "Ned Land (ned)",
		InstrumentPID: "TEST-TOOL", InstrumentName: "Test tool", Start: start, End: start.Add(2 * time.Hour),
		Motivation: "To see them.",
	}
	a := nexuslims.Activity{Start: start, Setup: []nexuslims.Param{{Name: "Voltage", Text: "15.0", Unit: "kV"}}}
	for i := range n {
		location := fmt.Sprintf("tool/%d/grain %d.tif", id, i)
		s.add(location, byte(i+1))
		a.Datasets = append(a.Datasets, nexuslims.Dataset{
			Type: nexuslims.Image, Role: "Experimental", Name: filepath.Base(location), Location: location,
			Format: "TIFF", Preview: location + ".thumb.png", Signals: 1,
		})
	}
	r.Activities = []nexuslims.Activity{a}
	job := &exporters.Job{
		Session: nexuslims.Session{
			ID: fmt.Sprintf("https://nemo.example.org/usage/%d/", id), Instrument: "TEST-TOOL", From: start,
		},
		Name:   fmt.Sprintf("%s_TEST-TOOL_%d", start.Format("2006-01-02"), id),
		Record: r, Files: exporters.Files{Data: s.root},
	}
	seal(job)
	return job
}

// seal gives a job a document that follows from its record.
func seal(job *exporters.Job) {
	values := sha256.Sum256(fmt.Appendf(nil, "%+v", job.Record))
	job.XML = fmt.Appendf(nil, "<Experiment><!-- %x --></Experiment>\n", values)
	sum := sha256.Sum256(job.XML)
	job.Digest = hex.EncodeToString(sum[:])
}

// export delivers a job to the site in a folder.
func export(tb testing.TB, path string, job *exporters.Job) exporters.Receipt {
	tb.Helper()
	receipt, err := open(tb, path).Export(context.Background(), job)
	require.NoError(tb, err)
	return receipt
}

// snapshot returns the content of all files below a folder by slash-separated name.
func snapshot(tb testing.TB, path string) map[string]string {
	tb.Helper()
	files := make(map[string]string)
	err := fs.WalkDir(os.DirFS(path), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(path, filepath.FromSlash(name)))
		files[name] = string(data)
		return err
	})
	require.NoError(tb, err)
	return files
}

// day is a start of sessions.
func day(month time.Month, d int) time.Time {
	return time.Date(2024, month, d, 9, 30, 0, 0, time.FixedZone("", -6*3600))
}
