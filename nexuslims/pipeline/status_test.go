package pipeline_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

// keep stores a report as the command line does.
func (f *facility) keep(r *pipeline.Report) {
	f.t.Helper()
	b, err := json.Marshal(r)
	require.NoError(f.t, err)
	require.NoError(f.t, f.store.SaveRun(f.t.Context(), &db.Run{
		Kind: "build-records", Started: r.Started, Ended: r.Ended, ExitCode: r.ExitCode(), Report: b,
	}))
}

// watch tells the status with a store that cannot be changed, and without sources and
// destinations.
func (f *facility) watch(o pipeline.StatusOptions) *pipeline.StatusReport {
	f.t.Helper()
	store, err := db.Open(f.t.Context(), f.path("nx.db"), db.Options{Now: f.clock, ReadOnly: true})
	require.NoError(f.t, err)
	defer func() { require.NoError(f.t, store.Close()) }()
	r, err := f.looker(store).Status(f.t.Context(), o)
	require.NoError(f.t, err)
	return r
}

// looker is a pipeline that can only look.
func (f *facility) looker(store *db.Store) *pipeline.Pipeline {
	f.t.Helper()
	p, err := pipeline.New(pipeline.Options{
		InstrumentData: f.path("instruments"), Data: f.path("data"), Records: f.path("records"), Inclusive: true, Delay: 48 * time.Hour,
	}, pipeline.Parts{Store: store, Logger: slog.New(slog.DiscardHandler), Now: f.clock})
	require.NoError(f.t, err)
	return p
}

// kinds lists what kinds of concern there are, each with its session or instrument.
func kinds(r *pipeline.StatusReport) []string {
	var out []string
	for _, c := range r.Concerns.Items {
		subject := c.Session
		if subject == "" {
			subject = c.Instrument
		}
		out = append(out, c.Kind+" "+subject)
	}
	return out
}

func concern(t *testing.T, r *pipeline.StatusReport, kind string) pipeline.Concern {
	t.Helper()
	for _, c := range r.Concerns.Items {
		if c.Kind == kind {
			return c
		}
	}
	require.Fail(t, "no such concern", "%s among %v", kind, kinds(r))
	return pipeline.Concern{}
}

func TestStatusOfAQuietSite(t *testing.T) {
	f := newFacility(t)
	r := f.watch(pipeline.StatusOptions{})
	assert.Empty(t, r.Concerns.Items)
	assert.Equal(t, 0, r.ExitCode())
	f.visit("s1", "TEM", 0, "a.txt", "b.txt")
	f.visit("s2", "SEM", 1, "c.txt")
	f.keep(f.run())

	r = f.watch(pipeline.StatusOptions{})
	assert.Empty(t, r.Concerns.Items)
	assert.Equal(t, []pipeline.SessionCount{
		{Instrument: "SEM", Status: nexuslims.Completed, Sessions: 1}, {Instrument: "TEM", Status: nexuslims.Completed, Sessions: 1},
	}, r.Sessions)
	assert.Equal(t, []pipeline.DeliveryStatus{{Destination: "target", State: "delivered", Count: 2}}, r.Deliveries)
	require.Len(t, r.Runs, 1)
	assert.Equal(t, 2, r.Runs[0].Sessions)
	require.Len(t, r.Sources, 1)
	assert.Equal(t, "fake://", r.Sources[0].ID)
	assert.True(t, f.now.Equal(r.Sources[0].Position))
	require.Len(t, r.Files, 2)
	assert.Equal(t, 2, r.Files[0].Files)
	assert.Zero(t, r.Files[0].Outside.Total)

	assert.Empty(t, f.watch(pipeline.StatusOptions{NoFiles: true}).Files)
	_, err := json.Marshal(r)
	require.NoError(t, err)
}

