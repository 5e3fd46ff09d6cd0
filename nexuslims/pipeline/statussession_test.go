package pipeline_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

// inspect tells the status of one session with a store that cannot be changed.
func (f *facility) inspect(id string, o pipeline.StatusOptions) *pipeline.SessionStatus {
	f.t.Helper()
	store, err := db.Open(f.t.Context(), f.path("nx.db"), db.Options{Now: f.clock, ReadOnly: true})
	require.NoError(f.t, err)
	defer func() { require.NoError(f.t, store.Close()) }()
	s, err := f.looker(store).SessionStatus(f.t.Context(), id, o)
	require.NoError(f.t, err)
	return s
}

func TestStatusOfOneSession(t *testing.T) {
	f := newFacility(t)
	s1 := f.visit("s1", "TEM", 0, "a.txt", "b.txt", "c.txt", "d.txt")
	f.visit("s2", "TEM", 5)
	f.target.fail = nexuslims.E(nexuslims.Transient, "post", "", errors.New("no route"))
	f.keep(f.run())
	f.target.fail = nil
	f.now = f.now.Add(24 * time.Hour)
	f.keep(f.run())
	require.Equal(t, nexuslims.Completed, f.status("s1"))
	f.file("TEM/late.txt", s1.To)
	f.file("TEM/a.txt", s1.To.Add(-time.Minute))
	f.file("TEM/b.txt", s1.To.Add(time.Minute))
	require.NoError(t, os.Remove(f.path("instruments", "TEM", "c.txt")))
	f.now = f.now.AddDate(0, 0, 90) // settled long ago

	s := f.inspect("s1", pipeline.StatusOptions{})
	assert.Equal(t, nexuslims.Completed, s.Status)
	assert.Equal(t, "mcurie", s.User)
	assert.Equal(t, "2024-05-06T05:00:00-04:00", s.From.Format(time.RFC3339))
	require.Len(t, s.Rows, 3)
	assert.Equal(t, "RECORD_GENERATION", s.Rows[2].Event)
	require.NotNil(t, s.Record)
	assert.Equal(t, 1, s.Record.Version)
	assert.Equal(t, filepath.Join(f.path("records"), "uploaded", "2024-05-06_TEM_s1.xml"), s.Record.Path)
	require.Len(t, s.Stored, 1)
	assert.Equal(t, s.Record.Digest, s.Stored[0].Digest)
	require.Len(t, s.Tries, 2)
	assert.Contains(t, s.Tries[0].Error, "no route")
	assert.True(t, s.Tries[1].Success)
	require.Len(t, s.Said, 2)
	assert.Equal(t, nexuslims.Completed, s.Said[0].Status)
	assert.Equal(t, nexuslims.BuiltNotExported, s.Said[1].Status)
	files := map[string]string{}
	for _, file := range s.Files.Items {
		files[file.Path] = file.Change
		if file.Gone {
			files[file.Path] = "gone"
		}
	}
	assert.Equal(t, map[string]string{
		"TEM/a.txt": "changed", "TEM/b.txt": "moved", "TEM/c.txt": "gone", "TEM/d.txt": "", "TEM/late.txt": "new",
	}, files)
	require.Equal(t, 1, s.Concerns.Total)
	assert.Equal(t, pipeline.ConcernLate, s.Concerns.Items[0].Kind)
	assert.Equal(t, 3, s.ExitCode())
	assert.Equal(t, "they were not looked for", f.inspect("s1", pipeline.StatusOptions{NoFiles: true}).NoFiles)
	b, err := json.Marshal(s)
	require.NoError(t, err)
	assert.Contains(t, string(b), `"run":"build-records"`)

	_, err = f.looker(f.store).SessionStatus(t.Context(), "s3", pipeline.StatusOptions{})
	require.ErrorIs(t, err, nexuslims.NotFound)
}

