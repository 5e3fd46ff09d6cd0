package rocrate_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/rocrate"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

var allForms = rocrate.Forms{rocrate.ELN, rocrate.Zip, rocrate.Folder}

// noReceipt is that of a session that has no crate.
var noReceipt exporters.Receipt

// tree returns the content of all files below a folder.
func tree(tb testing.TB, path string) map[string]string {
	tb.Helper()
	files := map[string]string{}
	for name, data := range contents(tb, path) {
		files[name] = string(data)
	}
	return files
}

func TestFormsHoldTheSame(t *testing.T) {
	dir, f := t.TempDir(), newFacility(t)
	job := f.job()
	r, err := open(t, rocrate.Config{Path: dir, Forms: allForms}).Export(t.Context(), job)
	require.NoError(t, err)
	assert.Equal(t, "SEM-A/2024/2024-05-06_SEM-A_5120.eln", r.ID)
	assert.Equal(t, job.Digest, r.Digest)
	assert.Empty(t, r.URL)
	assert.Empty(t, r.Warnings)
	assert.Equal(t, map[string]any{"included": 0, "referenced": 2, "missing": 0}, r.Meta["data"])
	stem := filepath.Join(dir, "SEM-A", "2024", "2024-05-06_SEM-A_5120")
	eln := contents(t, stem+".eln")
	assert.Equal(t, eln, contents(t, stem+".zip"))
	assert.Equal(t, eln, contents(t, stem))
	var names []string
	for name := range eln {
		names = append(names, name)
	}
	assert.ElementsMatch(t, []string{
		"ro-crate-metadata.json", "ro-crate-preview.html", "record/2024-05-06_SEM-A_5120.xml",
		"record/grain_1.tif.json", "record/grain_1.tif.thumb.png", "record/map.dm4.json", "record/map.dm4.thumb.png",
	}, names)
	assert.Equal(t, string(job.XML), string(eln["record/2024-05-06_SEM-A_5120.xml"]))
	preview, err := os.ReadFile(filepath.Join(f.data, "SEM_A/aquill/grain 1.tif.thumb.png"))
	require.NoError(t, err)
	assert.Equal(t, preview, eln["record/grain_1.tif.thumb.png"])
}

func TestSameBytes(t *testing.T) {
	one, other, f := t.TempDir(), t.TempDir(), newFacility(t)
	config := rocrate.Config{Path: one, Forms: allForms}
	_, err := open(t, config).Export(t.Context(), f.job())
	require.NoError(t, err)
	before := tree(t, one)

	config.Path = other
	_, err = open(t, config).Export(t.Context(), f.job())
	require.NoError(t, err)
	assert.Equal(t, before, tree(t, other), "the same record gives the same bytes")

	config.Path = one
	faults := &faultyDisk{}
	store := open(t, config)
	store.Wrap(faults.wrap)
	_, err = store.Export(t.Context(), f.job())
	require.NoError(t, err)
	assert.Zero(t, faults.changes, "nothing is written when nothing changed")
	assert.Equal(t, before, tree(t, one))
}

func TestLinks(t *testing.T) {
	dir, job := t.TempDir(), newFacility(t).job()
	job.Previous = map[string]exporters.Receipt{"cdcs": {URL: "https://cdcs.example.org/data?id=1"}}
	config := rocrate.Config{Path: dir, URL: address(t, "https://crates.example.org/all/")}
	config.DataURL = address(t, "https://data.example.org")
	r, err := open(t, config).Export(t.Context(), job)
	require.NoError(t, err)
	assert.Equal(t, "https://crates.example.org/all/SEM-A/2024/2024-05-06_SEM-A_5120.eln", r.URL)
	graph := graphOf(t, filepath.Join(dir, filepath.FromSlash(r.ID)))
	assert.Equal(t, "https://cdcs.example.org/data?id=1", graph["./record/"]["url"])
	assert.Equal(t, "https://data.example.org/SEM_A/aquill/grain%201.tif", graph["#file-1"]["contentUrl"])
	assert.Equal(t, "SEM_A/aquill/grain 1.tif", graph["#file-1"]["localPath"])
}

// deliver is what a runner does with a job whose session has a crate.
func deliver(t *testing.T, c rocrate.Config, job *exporters.Job, known exporters.Receipt) exporters.Receipt {
	t.Helper()
	store := open(t, c)
	var r exporters.Receipt
	var err error
	if known.ID == "" {
		r, err = store.Export(t.Context(), job)
	} else {
		r, err = store.Update(t.Context(), job, known)
	}
	require.NoError(t, err)
	return r
}

func TestVersionsAreKept(t *testing.T) {
	dir, f := t.TempDir(), newFacility(t)
	config := rocrate.Config{Path: dir, Forms: allForms}
	first := deliver(t, config, f.job(), exporters.Receipt{})
	stem := filepath.Join(dir, "SEM-A", "2024", "2024-05-06_SEM-A_5120")
	before := contents(t, stem)

	next := f.job()
	next.Record.Title = "Grain map, second thoughts"
	seal(next)
	second := deliver(t, config, next, first)
	assert.Equal(t, first.ID, second.ID)
	for _, ending := range []string{".eln", ".zip", ""} {
		assert.Equal(t, before, contents(t, stem+".v1"+ending), "form %q", ending)
		assert.Equal(t, string(next.XML), string(recordOf(t, stem+ending)))
		assert.Equal(t, "2", graphOf(t, stem+ending)["./"]["version"])
	}
	deliver(t, config, f.job(), second)
	assert.Equal(t, "3", graphOf(t, stem)["./"]["version"], "the first content again is a new version")
	assert.DirExists(t, stem+".v2")
	assert.Len(t, cratesOf(t, dir, rocrate.ELN), 1)
}

