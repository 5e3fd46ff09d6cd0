package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

// uploads returns what the log tells of a session: "target ok 1", "second failed: no luck".
func (f *facility) uploads(session string) []string {
	f.t.Helper()
	rows, err := f.store.Uploads(f.t.Context(), session)
	require.NoError(f.t, err)
	told := []string{}
	for _, u := range rows {
		if u.Success {
			told = append(told, u.Destination+" ok "+u.RecordID)
			assert.NotEmpty(f.t, u.Digest)
			assert.NotEmpty(f.t, u.Version)
			continue
		}
		told = append(told, u.Destination+" failed: "+u.Error)
	}
	return told
}

func refuses(text string) *target {
	d := newTarget()
	d.fail = nexuslims.E(nexuslims.Invalid, "", "", errors.New(text))
	return d
}

func second(d exporters.Destination) []exporters.Open {
	return []exporters.Open{{Spec: exporters.Spec{Name: "second", Priority: 50}, Destination: d}}
}

// TestLogStatusAndFile tells for each outcome of a delivery what the log, the session's
// status and the place of the record's file are.
func TestLogStatusAndFile(t *testing.T) {
	const waiting, done = nexuslims.BuiltNotExported, nexuslims.Completed
	for name, c := range map[string]struct {
		strategy exporters.Strategy
		first    *target // nil: none
		others   []exporters.Open
		uploads  []string
		status   nexuslims.Status
	}{
		"no destination, all":           {exporters.All, nil, nil, []string{}, waiting},
		"no destination, first success": {exporters.FirstSuccess, nil, nil, []string{}, waiting},
		"no destination, best effort":   {exporters.BestEffort, nil, nil, []string{}, waiting},
		"all, one fails": {
			exporters.All, refuses("no luck"), second(newTarget()),
			[]string{"target failed: no luck", "second ok 1"},
			waiting,
		},
		"all, both have it": {exporters.All, newTarget(), second(newTarget()), []string{"target ok 1", "second ok 1"}, done},
		"first success, the second has it": {
			exporters.FirstSuccess, refuses("no luck"), append(second(newTarget()),
				exporters.Open{Spec: exporters.Spec{Name: "third"}, Destination: newTarget()}),
			[]string{"target failed: no luck", "second ok 1"},
			done,
		},
		"first success, the first has it": {exporters.FirstSuccess, newTarget(), second(newTarget()), []string{"target ok 1"}, done},
		"best effort, one fails": {
			exporters.BestEffort, newTarget(), second(refuses("no luck")),
			[]string{"target ok 1", "second failed: no luck"},
			done,
		},
		"best effort, both fail": {
			exporters.BestEffort, refuses("no luck"), second(refuses("none either")),
			[]string{"target failed: no luck", "second failed: none either"},
			waiting,
		},
		"a panic": {exporters.All, &target{records: map[string][]byte{}, panics: true}, nil, []string{"target failed: panic: no idea"}, waiting},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFacility(t)
			f.strategy, f.target, f.others = c.strategy, c.first, c.others
			f.visit("s1", "TEM", 0, "a.txt")
			f.run()
			assert.Equal(t, c.uploads, f.uploads("s1"))
			assert.Equal(t, c.status, f.status("s1"))
			folder, other := "", "uploaded"
			if c.status == done {
				folder, other = other, folder
			}
			assert.Equal(t, []string{"2024-05-06_TEM_s1.xml"}, f.records(folder))
			assert.Empty(t, f.records(other))
		})
	}
}

// picky refuses the record of one session.
type picky struct {
	*target
	not string
}

func (d picky) Export(ctx context.Context, job *exporters.Job) (exporters.Receipt, error) {
	if job.Session.ID == d.not {
		return exporters.Receipt{}, nexuslims.E(nexuslims.Invalid, "", "", errors.New("not this one"))
	}
	return d.target.Export(ctx, job)
}

func TestOneRecordOfTwoFails(t *testing.T) {
	f := newFacility(t)
	f.target, f.others = nil, second(picky{newTarget(), "s1"})
	f.visit("s1", "TEM", 0, "a.txt")
	f.visit("s2", "TEM", 2, "b.txt")
	f.run()
	assert.Equal(t, nexuslims.BuiltNotExported, f.status("s1"))
	assert.Equal(t, nexuslims.Completed, f.status("s2"))
	assert.Equal(t, []string{"2024-05-06_TEM_s1.xml"}, f.records(""))
	assert.Equal(t, []string{"2024-05-06_TEM_s2.xml"}, f.records("uploaded"))
	assert.Equal(t, []string{"second failed: not this one"}, f.uploads("s1"))
}

// TestRecordThatCannotBeMoved counts as exported: it is.
func TestRecordThatCannotBeMoved(t *testing.T) {
	f := newFacility(t)
	f.visit("s1", "TEM", 0, "a.txt")
	require.NoError(t, os.WriteFile(f.path("records", "uploaded"), []byte("a file in the way"), 0o600))
	r := f.run()
	assert.Equal(t, nexuslims.Completed, f.status("s1"))
	assert.Equal(t, []string{"target ok 1"}, f.uploads("s1"))
	assert.Contains(t, fmt.Sprint(r.Sessions[0].Warnings), "could not be moved")
	assert.Equal(t, []string{"2024-05-06_TEM_s1.xml"}, f.records(""))

	require.NoError(t, os.Remove(f.path("records", "uploaded")))
	f.run()
	assert.Equal(t, []string{"2024-05-06_TEM_s1.xml"}, f.records("uploaded"), "a later run makes up for it")
	assert.Equal(t, []string{"target ok 1"}, f.uploads("s1"), "and delivers nothing again")
}

