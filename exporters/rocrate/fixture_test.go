package rocrate_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// facility is a data tree and an instrument tree.
type facility struct {
	tb                   testing.TB
	instruments, data    string
	instrumentRoot, tree *os.Root
	formats              map[string]string
}

func newFacility(tb testing.TB) *facility {
	tb.Helper()
	f := &facility{tb: tb, instruments: tb.TempDir(), data: tb.TempDir(), formats: map[string]string{"TIFF": "image/tiff"}}
	open := func(path string) *os.Root {
		root, err := os.OpenRoot(path)
		require.NoError(tb, err)
		tb.Cleanup(func() { require.NoError(tb, root.Close()) })
		return root
	}
	f.instrumentRoot, f.tree = open(f.instruments), open(f.data)
	return f
}

func (f *facility) write(path string, data []byte) {
	f.tb.Helper()
	require.NoError(f.tb, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(f.tb, os.WriteFile(path, data, 0o600))
}

// file makes an instrument file with its metadata file and preview, and returns its dataset.
func (f *facility) file(location, format string, shade byte) nexuslims.Dataset {
	f.tb.Helper()
	picture := image.NewGray(image.Rect(0, 0, 4, 4))
	picture.Pix[0] = shade
	var b bytes.Buffer
	require.NoError(f.tb, png.Encode(&b, picture))
	path := filepath.Join(f.instruments, filepath.FromSlash(location))
	f.write(path, bytes.Repeat([]byte{shade}, 100))
	at := time.Date(2024, 5, 6, 13, 10, 0, 0, time.UTC)
	require.NoError(f.tb, os.Chtimes(path, at, at))
	base := filepath.Join(f.data, filepath.FromSlash(location))
	f.write(base+".thumb.png", b.Bytes())
	f.write(base+".json", fmt.Appendf(nil, "{\"shade\": %d}\n", shade))
	return nexuslims.Dataset{
		Type: nexuslims.Image, Role: "Experimental", Name: filepath.Base(location), Location: location, Format: format,
		Preview: location + ".thumb.png", Signals: 1,
	}
}

// job returns a job with a record of two activities on two data files, one of them of two
// signals.
func (f *facility) job() *exporters.Job {
	f.tb.Helper()
	zone := time.FixedZone("", -4*3600)
	start := time.Date(2024, 5, 6, 9, 2, 11, 0, zone)
	grain, spectrum := f.file("SEM_A/aquill/grain 1.tif", "TIFF", 1), f.file("SEM_A/aquill/map.dm4", "DM4", 2)
	grain.Meta = []nexuslims.Param{
		{Name: "Creation Time", Text: "2024-05-06T09:10:00-04:00"},
		{Name: "magnification", Text: "13000.0"},
		{Name: "NexusLIMS Extraction – Date", Text: "2024-05-06T12:20:00-04:00"},
		{Name: "Operator", Text: "USER", Warning: true},
		{Name: "Stage Position – x", Text: "1562.5", Unit: "µm"},
	}
	spectrum.Type, spectrum.Name, spectrum.Signals = nexuslims.Spectrum, "map.dm4 (1 of 2)", 2
	spectrum.Meta = []nexuslims.Param{{Name: "Creation Time", Text: "2024-05-06T09:12:30-04:00"}}
	second := spectrum
	second.Name, second.Signal, second.Type = "map.dm4 (2 of 2)", 1, nexuslims.Image
	setup := []nexuslims.Param{
		{Name: "Acceleration Voltage", Text: "15.0", Unit: "kV"},
		{Name: "Data Type", Text: "SEM_Imaging"},
		{Name: "Frames", Text: "4"},
		{Name: "Serial", Text: "0012"},
		{Name: "Sealed", Text: "True"},
	}
	r := nexuslims.Record{
		Title: "Grain map", ID: "5120", Ref: "https://nemo.example.org/event_details/usage/5120/",
		Experimenter: "Ada Quill (aquill)", Collaborators: []string{"Ben Okafor"},
		InstrumentPID: "SEM-A", InstrumentName: "Desk SEM A", Start: start, End: start.Add(3 * time.Hour),
		Motivation: "Grain size after anneal",
		Samples: []nexuslims.Sample{{
			ID: "0c0f4a9e", Ref: "hdl:20.1/ab", Description: "annealed 2 h", Elements: []string{"Al", "Cu"},
		}},
		Projects: []nexuslims.Project{{ID: "F-17", Division: "Materials"}},
		Activities: []nexuslims.Activity{
			{Start: start.Add(8 * time.Minute), SampleID: "0c0f4a9e", Datasets: []nexuslims.Dataset{grain}, Setup: setup},
			{Start: start.Add(10 * time.Minute), Datasets: []nexuslims.Dataset{spectrum, second}},
		},
	}
	job := &exporters.Job{
		Session:    nexuslims.Session{ID: r.Ref, Instrument: "SEM-A", From: start, To: r.End, User: "aquill"},
		Instrument: nexuslims.Instrument{PID: "SEM-A", Timezone: "America/New_York"},
		Name:       "2024-05-06_SEM-A_5120", Record: r, MediaTypes: f.formats,
		Files: exporters.Files{Instruments: f.instrumentRoot, Data: f.tree},
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

func address(tb testing.TB, text string) *url.URL {
	tb.Helper()
	u, err := url.Parse(text)
	require.NoError(tb, err)
	return u
}

// graphOf returns the entities of a crate by id.
func graphOf(tb testing.TB, crate string) map[string]map[string]any {
	tb.Helper()
	var doc struct {
		Graph []map[string]any `json:"@graph"`
	}
	require.NoError(tb, json.Unmarshal(contents(tb, crate)["ro-crate-metadata.json"], &doc))
	graph := map[string]map[string]any{}
	for _, e := range doc.Graph {
		id, _ := e["@id"].(string)
		require.NotContains(tb, graph, id)
		graph[id] = e
	}
	return graph
}