func TestStatusOfWhatWaits(t *testing.T) {
	f := newFacility(t)
	f.visit("no files", "TEM", 0)
	f.file("TEM/old.txt", morning.AddDate(-1, 0, 0)) // the folder is not empty
	f.visit("no answer", "SEM", 0, "a.txt")
	f.source.answer = map[string]error{"no answer": nexuslims.E(nexuslims.Transient, "ask", "", errors.New("connection refused"))}
	f.keep(f.run())

	r := f.watch(pipeline.StatusOptions{})
	require.Equal(t, 2, r.Waiting.Total)
	files, answer := r.Waiting.Items[0], r.Waiting.Items[1]
	if files.Session != "no files" {
		files, answer = answer, files
	}
	assert.Contains(t, files.Reason, "no files yet; waiting until")
	assert.True(t, morning.Add(49*time.Hour).Equal(files.Until))
	assert.Contains(t, answer.Fault, "connection refused")
	assert.True(t, answer.Until.IsZero(), "a fault settles nothing")
	assert.Equal(t, []string{"fault no answer"}, kinds(r))
	assert.Equal(t, 3, r.ExitCode())

	f.now = f.now.AddDate(0, 0, 4)
	r = f.watch(pipeline.StatusOptions{})
	assert.ElementsMatch(t, []string{"stuck no answer", "stuck no files"}, kinds(r))
	f.now = f.now.AddDate(0, 0, 4)
	assert.Contains(t, concern(t, f.watch(pipeline.StatusOptions{}), pipeline.ConcernRun).Text, "8 days ago")
}

func TestStatusOfFailures(t *testing.T) {
	f := newFacility(t)
	f.visit("s1", "TEM", 0, "a.txt")
	f.target.fail = nexuslims.E(nexuslims.Invalid, "post", "", errors.New("the template is gone\nand more"))
	f.keep(f.run())
	f.now = f.now.Add(25 * time.Hour)
	r := f.watch(pipeline.StatusOptions{})
	assert.Equal(t, []string{"not_exported s1"}, kinds(r))
	c := r.Concerns.Items[0]
	assert.Contains(t, c.Text, "built 25 h ago and is not exported: target failed after 1 attempt: post: the template is gone")
	assert.NotContains(t, c.Text, "and more")
	assert.Equal(t, "nexuslims export --retry s1", c.Advice)
	require.Len(t, r.Deliveries, 1)
	assert.Equal(t, "failed", r.Deliveries[0].State)
	assert.Equal(t, "s1", r.Deliveries[0].Session)
	assert.False(t, r.Deliveries[0].NextAttempt.IsZero())

	entry := exporters.Entry{
		Session: "s1", Destination: "target", State: exporters.GivenUp, Attempts: 20, Message: "the template is gone",
	}
	require.NoError(t, pipeline.Ledger(f.store).Save(t.Context(), entry))
	r = f.watch(pipeline.StatusOptions{})
	assert.Equal(t, []string{"given_up s1"}, kinds(r), "once, not as two concerns")
	assert.Contains(t, r.Concerns.Items[0].Text, "target was given up 0 s ago after 20 attempts: the template is gone")

	require.NoError(t, f.store.Settle(t.Context(), "s1", nexuslims.Failed))
	assert.Contains(t, kinds(f.watch(pipeline.StatusOptions{})), "failed s1")
	f.now = f.now.AddDate(0, 0, 40)
	assert.Equal(t, []string{"run "}, kinds(f.watch(pipeline.StatusOptions{})), "settled long ago")
	assert.Contains(t, kinds(f.watch(pipeline.StatusOptions{Days: 60})), "failed s1")
}

func TestStatusOfRuns(t *testing.T) {
	f := newFacility(t)
	f.visit("s1", "TEM", 0, "a.txt")
	f.keep(f.run())
	f.now = f.now.Add(72 * time.Hour)
	f.source.events = nexuslims.E(nexuslims.Transient, "ask", "", errors.New("no route"))
	f.keep(f.run())
	r := f.watch(pipeline.StatusOptions{})
	assert.Equal(t, []string{"source "}, kinds(r))
	assert.Contains(t, r.Sources[0].Error, "no route")
	assert.False(t, r.Sources[0].Position.IsZero())

	f.source.events = nil
	f.keep(&pipeline.Report{Started: f.now, Ended: f.now.Add(time.Second), Fault: "the disk is gone", Checks: []pipeline.Check{
		{Name: "export_destinations", Severity: pipeline.SeverityWarning, Fault: true, Message: "0/1 destinations are ready"},
	}})
	r = f.watch(pipeline.StatusOptions{})
	assert.Equal(t, []string{"run ", "check ", "source "}, kinds(r))
	assert.Contains(t, r.Concerns.Items[0].Text, "the disk is gone")
	assert.Contains(t, r.Concerns.Items[2].Text, "was read 3 days ago")
}