// TestSettledSessionStaysSettled whatever comes of delivering it to one more destination,
// and wherever its file is.
func TestSettledSessionStaysSettled(t *testing.T) {
	for name, moved := range map[string]bool{"file moved": true, "file not moved": false} {
		t.Run(name, func(t *testing.T) {
			f := newFacility(t)
			f.visit("s1", "TEM", 0, "a.txt")
			f.run()
			if !moved { // a rebuild was interrupted, and somebody took the version before away
				name := "2024-05-06_TEM_s1.xml"
				xml, err := os.ReadFile(f.path("records", "uploaded", name))
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(f.path("records", name), append(xml, '\n'), 0o600))
				require.NoError(t, os.Remove(f.path("records", "uploaded", name)))
			}
			f.others = second(refuses("no luck"))
			r, err := f.pipeline().Export(t.Context(), pipeline.ExportOptions{Sessions: []string{"s1"}})
			require.NoError(t, err)
			assert.Equal(t, pipeline.ExitPartial, r.ExitCode())
			assert.Equal(t, nexuslims.Completed, f.status("s1"))
			row, _, err := f.store.Record(t.Context(), "s1")
			require.NoError(t, err)
			assert.Equal(t, db.RecordUploaded, row.State)
		})
	}
}

// TestWhatIsNotDeliveredIsReported has settled sessions that go nowhere else, each for its
// own reason.
func TestWhatIsNotDeliveredIsReported(t *testing.T) {
	f := newFacility(t)
	f.visit("booked", "TEM", 0, "a.txt")
	f.visit("first", "TEM", 2, "b.txt")
	f.visit("next", "TEM", 4, "c.txt")
	f.run()
	f.source.answer = map[string]error{"booked": nexuslims.NoReservation}
	f.now = f.now.AddDate(0, 0, 10)
	down := newTarget()
	down.fail = nexuslims.E(nexuslims.Transient, "", "", errors.New("no route"))
	f.others = second(down)
	r, err := f.pipeline().Export(t.Context(), pipeline.ExportOptions{Sessions: []string{"booked", "first", "next"}})
	require.NoError(t, err)
	assert.Equal(t, pipeline.ExitPartial, r.ExitCode())
	require.Len(t, r.Sessions, 3)
	for i, why := range []string{"not delivered", "has it not", "has it not"} {
		assert.Contains(t, r.Sessions[i].Error, why, r.Sessions[i].ID)
		assert.Equal(t, nexuslims.Completed, f.status(r.Sessions[i].ID))
	}
}

func TestRecordTakesThePlaceOfAnOlderFile(t *testing.T) {
	f := newFacility(t)
	f.visit("s1", "TEM", 0, "a.txt")
	require.NoError(t, os.Mkdir(f.path("records", "uploaded"), 0o755))
	old := f.path("records", "uploaded", "2024-05-06_TEM_s1.xml")
	require.NoError(t, os.WriteFile(old, []byte("old"), 0o600))
	f.run()
	b, err := os.ReadFile(old)
	require.NoError(t, err)
	assert.Equal(t, string(f.target.records["1"]), string(b))
	assert.Empty(t, f.records(""))
}

func TestRecordFileThatIsGoneWaits(t *testing.T) {
	f := newFacility(t)
	f.target = refuses("no luck")
	f.visit("s1", "TEM", 0, "a.txt")
	f.run()
	require.NoError(t, os.Remove(f.path("records", "2024-05-06_TEM_s1.xml")))
	f.target.fail = nil
	f.now = f.now.AddDate(0, 0, 3)
	r := f.run()
	require.Len(t, r.Sessions, 1)
	assert.Contains(t, r.Sessions[0].Error, "2024-05-06_TEM_s1")
	assert.Equal(t, nexuslims.BuiltNotExported, f.status("s1"))
	assert.Empty(t, f.target.records)
}

func TestTextsOfFailuresAreFitToBeKept(t *testing.T) {
	f := newFacility(t)
	f.target = refuses("line\nline\x00\xff" + strings.Repeat("x", 1<<20))
	f.visit("s1", "TEM", 0, "a.txt")
	f.run()
	rows, err := f.store.Uploads(t.Context(), "s1")
	require.NoError(t, err)
	require.Len(t, rows, 1)
	assert.True(t, utf8.ValidString(rows[0].Error))
	assert.NotContains(t, rows[0].Error, "\x00")
	assert.LessOrEqual(t, len(rows[0].Error), 8<<10)
	assert.True(t, strings.HasPrefix(rows[0].Error, "line\nline"))
}

// TestDeliveryThatWasNotWrittenDownIsNotRepeated ends the process after the delivery and
// before the session is settled.
func TestDeliveryThatWasNotWrittenDownIsNotRepeated(t *testing.T) {
	f := newFacility(t)
	f.visit("s1", "TEM", 0, "a.txt")
	f.check = func(step string) {
		if step == "delivered" {
			panic("killed")
		}
	}
	assert.Panics(t, func() { f.run() })
	assert.Equal(t, nexuslims.ToBeBuilt, f.status("s1"))
	f.check = nil
	released, err := f.store.ReleaseAll(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, released)
	f.run()
	assert.Equal(t, nexuslims.Completed, f.status("s1"))
	assert.Equal(t, 1, f.target.calls)
	assert.Equal(t, []string{"target ok 1"}, f.uploads("s1"))
	row, found, err := f.store.Record(t.Context(), "s1")
	require.NoError(t, err)
	require.True(t, found)
	assert.Equal(t, db.RecordUploaded, row.State)
}
