package pipeline_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/atomicfile"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
	"github.com/nexuslims/nexuslims-go/nexuslims/record"
)

func TestRunBuildsDeliversAndSettles(t *testing.T) {
	f := newFacility(t)
	f.source.title = "A & B < C"
	f.visit("s1", "TEM", 0, "user/a.txt", "user/b.txt")
	r := f.run()
	require.Len(t, r.Sessions, 1)
	assert.Equal(t, pipeline.ExitDone, r.ExitCode())
	assert.Equal(t, nexuslims.Completed, r.Sessions[0].Status)
	assert.Equal(t, nexuslims.Completed, f.status("s1"))
	assert.Equal(t, []string{"2024-05-06_TEM_s1.xml"}, f.records("uploaded"))
	assert.Empty(t, f.records(""))
	require.Len(t, f.target.records, 1)
	rec, err := record.Decode(f.target.records["1"])
	require.NoError(t, err)
	assert.Equal(t, "A & B < C", rec.Title)
	assert.Len(t, rec.Activities, 1)
	assert.Len(t, rec.Activities[0].Datasets, 2)
	for _, name := range []string{"user/a.txt.json", "user/a.txt.thumb.png", "user/b.txt.json"} {
		assert.FileExists(t, f.path("data", "TEM", name))
	}

	again := f.run()
	assert.Empty(t, again.Sessions, "a second run finds nothing to do")
	assert.Equal(t, pipeline.ExitDone, again.ExitCode())
	assert.Equal(t, 1, f.target.calls)
}

func TestConsentDecides(t *testing.T) {
	for _, c := range []struct {
		name    string
		consent nexuslims.Consent
		answer  error
		early   nexuslims.Status // within the waiting time
		late    nexuslims.Status // after it
	}{
		{"refused", nexuslims.ConsentDenied, nil, nexuslims.ConsentRefused, nexuslims.ConsentRefused},
		{"unknown", nexuslims.ConsentUnknown, nil, nexuslims.ToBeBuilt, nexuslims.ConsentRefused},
		{"no reservation", 0, nexuslims.E(nexuslims.NoReservation, "find", "", nil), nexuslims.ToBeBuilt, nexuslims.NoBooking},
		{"scheduler down", 0, nexuslims.E(nexuslims.Transient, "ask", "", nil), nexuslims.ToBeBuilt, nexuslims.ToBeBuilt},
		{"token refused", 0, nexuslims.E(nexuslims.Permission, "ask", "", nil), nexuslims.ToBeBuilt, nexuslims.ToBeBuilt},
		{"nonsense", 0, nexuslims.E(nexuslims.Invalid, "read", "", nil), nexuslims.ToBeBuilt, nexuslims.ToBeBuilt},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFacility(t)
			f.visit("s1", "TEM", 0, "a.txt")
			f.source.consent = map[string]nexuslims.Consent{"s1": c.consent}
			f.source.answer = map[string]error{"s1": c.answer}
			f.run()
			assert.Equal(t, c.early, f.status("s1"))
			f.now = morning.AddDate(0, 0, 4)
			f.run()
			assert.Equal(t, c.late, f.status("s1"))
			assert.Zero(t, f.target.calls)
			assert.NoFileExists(t, f.path("data", "TEM", "a.txt.json"), "nothing is read without consent")
		})
	}
}

func TestNoFiles(t *testing.T) {
	f := newFacility(t)
	f.visit("s1", "TEM", 0)
	f.file("TEM/earlier.txt", morning.Add(-time.Hour))
	r := f.run()
	assert.Equal(t, nexuslims.ToBeBuilt, f.status("s1"))
	assert.NotEmpty(t, r.Sessions[0].Waiting)
	assert.Equal(t, pipeline.ExitDone, r.ExitCode(), "waiting for files is the ordinary course")
	f.now = morning.AddDate(0, 0, 4)
	f.run()
	assert.Equal(t, nexuslims.NoFilesFound, f.status("s1"))
}

func TestOutagesNeverSettle(t *testing.T) {
	for name, breakIt := range map[string]func(f *facility){
		"instrument folder is gone":  func(f *facility) { require.NoError(f.t, os.RemoveAll(f.path("instruments", "TEM"))) },
		"instrument folder is empty": func(f *facility) { require.NoError(f.t, os.Remove(f.path("instruments", "TEM", "a.txt"))) },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFacility(t)
			f.visit("s1", "TEM", 0, "a.txt")
			f.visit("s2", "SEM", 0, "b.txt")
			f.now = morning.AddDate(0, 0, 30)
			breakIt(f)
			r := f.run()
			assert.Equal(t, nexuslims.ToBeBuilt, f.status("s1"))
			assert.Equal(t, nexuslims.Completed, f.status("s2"), "the other instrument is not held up")
			assert.Equal(t, pipeline.ExitPartial, r.ExitCode())
			f.file("TEM/a.txt", morning.Add(time.Minute))
			f.run()
			assert.Equal(t, nexuslims.Completed, f.status("s1"))
		})
	}
}