func TestStatusOfLockAndClaims(t *testing.T) {
	f := newFacility(t)
	f.visit("s1", "TEM", 0, "a.txt")
	_, err := f.store.StoreHarvest(t.Context(), db.Harvest{Kind: "fake", ID: "fake://", Sessions: f.source.sessions, Bookmark: f.now})
	require.NoError(t, err)
	_, err = f.store.Claim(t.Context(), "s1", "host:1:2", 2*time.Hour)
	require.NoError(t, err)
	host, err := os.Hostname()
	require.NoError(t, err)
	lock := f.path("lock")
	write := func(host string, pid int) {
		require.NoError(t, os.WriteFile(lock, fmt.Appendf(nil, "host %s pid %d since 2024-05-07T09:00:00Z\n", host, pid), 0o600))
	}
	write("elsewhere", 7)
	r := f.watch(pipeline.StatusOptions{Lock: lock})
	require.NotNil(t, r.Holder)
	assert.Equal(t, pipeline.HolderUnknown, r.Holder.State)
	require.Len(t, r.Claims, 1)
	assert.False(t, r.Claims[0].Dead)

	write(host, 2147483646)
	f.now = f.now.Add(time.Hour)
	r = f.watch(pipeline.StatusOptions{Lock: lock})
	assert.Equal(t, pipeline.HolderKilled, r.Holder.State)
	assert.True(t, r.Claims[0].Dead, "before it runs out")
	assert.Empty(t, r.Concerns.Items, "the next run goes on with it")
	f.now = f.now.Add(25 * time.Hour)
	assert.Contains(t, kinds(f.watch(pipeline.StatusOptions{Lock: lock})), "stuck s1")
	assert.Nil(t, f.watch(pipeline.StatusOptions{}).Holder)
}

func TestStatusOfRowsAndEdits(t *testing.T) {
	f := newFacility(t)
	f.visit("s1", "TEM", 0, "a.txt", "b.txt")
	f.keep(f.run())
	f.source.sessions[0].To = morning.Add(90 * time.Minute)
	f.now = f.now.Add(time.Hour)
	f.keep(f.run())
	r := f.watch(pipeline.StatusOptions{})
	assert.Equal(t, []string{"changed s1"}, kinds(r))
	assert.Contains(t, r.Concerns.Items[0].Text, "end was 2024-05-06T10:00:00+00:00 and is now 2024-05-06T10:30:00+00:00")
	assert.Contains(t, r.Concerns.Items[0].Advice, "TO_BE_BUILT")

	f.now = f.now.Add(time.Hour)
	_, err := f.store.BeginGeneration(t.Context(), nexuslims.Session{ID: "s1", Instrument: "TEM"})
	require.NoError(t, err)
	assert.Empty(t, kinds(f.watch(pipeline.StatusOptions{})), "it was built since")
	require.NoError(t, f.store.Settle(t.Context(), "s1", nexuslims.ToBeBuilt))
	assert.NotContains(t, kinds(f.watch(pipeline.StatusOptions{})), "changed s1", "it is being built anew")
}

func TestStatusOfOverlaps(t *testing.T) {
	f := newFacility(t)
	f.visit("s1", "TEM", 0, "a.txt")
	s2 := f.visit("s2", "TEM", 1)
	f.source.sessions[1].From = s2.From.Add(-30 * time.Minute)
	f.file("TEM/both.txt", s2.From.Add(-10*time.Minute))
	f.visit("s3", "TEM", 2, "c.txt") // begins as s2 ends
	f.visit("s4", "SEM", 0, "d.txt")
	f.keep(f.run())
	r := f.watch(pipeline.StatusOptions{})
	require.Equal(t, 1, r.Overlaps.Total)
	assert.Equal(t, [2]string{"s1", "s2"}, r.Overlaps.Items[0].Sessions)
	assert.Equal(t, 30*time.Minute, r.Overlaps.Items[0].To.Sub(r.Overlaps.Items[0].From))
	assert.Equal(t, []pipeline.SharedFile{{Path: "TEM/both.txt", Sessions: [2]string{"s1", "s2"}}}, r.Shared.Items)
	assert.Equal(t, []string{"shared_files s1"}, kinds(r))
	assert.Contains(t, r.Concerns.Items[0].Advice, "nexuslims rebuild s1 s2")
}

