package folder_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// full returns a job with something in every field.
func full(store *store) *exporters.Job {
	job := store.job(1001, day(11, 13), 3)
	r := &job.Record
	r.Ref, r.PID = "https://nemo.example.org/event_details/reservation/204/", "https://cdcs.example.org/pid/0001"
	r.Collaborators = []string{"Pierre Aronnax"}
	r.Motivation = "Thickness of the hull.\nSee https://doi.org/10.18434/mds2-2467, figure 3."
	r.Samples = []nexuslims.Sample{
		{
			ID: "s1", Name: "Hull", Ref: "https://hdl.handle.net/20.1/7", Description: "Polished.",
			Elements: []string{"Fe", "C"},
		},
		{ID: "s2", Ref: "internal 8"},
	}
	r.Projects = []nexuslims.Project{
		{Name: "Nautilus", Division: "Materials", Group: "Microscopy", ID: "641.02", Ref: "https://example.org/nautilus"},
		{ID: "641.03", Ref: "javascript:alert(1)"},
	}
	a := &r.Activities[0]
	a.SampleID = "s1"
	a.Setup = append(a.Setup, nexuslims.Param{Name: "Data Type", Text: "TEM_Imaging"},
		nexuslims.Param{Name: "Operator", Text: "USER", Warning: true})
	rating, featured := 4, true
	a.Datasets[1].Curation = &nexuslims.Curation{Rating: &rating, Featured: &featured}
	a.Datasets[1].Description = "The best one."
	a.Datasets[1].Meta = []nexuslims.Param{
		{Name: "Creation Time", Text: "2024-11-13T09:31:00-06:00"},
		{Name: "Defocus", Text: "-0.5", Unit: "μm", Warning: true},
	}
	a.Datasets[2].Preview, a.Datasets[2].Role = "", "Simulated"
	second := nexuslims.Activity{Start: r.Start.Add(time.Hour), Datasets: []nexuslims.Dataset{{
		Type: nexuslims.SpectrumImage, Role: "Experimental", Name: "map.dm4 (1 of 2)", Location: "tool/1001/map.dm4",
		Meta: []nexuslims.Param{{Name: "Data Type", Text: "EELS_Spectrum_Imaging"}}, Time: r.Start.Add(61 * time.Minute),
	}}}
	r.Activities = append(r.Activities, second)
	job.Instrument.Location = "Building 223, room A147"
	job.Previous = map[string]exporters.Receipt{
		"cdcs": {URL: "https://cdcs.example.org/data?id=12"}, "wiki": {URL: "file:///x"},
	}
	seal(job)
	return job
}

// The page of a record with everything in it; the versions of style and script vary.
func TestGoldenPage(t *testing.T) {
	site, store := t.TempDir(), newStore(t)
	receipt := export(t, site, full(store))
	page := snapshot(t, site)["records/"+receipt.ID+"/index.html"]
	page = regexp.MustCompile(`\?v=[0-9a-f]{10}`).ReplaceAllString(page, "?v=0")
	golden := filepath.Join("testdata", "golden", "record.html")
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(golden), 0o755))
		require.NoError(t, os.WriteFile(golden, []byte(page), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), page)
}

func TestPageSays(t *testing.T) {
	site, store := t.TempDir(), newStore(t)
	receipt := export(t, site, full(store))
	files := snapshot(t, site)
	page := files["records/"+receipt.ID+"/index.html"]
	for _, text := range []string{
		"13 Nov 2024, 09:30 – 11:30 (UTC−06:00)",
		"Wednesday, 13 November 2024", "TEM Imaging", "EELS Spectrum Imaging",
		`href="https://nemo.example.org/event_details/reservation/204/"`, `href="https://cdcs.example.org/data?id=12"`,
		`<a href="https://doi.org/10.18434/mds2-2467" rel="noopener noreferrer">`, `<a href="#sample-1">Hull</a>`,
		"<code>internal 8</code>", `<span class="unit">kV</span>`, "★★★★", "Featured", "Simulated", "2 doubtful values",
		"No preview", `data-copy="tool/1001/map.dm4"`, `<code class="folder">tool/1001</code>`, "13 Nov 2024, 10:31",
		`loading="lazy"`, `download="` + receipt.ID + `.xml"`,
	} {
		assert.Contains(t, page, text)
	}
	assert.NotContains(t, page, "javascript:")
	assert.NotContains(t, page, "file:///")
	list := entries(t, files["index/2024-11.js"])
	require.Len(t, list, 1)
	assert.Contains(t, list[0].Cover, "previews/grain-1.tif-", "the featured dataset stands for the record")
	requireWhole(t, site)
}

func TestTimesOverMidnight(t *testing.T) {
	site, store := t.TempDir(), newStore(t)
	job := store.job(1, day(5, 31), 0)
	job.Record.End = job.Record.Start.Add(24 * time.Hour)
	receipt := export(t, site, job)
	assert.Contains(t, snapshot(t, site)["records/"+receipt.ID+"/index.html"],
		"31 May 2024, 09:30 – 1 Jun 2024, 09:30")
}