func TestSourceDownHoldsUpNothingElse(t *testing.T) {
	f := newFacility(t)
	f.visit("s1", "TEM", 0, "a.txt")
	f.source.answer = map[string]error{"s1": nexuslims.E(nexuslims.Transient, "ask", "", nil)}
	f.run() // harvested, waits
	f.source.answer = nil
	f.source.events = nexuslims.E(nexuslims.Transient, "GET", "fake://", errors.New("connection refused"))
	r := f.run()
	assert.Equal(t, nexuslims.Completed, f.status("s1"), "what is queued is built")
	assert.NotEmpty(t, r.Sources[0].Error)
	assert.Equal(t, pipeline.ExitPartial, r.ExitCode())
}

func TestLongStopWidensTheWindow(t *testing.T) {
	f := newFacility(t)
	o := pipeline.RunOptions{Lookback: 7 * 24 * time.Hour}
	run := func() {
		_, err := f.pipeline().Run(t.Context(), o)
		require.NoError(t, err)
	}
	run()
	first := f.now
	f.now = f.now.AddDate(0, 0, 60)
	run()
	require.Len(t, f.source.windowsAt, 2)
	assert.True(t, f.source.windowsAt[0].From.Equal(first.AddDate(0, 0, -7)))
	assert.True(t, f.source.windowsAt[1].From.Before(first), "the whole stop is asked for")
	f.source.events = errors.New("down")
	f.now = f.now.AddDate(0, 0, 60)
	run()
	f.source.events = nil
	f.now = f.now.AddDate(0, 0, 60)
	run()
	assert.True(t, f.source.windowsAt[3].From.Before(first.AddDate(0, 0, 60)), "a failed harvest moves no bookmark")
}

// misbehaving is an extractor of .bad files that does to its file what a test wants.
type misbehaving struct{ do func() }

func (misbehaving) Info() extractors.Info {
	return extractors.Info{Name: "bad", Priority: 100, Formats: []extractors.Format{{Name: "BAD", Extensions: []string{"bad"}}}}
}

func (misbehaving) Match(*extractors.File) bool { return true }

func (m misbehaving) Extract(_ context.Context, f *extractors.File) (*extractors.Result, error) {
	m.do()
	return &extractors.Result{Signals: []*extractors.Signal{{Document: extractors.BasicDocument(f)}}}, nil
}

func TestFilesThatMisbehave(t *testing.T) {
	t.Run("vanishes", func(t *testing.T) {
		f := newFacility(t)
		f.visit("s1", "TEM", 0, "a.bad", "b.txt")
		f.extra = []extractors.Extractor{misbehaving{func() { _ = os.Remove(f.path("instruments", "TEM", "b.txt")) }}}
		r := f.run()
		assert.Equal(t, nexuslims.Completed, f.status("s1"))
		require.Len(t, r.Sessions[0].Files, 1)
		assert.Contains(t, r.Sessions[0].Files[0].Note, "vanished")
	})
	t.Run("grows", func(t *testing.T) {
		f := newFacility(t)
		f.visit("s1", "TEM", 0, "a.bad")
		path := f.path("instruments", "TEM", "a.bad")
		grow := true
		f.extra = []extractors.Extractor{misbehaving{func() {
			if grow {
				info, _ := os.Stat(path)
				b, _ := os.ReadFile(path)
				_ = os.WriteFile(path, append(b, 'x'), 0o644)
				_ = os.Chtimes(path, info.ModTime(), info.ModTime())
			}
		}}}
		r := f.run()
		assert.Equal(t, nexuslims.ToBeBuilt, f.status("s1"), "it is read again later")
		assert.Contains(t, r.Sessions[0].Waiting, "a.bad")
		grow = false
		f.run()
		assert.Equal(t, nexuslims.Completed, f.status("s1"))
	})
	t.Run("extractor panics", func(t *testing.T) {
		f := newFacility(t)
		f.visit("s1", "TEM", 0, "a.bad", "b.txt")
		f.extra = []extractors.Extractor{misbehaving{func() { panic("no idea") }}}
		r := f.run()
		assert.Equal(t, nexuslims.Completed, f.status("s1"))
		assert.Equal(t, 2, r.Sessions[0].Datasets)
		assert.FileExists(t, f.path("data", "TEM", "a.bad.thumb.png"), "a placeholder")
		b, err := os.ReadFile(f.path("data", "TEM", "a.bad.json"))
		require.NoError(t, err)
		assert.Contains(t, string(b), `"Extractor Warnings"`)
		assert.Contains(t, string(b), "nexuslims-go/bad")
	})
}