func TestStatusOfLateFiles(t *testing.T) {
	f := newFacility(t)
	s1 := f.visit("s1", "TEM", 0, "a.txt", "b.txt", "c.txt")
	s2 := f.visit("s2", "TEM", 3)
	f.visit("s3", "TEM", 6, "d.txt")
	f.source.consent = map[string]nexuslims.Consent{"s3": nexuslims.ConsentDenied}
	f.now = f.now.AddDate(0, 0, 3)
	f.keep(f.run())
	require.Equal(t, nexuslims.NoFilesFound, f.status("s2"))
	assert.Empty(t, kinds(f.watch(pipeline.StatusOptions{})))

	f.file("TEM/late/new.txt", s1.From.Add(20*time.Minute))
	f.file("TEM/a.txt", s1.From.Add(21*time.Minute)) // written again
	f.file("TEM/b.txt", s1.To.Add(time.Minute))      // written again after the end
	f.file("TEM/late/other.txt", s2.To)
	r := f.watch(pipeline.StatusOptions{})
	assert.Equal(t, []string{"late_files s1", "late_files s2"}, kinds(r))
	require.Equal(t, 2, r.Files[0].Late.Total)
	changes := map[string]string{}
	for _, u := range r.Files[0].Late.Items {
		for _, file := range u.Files.Items {
			changes[file.Path] = u.Session + " " + file.Change
		}
	}
	assert.Equal(t, map[string]string{
		"TEM/late/new.txt": "s1 new", "TEM/a.txt": "s1 changed", "TEM/b.txt": "s1 moved", "TEM/late/other.txt": "s2 new",
	}, changes)
	assert.Equal(t, "2024-05-06_TEM_s1", r.Files[0].Late.Items[0].Record)
	assert.Contains(t, r.Concerns.Items[0].Advice, "look at them first")
	assert.Equal(t, "nexuslims rebuild s2", r.Concerns.Items[1].Advice)
	assert.Zero(t, r.Files[0].Outside.Total, "what moved out of its session is told there")
	assert.Empty(t, kinds(f.watch(pipeline.StatusOptions{Days: 1})))
}

// TestStatusOfThePythonProgramsRecords compares with the documents, for nothing else tells
// which files its records hold.
func TestStatusOfThePythonProgramsRecords(t *testing.T) {
	f := newFacility(t)
	s1 := f.visit("s1", "TEM", 0, "user x/a.txt", "b.txt")
	f.visit("s2", "TEM", 3, "c.txt")
	f.keep(f.run())
	for _, id := range []string{"s1", "s2"} {
		_, err := f.store.ClaimFiles(t.Context(), id, nil) // as if our tables had been dropped
		require.NoError(t, err)
	}
	require.NoError(t, os.Remove(filepath.Join(f.path("records"), "uploaded", "2024-05-06_TEM_s2.xml")))
	f.file("TEM/late.txt", s1.To)
	r := f.watch(pipeline.StatusOptions{})
	assert.Equal(t, []string{"late_files s1"}, kinds(r))
	require.Len(t, r.Files[0].Late.Items[0].Files.Items, 1)
	assert.Equal(t, "TEM/late.txt", r.Files[0].Late.Items[0].Files.Items[0].Path)
	assert.Equal(t, []string{"s2"}, r.Files[0].Unknown.Items)
}

func TestStatusOfStrayFiles(t *testing.T) {
	f := newFacility(t)
	f.visit("s1", "TEM", 0, "a.txt")
	f.file("TEM/before.txt", morning.Add(-time.Hour))
	f.file("TEM/at-start.txt", morning)
	f.file("TEM/long-ago.txt", morning.AddDate(0, 0, -40))
	f.now = f.now.AddDate(0, 0, 1)
	f.keep(f.run())
	f.file("TEM/just-now.txt", f.now.Add(-23*time.Hour))
	f.file("TEM/tomorrow.txt", f.now.Add(24*time.Hour))
	r := f.watch(pipeline.StatusOptions{})
	require.Equal(t, 2, r.Files[0].Outside.Total)
	assert.Equal(t, "TEM/before.txt", r.Files[0].Outside.Items[0].Path)
	assert.Equal(t, "TEM/at-start.txt", r.Files[0].Outside.Items[1].Path)
	assert.Equal(t, 5, r.Files[0].Files)
	assert.Equal(t, []string{"future_files TEM"}, kinds(r), "files in no session need no hand by themselves")
	assert.Contains(t, r.Concerns.Items[0].Text, "1 file lie in the future, the last by 24 h")
	assert.Equal(t, 3, f.watch(pipeline.StatusOptions{Days: 60}).Files[0].Outside.Total)

	require.NoError(t, os.RemoveAll(f.path("instruments", "TEM")))
	r = f.watch(pipeline.StatusOptions{})
	assert.Equal(t, []string{"store TEM"}, kinds(r))
	assert.NotEmpty(t, r.Files[0].Error)
}
