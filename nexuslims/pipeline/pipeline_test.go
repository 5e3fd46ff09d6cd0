package pipeline_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/basic"
	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/internal/atomicfile"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

var morning = time.Date(2024, 5, 6, 9, 0, 0, 0, time.UTC)

// facility is a site for one test, with a source and a destination that do as they are
// told.
type facility struct {
	t        testing.TB
	dir      string
	now      time.Time
	store    *db.Store
	source   *source
	target   *target
	others   []exporters.Open
	extra    []extractors.Extractor
	fs       atomicfile.FS
	check    func(string)
	strategy exporters.Strategy
}

func newFacility(t testing.TB) *facility {
	t.Helper()
	f := &facility{t: t, dir: t.TempDir(), now: morning.AddDate(0, 0, 1), source: &source{}, target: newTarget(), strategy: exporters.All}
	for _, d := range []string{"instruments/TEM", "instruments/SEM", "data", "records"} {
		require.NoError(t, os.MkdirAll(f.path(d), 0o755))
	}
	require.NoError(t, db.Create(t.Context(), f.path("nx.db")))
	f.open()
	_, err := f.store.ImportInstruments(t.Context(), []nexuslims.Instrument{instrument("TEM"), instrument("SEM")}, db.ImportOptions{})
	require.NoError(t, err)
	return f
}

func (f *facility) open() {
	f.t.Helper()
	store, err := db.Open(f.t.Context(), f.path("nx.db"), db.Options{Now: f.clock})
	require.NoError(f.t, err)
	f.t.Cleanup(func() { _ = store.Close() })
	f.store = store
}

func (f *facility) clock() time.Time { return f.now }

func (f *facility) path(parts ...string) string {
	return filepath.Join(append([]string{f.dir}, parts...)...)
}

func instrument(pid string) nexuslims.Instrument {
	return nexuslims.Instrument{
		PID: pid, APIURL: "https://fake.example.org/" + pid, CalendarURL: "https://fake.example.org/c", Location: "Room 1", DisplayName: pid + " microscope",
		PropertyTag: pid, FilestorePath: pid, Harvester: "fake", Timezone: "America/New_York",
	}
}

// visit makes a session of an hour, beginning hours after nine, with files in it.
func (f *facility) visit(id, pid string, hours int, files ...string) nexuslims.Session {
	f.t.Helper()
	from := morning.Add(time.Duration(hours) * time.Hour)
	s := nexuslims.Session{ID: id, Instrument: pid, From: from, To: from.Add(time.Hour), User: "mcurie"}
	f.source.sessions = append(f.source.sessions, s)
	for i, name := range files {
		f.file(pid+"/"+name, from.Add(time.Duration(i+1)*time.Minute))
	}
	return s
}