// fullDisk fails writes of files whose name ends in suffix.
type fullDisk struct {
	atomicfile.OS
	suffix string
}

func (d fullDisk) Rename(from, to string) error {
	if strings.HasSuffix(to, d.suffix) {
		return &fs.PathError{Op: "write", Path: to, Err: errors.New("no space left on device")}
	}
	return d.OS.Rename(from, to)
}

func TestFullDiskDelaysAndLosesNothing(t *testing.T) {
	for _, suffix := range []string{".json", ".thumb.png", ".xml"} {
		t.Run(suffix, func(t *testing.T) {
			f := newFacility(t)
			f.visit("s1", "TEM", 0, "a.txt")
			f.fs = fullDisk{suffix: suffix}
			r := f.run()
			assert.Equal(t, nexuslims.ToBeBuilt, f.status("s1"))
			assert.Contains(t, r.Sessions[0].Error, "no space left")
			assert.Equal(t, pipeline.ExitPartial, r.ExitCode())
			left, err := filepath.Glob(filepath.Join(f.path("records"), ".nx-*"))
			require.NoError(t, err)
			assert.Empty(t, left)
			f.fs = nil
			f.run()
			assert.Equal(t, nexuslims.Completed, f.status("s1"))
			assert.Len(t, f.target.records, 1)
		})
	}
}

func TestDeliveryFaults(t *testing.T) {
	t.Run("down, then up", func(t *testing.T) {
		f := newFacility(t)
		f.visit("s1", "TEM", 0, "a.txt")
		f.visit("s2", "SEM", 0, "b.txt")
		f.target.fail = nexuslims.E(nexuslims.Transient, "POST", "target", errors.New("status 502"))
		r := f.run()
		assert.Equal(t, pipeline.ExitPartial, r.ExitCode())
		for _, id := range []string{"s1", "s2"} {
			assert.Equal(t, nexuslims.BuiltNotExported, f.status(id))
		}
		assert.Len(t, f.records(""), 2, "the records wait")
		f.target.fail = nil
		r = f.run()
		assert.Equal(t, nexuslims.BuiltNotExported, f.status("s1"), "its time has not come")
		assert.Equal(t, 1, r.Waiting, "the other record had not been tried")
		f.now = f.now.Add(time.Hour)
		f.run()
		for _, id := range []string{"s1", "s2"} {
			assert.Equal(t, nexuslims.Completed, f.status(id))
		}
		assert.Len(t, f.records("uploaded"), 2)
		assert.Len(t, f.target.records, 2)
	})
	t.Run("answer lost", func(t *testing.T) {
		f := newFacility(t)
		f.visit("s1", "TEM", 0, "a.txt")
		f.target.lose = true
		f.run()
		assert.Equal(t, nexuslims.BuiltNotExported, f.status("s1"))
		f.target.lose = false
		f.now = f.now.Add(time.Hour)
		f.run()
		assert.Equal(t, nexuslims.Completed, f.status("s1"))
		assert.Len(t, f.target.records, 1, "the record that is there is adopted")
	})
	t.Run("panic", func(t *testing.T) {
		f := newFacility(t)
		f.visit("s1", "TEM", 0, "a.txt")
		f.target.panics = true
		other := newTarget()
		f.others = []exporters.Open{{Spec: exporters.Spec{Name: "other", Priority: 10}, Destination: other}}
		r := f.run()
		assert.Equal(t, nexuslims.BuiltNotExported, f.status("s1"))
		assert.Len(t, other.records, 1, "the other destination is served")
		assert.Contains(t, r.Sessions[0].Deliveries[0].Error, "panic:")
	})
	t.Run("consent withdrawn before the next try", func(t *testing.T) {
		f := newFacility(t)
		f.visit("s1", "TEM", 0, "a.txt")
		f.target.fail = nexuslims.E(nexuslims.Transient, "POST", "target", nil)
		f.run()
		f.target.fail = nil
		f.now = f.now.Add(time.Hour)
		f.source.consent = map[string]nexuslims.Consent{"s1": nexuslims.ConsentDenied}
		f.run()
		assert.Equal(t, nexuslims.ConsentRefused, f.status("s1"))
		assert.Empty(t, f.target.records)
	})
	t.Run("no destination", func(t *testing.T) {
		f := newFacility(t)
		f.visit("s1", "TEM", 0, "a.txt")
		f.target = nil
		f.run()
		assert.Equal(t, nexuslims.BuiltNotExported, f.status("s1"), "built, and not counted as exported")
		assert.Len(t, f.records(""), 1)
	})
}

