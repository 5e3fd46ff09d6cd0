package rocrate_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/exportertest"
	"github.com/nexuslims/nexuslims-go/exporters/rocrate"
	"github.com/nexuslims/nexuslims-go/internal/rocratetest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const wholeSite = `{
	"license": {"url": "https://creativecommons.org/licenses/by/4.0/", "name": "CC BY 4.0"},
	"facility": {"name": "EM Facility", "url": "https://em.example.org", "ror": "https://ror.org/05xpvk416", "email": "em@example.org"},
	"people": {"aquill": {"orcid": "0000-0002-1825-0097", "given": "Ada", "family": "Quill", "email": "ada@example.org"}},
	"instruments": {"SEM-A": {"identifier": "https://doi.org/10.5072/sem-a", "manufacturer": "Acme", "model": "X1", "serial": "7",
		"url": "https://em.example.org/sem-a"}}
}`

// requireGood delivers a job in all forms and lets every crate pass the rules.
func requireGood(t *testing.T, c rocrate.Config, job *exporters.Job) map[string]map[string]any {
	t.Helper()
	c.Path, c.Forms = t.TempDir(), allForms
	store := open(t, c)
	store.Wrap((&faultyDisk{}).wrap)
	_, err := store.Export(t.Context(), job)
	require.NoError(t, err)
	var graph map[string]map[string]any
	for _, form := range allForms {
		crates := cratesOf(t, c.Path, form)
		require.Len(t, crates, 1)
		rocratetest.Require(t, crates[0])
		graph = graphOf(t, crates[0])
	}
	return graph
}

func TestRules(t *testing.T) {
	for name, c := range map[string]rocrate.Config{
		"nothing set":        {},
		"data inside":        {Data: rocrate.Include, Limit: 1 << 20},
		"limit":              {Data: rocrate.Include, Limit: 150},
		"digests of outside": {Checksum: true, DataURL: address(t, "https://data.example.org/files")},
		"site":               {Site: wholeSite},
	} {
		t.Run(name, func(t *testing.T) { requireGood(t, c, newFacility(t).job()) })
	}
}

// TestRulesOfOddRecords: whatever is missing or strange, the crate is good.
func TestRulesOfOddRecords(t *testing.T) {
	for name, change := range map[string]func(f *facility, j *exporters.Job){
		"empty": func(_ *facility, j *exporters.Job) { j.Record = nexuslims.Record{} },
		"no session": func(_ *facility, j *exporters.Job) {
			j.Record, j.Session = nexuslims.Record{}, nexuslims.Session{ID: "x"}
		},
		"no files": func(_ *facility, j *exporters.Job) { j.Files = exporters.Files{} },
		"nobody":   func(_ *facility, j *exporters.Job) { j.Record.Experimenter, j.Session.User = "", "" },
		"operator": func(_ *facility, j *exporters.Job) { j.Session.User = "bokafor" },
		"same people": func(_ *facility, j *exporters.Job) {
			j.Record.Collaborators = []string{"Ada Quill (aquill)", "Ben", "Ben", ""}
		},
		"no preview": func(_ *facility, j *exporters.Job) { j.Record.Activities[0].Datasets[0].Preview = "" },
		"empty activity": func(_ *facility, j *exporters.Job) {
			j.Record.Activities = append(j.Record.Activities, nexuslims.Activity{})
		},
		"same names": func(f *facility, j *exporters.Job) {
			j.Record.Activities[0].Datasets = append(j.Record.Activities[0].Datasets,
				f.file("SEM_A/other/grain 1.tif", "TIFF", 3), f.file("SEM_A/GRAIN 1.tif", "TIFF", 4),
				f.file("SEM_A/con.metadata", "", 5), f.file("SEM_A/aux", "", 6))
		},
		"same keys": func(_ *facility, j *exporters.Job) {
			j.Record.Activities[0].Setup = []nexuslims.Param{
				{Name: "A b", Text: "1"},
				{Name: "a.B", Text: "2"},
				{Name: "a-b-2", Text: "3"},
				{Name: "1", Text: "4"},
				{Name: "1", Text: "5"},
				{Name: "…", Text: "6"},
				{Name: "", Text: "nan"},
				{Name: "null", Text: "None"},
			}
		},
		"many keywords": func(_ *facility, j *exporters.Job) {
			for i := range 120 {
				j.Record.Samples[0].Elements = append(j.Record.Samples[0].Elements, "E,"+string(rune('a'+i%26))+string(rune('a'+i/26)))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFacility(t)
			job := f.job()
			change(f, job)
			seal(job)
			requireGood(t, rocrate.Config{}, job)
		})
	}
}

// TestHostileTexts puts each text wherever one can stand.
func TestHostileTexts(t *testing.T) {
	texts := append(exportertest.Hostile(), "\x00\x01\x7f", "bad \xff\xfe UTF-8", "\u2028\u2029\ufeff", "https://user:pw@example.org/", "a\r\nb\rc")
	for _, text := range texts {
		f := newFacility(t)
		job := f.job()
		job.Name = "2024-05-06_" + text + "_5120"
		job.Session = nexuslims.Session{ID: "id " + text, Instrument: text, From: job.Session.From, To: job.Session.To, User: text}
		job.Instrument.PID = text
		job.Previous = map[string]exporters.Receipt{text: {URL: text}, "cdcs": {URL: text}}
		job.MediaTypes = nil
		r := &job.Record
		r.Title, r.ID, r.Ref, r.Experimenter, r.Motivation = text, text, text, text, text
		r.Collaborators, r.InstrumentPID, r.InstrumentName = []string{text, text}, text, text
		r.Samples = []nexuslims.Sample{{ID: text, Ref: text, Name: text, Description: text, Elements: []string{text}}}
		r.Projects = []nexuslims.Project{{Name: text, Division: text, Group: text, ID: text, Ref: text}}
		params := []nexuslims.Param{{Name: text, Text: text, Unit: text}, {Name: "Data Type", Text: text}, {Name: "Creation Time", Text: text}}
		for i := range r.Activities {
			a := &r.Activities[i]
			a.SampleID, a.Setup = text, params
			for k := range a.Datasets {
				d := &a.Datasets[k]
				d.Name, d.Description, d.Format, d.Meta = text, text, text, params
				d.Type = nexuslims.DatasetType(text)
			}
		}
		seal(job)
		if !t.Run("", func(t *testing.T) {
			requireGood(t, rocrate.Config{DataURL: address(t, "https://data.example.org/")}, job)
		}) {
			t.Logf("text %q", text)
		}
	}
}