func TestEditedCrateIsKept(t *testing.T) {
	for _, form := range allForms {
		t.Run(string(form), func(t *testing.T) {
			dir, f := t.TempDir(), newFacility(t)
			config := rocrate.Config{Path: dir, Forms: rocrate.Forms{form}}
			first := deliver(t, config, f.job(), exporters.Receipt{})
			crate := filepath.Join(dir, filepath.FromSlash(first.ID))
			before := tree(t, dir)
			rewrite(t, crate, func(name string, data []byte) []byte {
				if strings.HasSuffix(name, "map.dm4.json") {
					return []byte("{\"mine\": true}")
				}
				return data
			})
			edited := contents(t, crate)
			next := f.job()
			next.Record.Title = "Grain map, second thoughts"
			seal(next)
			second := deliver(t, config, next, first)
			require.Len(t, second.Warnings, 1)
			assert.Contains(t, second.Warnings[0], "edited")
			kept, err := filepath.Glob(filepath.Join(dir, "SEM-A", "2024", "*.edited-????????*"))
			require.NoError(t, err)
			require.Len(t, kept, 1)
			assert.Equal(t, edited, contents(t, kept[0]), "what people wrote is kept")
			assert.Equal(t, string(next.XML), string(recordOf(t, crate)))
			assert.NotEqual(t, before, tree(t, dir))
		})
	}
}

func TestRecordOfTwoFormsEditedDifferently(t *testing.T) {
	dir, f := t.TempDir(), newFacility(t)
	config := rocrate.Config{Path: dir, Forms: rocrate.Forms{rocrate.ELN, rocrate.Zip}}
	first := deliver(t, config, f.job(), exporters.Receipt{})
	for _, form := range config.Forms {
		rewrite(t, cratesOf(t, dir, form)[0], func(name string, data []byte) []byte {
			if strings.HasSuffix(name, ".xml") {
				return []byte("<Experiment>" + form + "</Experiment>")
			}
			return data
		})
	}
	before := tree(t, dir)
	next := f.job()
	next.Record.Title = "Grain map, second thoughts"
	seal(next)
	next.Reconcile = func(stored []byte) (exporters.Reconciled, error) {
		return exporters.Reconciled{Document: stored, Edits: []string{"all of it"}}, nil
	}
	_, err := open(t, config).Update(t.Context(), next, first)
	require.ErrorIs(t, err, nexuslims.Conflict)
	assert.Equal(t, before, tree(t, dir))
}

func TestNameTakenByAnotherSession(t *testing.T) {
	dir, f := t.TempDir(), newFacility(t)
	config := rocrate.Config{Path: dir}
	deliver(t, config, f.job(), exporters.Receipt{})
	before := tree(t, dir)
	other := f.job()
	other.Session.ID = "https://nemo.example.org/event_details/usage/5121/"
	store := open(t, config)
	_, found, err := store.Find(t.Context(), other)
	require.NoError(t, err)
	assert.False(t, found)
	_, err = store.Export(t.Context(), other)
	require.ErrorIs(t, err, nexuslims.Conflict)
	assert.Equal(t, before, tree(t, dir))

	require.NoError(t, os.WriteFile(cratesOf(t, dir, rocrate.ELN)[0], []byte("my own notes"), 0o600))
	_, err = store.Export(t.Context(), f.job())
	require.ErrorIs(t, err, nexuslims.Conflict, "a file that is no crate is not ours")
}

// TestFindWantsAllForms: a delivery that was killed between two forms is continued.
func TestFindWantsAllForms(t *testing.T) {
	dir, f := t.TempDir(), newFacility(t)
	one := rocrate.Config{Path: dir, Forms: rocrate.Forms{rocrate.ELN}}
	deliver(t, one, f.job(), exporters.Receipt{})
	all := one
	all.Forms = allForms
	store := open(t, all)
	r, found, err := store.Find(t.Context(), f.job())
	require.NoError(t, err)
	require.True(t, found)
	assert.True(t, r.Partial)
	job := f.job()
	job.Earlier = &r
	_, err = store.Export(t.Context(), job)
	require.NoError(t, err)
	r, found, err = store.Find(t.Context(), f.job())
	require.NoError(t, err)
	assert.True(t, found)
	assert.False(t, r.Partial)
	assert.Equal(t, f.job().Digest, r.Digest)
	assert.Equal(t, "1", graphOf(t, cratesOf(t, dir, rocrate.ELN)[0])["./"]["version"], "the same version in all forms")
	assert.Equal(t, "1", graphOf(t, cratesOf(t, dir, rocrate.Zip)[0])["./"]["version"])
}

func TestDelete(t *testing.T) {
	dir, f := t.TempDir(), newFacility(t)
	config := rocrate.Config{Path: dir, Forms: allForms}
	first := deliver(t, config, f.job(), exporters.Receipt{})
	next := f.job()
	next.Record.Title = "Grain map, second thoughts"
	seal(next)
	deliver(t, config, next, first)
	store := open(t, config)
	require.NoError(t, store.Delete(t.Context(), first))
	assert.Empty(t, tree(t, dir), "all forms and versions go")
	require.ErrorIs(t, store.Delete(t.Context(), first), nexuslims.NotFound)
	for _, id := range []string{"", "../x/y.eln", "/etc/passwd", "SEM-A/2024/../../x.eln", "a.eln", "a/b/c/d.eln"} {
		require.ErrorIs(t, store.Delete(t.Context(), exporters.Receipt{ID: id}), nexuslims.NotFound, id)
		_, err := store.Fetch(t.Context(), exporters.Receipt{ID: id})
		require.ErrorIs(t, err, nexuslims.NotFound, id)
	}
}