func TestPanickingSourceStaysItsOwnProblem(t *testing.T) {
	f := newFacility(t)
	f.visit("s1", "TEM", 0, "a.txt")
	f.source.panics = true
	r := f.run()
	assert.NotEmpty(t, r.Sessions[0].Error)
	assert.Equal(t, pipeline.ExitPartial, r.ExitCode())
}

func TestRecordNamesDoNotCollide(t *testing.T) {
	f := newFacility(t)
	f.visit("same-one", "TEM", 0, "a.txt")
	f.visit("same-two", "TEM", 2, "b.txt")
	f.run()
	assert.Len(t, f.records("uploaded"), 2, "identifiers that shorten to one name get names of their own")
	assert.Len(t, f.target.records, 2)
}

func TestOverlappingSessionsAreReported(t *testing.T) {
	f := newFacility(t)
	f.visit("s1", "TEM", 0, "a.txt")
	f.visit("s2", "TEM", 0)
	r := f.run()
	warned := false
	for _, s := range r.Sessions {
		for _, w := range s.Warnings {
			warned = warned || strings.Contains(w, "TEM/a.txt is also in the record of s1")
		}
	}
	assert.True(t, warned, "%+v", r.Sessions)
}

func TestDryRunChangesNothing(t *testing.T) {
	f := newFacility(t)
	f.visit("s1", "TEM", 0, "a.txt")
	r, err := f.pipeline().Run(t.Context(), pipeline.RunOptions{DryRun: true, Unbounded: true})
	require.NoError(t, err)
	require.Len(t, r.Sessions, 1)
	assert.Equal(t, 1, r.Sessions[0].FileCount)
	require.Len(t, r.Sessions[0].Files, 1)
	_, err = f.store.Session(t.Context(), "s1")
	assert.ErrorIs(t, err, nexuslims.NotFound, "no row is written")
	assert.Empty(t, f.records(""))
	assert.NoFileExists(t, f.path("data", "TEM", "a.txt.json"))
	assert.Zero(t, f.target.calls)
}

func TestCancellation(t *testing.T) {
	f := newFacility(t)
	f.visit("s1", "TEM", 0, "a.txt")
	f.visit("s2", "SEM", 0, "b.txt")
	ctx, cancel := context.WithCancel(t.Context())
	f.check = func(step string) {
		if step == "settled" {
			cancel()
		}
	}
	r, err := f.pipeline().Run(ctx, pipeline.RunOptions{Unbounded: true})
	require.ErrorIs(t, err, nexuslims.Canceled)
	assert.True(t, r.Cancelled)
	f.check = nil
	f.run()
	for _, id := range []string{"s1", "s2"} {
		assert.Equal(t, nexuslims.Completed, f.status(id))
	}
	assert.Len(t, f.target.records, 2)
}

func TestInterruptedAtEveryStep(t *testing.T) {
	// The steps of an undisturbed run.
	var steps []string
	f := newFacility(t)
	f.visit("s1", "TEM", 0, "a.txt")
	f.check = func(step string) { steps = append(steps, step) }
	f.run()
	require.GreaterOrEqual(t, len(steps), 7)
	for n, step := range steps {
		t.Run(step, func(t *testing.T) {
			f := newFacility(t)
			f.visit("s1", "TEM", 0, "a.txt")
			at := 0
			f.check = func(string) {
				if at++; at == n+1 {
					panic(step) // nothing after this point happens, as in a killed process
				}
			}
			func() {
				defer func() { require.Equal(t, step, recover()) }()
				f.run()
			}()
			require.NoError(t, f.store.Close())
			f.open()
			f.check = nil
			f.now = f.now.Add(3 * time.Hour) // past the claim of the killed run
			f.run()
			assert.Equal(t, nexuslims.Completed, f.status("s1"))
			assert.Len(t, f.target.records, 1)
			assert.Equal(t, []string{"2024-05-06_TEM_s1.xml"}, f.records("uploaded"))
			assert.Empty(t, f.records(""))
		})
	}
}

func TestTemporaryFilesOfKilledRunsGo(t *testing.T) {
	f := newFacility(t)
	f.visit("s1", "TEM", 0, "user/a.txt")
	old, young := f.path("data", "TEM", "user", ".nx-1.tmp"), f.path("data", "TEM", "user", ".nx-2.tmp")
	require.NoError(t, os.MkdirAll(filepath.Dir(old), 0o755))
	for path, age := range map[string]time.Duration{
		old: time.Hour, young: time.Second, f.path("records", ".nx-3.tmp"): time.Hour,
	} {
		require.NoError(t, os.WriteFile(path, []byte("half"), 0o644))
		require.NoError(t, os.Chtimes(path, f.now.Add(-age), f.now.Add(-age)))
	}
	f.run()
	assert.NoFileExists(t, old)
	assert.FileExists(t, young, "somebody may be writing it")
	assert.NoFileExists(t, f.path("records", ".nx-3.tmp"))
}