func (f *facility) file(name string, at time.Time) {
	f.t.Helper()
	path := f.path("instruments", filepath.FromSlash(name))
	require.NoError(f.t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(f.t, os.WriteFile(path, []byte("some notes\n"), 0o644))
	require.NoError(f.t, os.Chtimes(path, at, at))
}

func (f *facility) pipeline() *pipeline.Pipeline {
	f.t.Helper()
	registry := new(extractors.Registry)
	for _, x := range append(f.extra, basic.New()) {
		require.NoError(f.t, registry.Add(x))
	}
	log := slog.New(slog.DiscardHandler)
	var open []exporters.Open
	if f.target != nil {
		open = append(open, exporters.Open{Spec: exporters.Spec{Name: "target", Priority: 100}, Destination: f.target})
	}
	p, err := pipeline.New(pipeline.Options{
		InstrumentData: f.path("instruments"), Data: f.path("data"), Records: f.path("records"), Inclusive: true,
		Delay: 48 * time.Hour, Sensitivity: 1, Workers: 1,
	}, pipeline.Parts{
		Store: f.store, Harvesters: []harvesters.Harvester{f.source}, Logger: log, Now: f.clock, Files: f.fs, Checkpoint: f.check,
		Engine: &extractors.Engine{Extractors: registry, Logger: log, Now: f.clock},
		Runner: &exporters.Runner{
			Destinations: append(open, f.others...), Strategy: f.strategy, Ledger: pipeline.Ledger(f.store),
			Reconcile: pipeline.Reconcile, Logger: log, Now: f.clock,
		},
	})
	require.NoError(f.t, err)
	return p
}

// run carries out a run that must not fail as a whole.
func (f *facility) run() *pipeline.Report {
	f.t.Helper()
	r, err := f.pipeline().Run(f.t.Context(), pipeline.RunOptions{Unbounded: true})
	require.NoError(f.t, err)
	return r
}

// status returns the stored status of a session.
func (f *facility) status(id string) nexuslims.Status {
	f.t.Helper()
	q, err := f.store.Session(f.t.Context(), id)
	require.NoError(f.t, err)
	return q.Status
}

func (f *facility) records(folder string) []string {
	f.t.Helper()
	found, err := filepath.Glob(filepath.Join(f.path("records"), folder, "*.xml"))
	require.NoError(f.t, err)
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	return found
}

// source is a scheduler that says what it is told to say.
type source struct {
	mu        sync.Mutex
	sessions  []nexuslims.Session
	events    error            // answer to Events
	answer    map[string]error // answers to Reservation, by session
	consent   map[string]nexuslims.Consent
	title     string
	panics    bool
	asked     []string
	windowsAt []harvesters.Query
}

func (s *source) Source() harvesters.Source { return harvesters.Source{Kind: "fake", ID: "fake://"} }

func (s *source) Owns(nexuslims.Instrument) int { return 1 }

func (s *source) Events(_ context.Context, q harvesters.Query) (harvesters.Batch, error) {
	s.windowsAt = append(s.windowsAt, q)
	return harvesters.Batch{Sessions: s.sessions}, s.events
}

func (s *source) Reservation(_ context.Context, session nexuslims.Session, _ nexuslims.Instrument) (nexuslims.Reservation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, session.ID)
	if s.panics {
		panic("no idea")
	}
	consent, ok := s.consent[session.ID]
	if !ok {
		consent = nexuslims.ConsentGranted
	}
	return nexuslims.Reservation{
		Consent: consent, Title: s.title, ID: "r-" + session.ID, URL: "https://scheduler.example.org/" + session.ID,
		Username: session.User, FullName: "Marie Curie (mcurie)", Start: session.From, End: session.To,
	}, s.answer[session.ID]
}

func (s *source) Close() error { return nil }

// target is a destination with real state that does as it is told.
type target struct {
	records map[string][]byte // by id
	fail    error             // before anything is stored
	lose    bool              // store, then fail
	panics  bool
	calls   int
}

func newTarget() *target { return &target{records: map[string][]byte{}} }

func (d *target) Export(_ context.Context, job *exporters.Job) (exporters.Receipt, error) {
	d.calls++
	if d.panics {
		panic("no idea")
	}
	if d.fail != nil {
		return exporters.Receipt{}, d.fail
	}
	id := fmt.Sprint(len(d.records) + 1)
	d.records[id] = job.XML
	if d.lose {
		return exporters.Receipt{}, nexuslims.E(nexuslims.Transient, "post", "", errors.New("the answer was lost"))
	}
	return exporters.Receipt{ID: id, URL: "https://target.example.org/" + id}, nil
}

// Find recognises a record by the id of the reservation in it.
func (d *target) Find(_ context.Context, job *exporters.Job) (exporters.Receipt, bool, error) {
	if d.fail != nil {
		return exporters.Receipt{}, false, d.fail
	}
	for id, doc := range d.records {
		if string(between(doc, "<id>", "</id>")) == job.Record.ID {
			return exporters.Receipt{ID: id}, true, nil
		}
	}
	return exporters.Receipt{}, false, nil
}

func (d *target) Update(_ context.Context, job *exporters.Job, existing exporters.Receipt) (exporters.Receipt, error) {
	stored, ok := d.records[existing.ID]
	if !ok {
		return existing, nexuslims.E(nexuslims.NotFound, "update", existing.ID, nil)
	}
	merged, err := job.Reconcile(stored)
	if err != nil {
		return existing, err
	}
	d.records[existing.ID] = merged.Document
	return existing, nil
}

func (d *target) Close() error { return nil }

func between(b []byte, open, end string) []byte {
	i := indexOf(b, open)
	if i < 0 {
		return nil
	}
	rest := b[i+len(open):]
	return rest[:max(0, indexOf(rest, end))]
}

func indexOf(b []byte, s string) int { return bytes.Index(b, []byte(s)) }