func TestStatusOfOneSessionThatIsOpen(t *testing.T) {
	f := newFacility(t)
	f.visit("s1", "TEM", 0, "a.txt")
	f.visit("s2", "TEM", 0, "b.txt")
	f.visit("s3", "SEM", 0, "c.txt")
	f.source.consent = map[string]nexuslims.Consent{"s3": nexuslims.ConsentDenied}
	f.source.answer = map[string]error{"s1": nexuslims.E(nexuslims.Transient, "ask", "", errors.New("no route"))}
	f.keep(f.run())
	_, err := f.store.Claim(t.Context(), "s1", "host:1:2", time.Hour)
	require.NoError(t, err)
	s := f.inspect("s1", pipeline.StatusOptions{})
	require.NotNil(t, s.Waiting)
	assert.Contains(t, s.Waiting.Fault, "no route")
	require.NotNil(t, s.Claim)
	assert.Equal(t, 1, s.Overlap.Total)
	assert.Nil(t, s.Record)
	assert.Equal(t, 2, s.Files.Total, "of its time")

	s = f.inspect("s3", pipeline.StatusOptions{})
	assert.Equal(t, nexuslims.ConsentRefused, s.Status)
	assert.Zero(t, s.Files.Total)
	assert.Contains(t, s.NoFiles, "without consent")
	assert.Zero(t, s.ExitCode())
}

func TestStatusOfOneSessionWhoseRowsMakeNone(t *testing.T) {
	f := newFacility(t)
	_, err := f.store.BeginGeneration(t.Context(), nexuslims.Session{ID: "s1", Instrument: "TEM"})
	require.NoError(t, err)
	s := f.inspect("s1", pipeline.StatusOptions{})
	assert.NotEmpty(t, s.Problem)
	require.Len(t, s.Rows, 1)
	assert.Equal(t, "TEM", s.Instrument)
}

// TestAdviceForEditedEvents does what a status advises for them.
func TestAdviceForEditedEvents(t *testing.T) {
	f := newFacility(t)
	f.visit("s1", "TEM", 0, "a.txt", "b.txt")
	f.file("TEM/later.txt", morning.Add(80*time.Minute))
	f.keep(f.run())
	f.source.sessions[0].To = morning.Add(90 * time.Minute)
	f.now = f.now.Add(time.Hour)
	f.keep(f.run())
	require.Equal(t, []string{"changed s1"}, kinds(f.watch(pipeline.StatusOptions{})))
	require.NoError(t, f.store.Settle(t.Context(), "s1", nexuslims.ToBeBuilt))
	f.now = f.now.Add(time.Hour)
	f.keep(f.run())
	assert.Empty(t, kinds(f.watch(pipeline.StatusOptions{})))
	assert.Equal(t, nexuslims.Completed, f.status("s1"))
	require.Len(t, f.target.records, 1, "updated in place")
	assert.Contains(t, string(f.target.records["1"]), "later.txt")
}

// TestStatusOfNestedFolders has two instruments in one folder, and a third one within.
func TestStatusOfNestedFolders(t *testing.T) {
	f := newFacility(t)
	twin, inner := instrument("TWIN"), instrument("INNER")
	twin.FilestorePath, inner.FilestorePath = "TEM", "./TEM/inner/"
	_, err := f.store.ImportInstruments(t.Context(), []nexuslims.Instrument{twin, inner}, db.ImportOptions{})
	require.NoError(t, err)
	f.visit("tem", "TEM", 0, "a.txt")
	f.visit("twin", "TWIN", 2)
	f.visit("inner", "INNER", 4)
	f.file("TEM/b.txt", morning.Add(2*time.Hour+time.Minute))       // in the session of the twin
	f.file("TEM/inner/c.txt", morning.Add(time.Minute))             // in that of the outer instrument
	f.file("TEM/inner/d.txt", morning.Add(4*time.Hour+time.Minute)) // in its own
	f.file("TEM/inner/e.txt", morning.Add(6*time.Hour))             // in none
	f.file("TEM/f.txt", morning.Add(4*time.Hour+time.Minute))       // in none: the inner one has no say here
	f.now = f.now.AddDate(0, 0, 1)
	f.keep(f.run())
	outside := map[string][]string{}
	for _, in := range f.watch(pipeline.StatusOptions{}).Files {
		for _, file := range in.Outside.Items {
			outside[in.Instrument] = append(outside[in.Instrument], file.Path)
		}
	}
	assert.Equal(t, map[string][]string{"TEM": {"TEM/f.txt"}, "INNER": {"TEM/inner/e.txt"}}, outside)
}
