package exportertest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
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

const (
	namespace = "https://data.nist.gov/od/dm/nexus/experiment/v1.0"

	head = `<?xml version="1.0" encoding="UTF-8"?>
<Experiment xmlns="%s">
  <title>%s</title>
  <id>%s</id>
  <summary ref="%s">
    <experimenter>%s</experimenter>
    <instrument pid="%s">%s</instrument>
    <reservationStart>%s</reservationStart>
    <reservationEnd>%s</reservationEnd>
  </summary>
`
	dataset = `    <dataset type="%s" role="%s">
      <name>%s</name>
      <location>/%s</location>
    </dataset>
`
)

// NewJob returns a job with a small valid record: one activity, two datasets, the second
// of which has no preview and a parameter with a warning. Number tells sessions apart,
// title stands wherever people write text.
func NewJob(number int, title string, files exporters.Files) *exporters.Job {
	zone := time.FixedZone("", -6*3600)
	start := time.Date(2024, 5, 6, 9, number%60, 0, 0, zone)
	id := fmt.Sprint(1000 + number)
	address := "https://nemo.example.org/event_details/usage/" + id + "/"
	record := nexuslims.Record{
		Title: title, ID: id, Ref: address, Experimenter: "Ned Land (ned)", InstrumentPID: "TEST-TOOL",
		InstrumentName: "Test tool", Start: start, End: start.Add(2 * time.Hour), Motivation: title,
		Samples:           []nexuslims.Sample{{ID: "sample-1", Name: title, Description: title, Elements: []string{"Al"}}},
		SessionIdentifier: address,
	}
	record.Activities = []nexuslims.Activity{{
		Start: start, SampleID: "sample-1",
		Setup: []nexuslims.Param{{Name: "Acceleration Voltage", Text: "15.0", Unit: "kV"}, {Name: "Operator", Text: title}},
		Datasets: []nexuslims.Dataset{
			{
				Type: nexuslims.Image, Role: "Experimental", Name: "grain 1.tif", Location: "tool/grain 1.tif", Format: "TIFF",
				Preview: "tool/grain 1.tif.thumb.png", Signals: 1, Meta: []nexuslims.Param{{Name: "Comment", Text: title}},
			},
			{
				Type: nexuslims.Spectrum, Role: "Experimental", Name: title, Location: "tool/gone.msa", Format: "EMSA", Signals: 1,
				Meta: []nexuslims.Param{{Name: title, Text: "USER", Warning: true}},
			},
		},
	}}
	document := encode(record)
	digest := sha256.Sum256(document)
	return &exporters.Job{
		Session:    nexuslims.Session{ID: address, Instrument: "TEST-TOOL", From: start, To: record.End, User: "ned"},
		Instrument: nexuslims.Instrument{PID: "TEST-TOOL", DisplayName: "Test tool", Timezone: "America/Denver"},
		Name:       "2024-05-06_TEST-TOOL_" + id, XML: document, Digest: hex.EncodeToString(digest[:]), Record: record,
		Reservation: nexuslims.Reservation{Username: "ned", Email: "ned@example.org", Title: title},
		Files:       files,
	}
}

// encode writes the parts of a record that matter here, in the order of the schema.
func encode(r nexuslims.Record) []byte {
	var b bytes.Buffer
	text := func(s string) string {
		var e bytes.Buffer
		_ = xml.EscapeText(&e, []byte(s)) // a buffer takes everything
		return e.String()
	}
	fmt.Fprintf(&b, head, namespace, text(r.Title), text(r.ID), text(r.Ref), text(r.Experimenter),
		text(r.InstrumentPID), text(r.InstrumentName), r.Start.Format(time.RFC3339), r.End.Format(time.RFC3339))
	for i, a := range r.Activities {
		fmt.Fprintf(&b, "  <acquisitionActivity seqno=\"%d\">\n    <startTime>%s</startTime>\n    <setup/>\n",
			i, a.Start.Format(time.RFC3339))
		for _, d := range a.Datasets {
			fmt.Fprintf(&b, dataset, d.Type, d.Role, text(d.Name), text((&url.URL{Path: d.Location}).EscapedPath()))
		}
		b.WriteString("  </acquisitionActivity>\n")
	}
	b.WriteString("</Experiment>\n")
	return b.Bytes()
}

// newFiles makes the files that the records of NewJob speak of.
func newFiles(tb testing.TB) exporters.Files {
	tb.Helper()
	var picture bytes.Buffer
	require.NoError(tb, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))))
	root := func(files map[string][]byte) *os.Root {
		dir := tb.TempDir()
		for file, content := range files {
			path := filepath.Join(dir, filepath.FromSlash(file))
			require.NoError(tb, os.MkdirAll(filepath.Dir(path), 0o700))
			require.NoError(tb, os.WriteFile(path, content, 0o600))
		}
		r, err := os.OpenRoot(dir)
		require.NoError(tb, err)
		tb.Cleanup(func() { require.NoError(tb, r.Close()) })
		return r
	}
	return exporters.Files{
		Instruments: root(map[string][]byte{"tool/grain 1.tif": []byte("pixels"), "tool/gone.msa": []byte("counts")}),
		Data: root(map[string][]byte{
			"tool/grain 1.tif.thumb.png": picture.Bytes(),
			"tool/grain 1.tif.json":      []byte("{}\n"), "tool/gone.msa.json": []byte("{}\n"),
		}),
	}
}
