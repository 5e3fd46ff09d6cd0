package exporters_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// plain can create and nothing else.
type plain struct {
	export func(ctx context.Context, job *exporters.Job) (exporters.Receipt, error)
	jobs   []exporters.Job
}

func (p *plain) Export(ctx context.Context, job *exporters.Job) (exporters.Receipt, error) {
	p.jobs = append(p.jobs, *job)
	return p.export(ctx, job)
}
func (p *plain) Close() error { return nil }

// able can find and update besides.
type able struct {
	plain
	find    func() (exporters.Receipt, bool, error)
	update  func(job *exporters.Job, existing exporters.Receipt) (exporters.Receipt, error)
	found   int
	updates []exporters.Receipt
}

func (a *able) Find(context.Context, *exporters.Job) (exporters.Receipt, bool, error) {
	a.found++
	if a.find == nil {
		return exporters.Receipt{}, false, nil
	}
	return a.find()
}

func (a *able) Update(_ context.Context, job *exporters.Job, existing exporters.Receipt) (exporters.Receipt, error) {
	a.updates = append(a.updates, existing)
	return a.update(job, existing)
}

func works(id string) *plain {
	return &plain{export: func(context.Context, *exporters.Job) (exporters.Receipt, error) {
		return exporters.Receipt{ID: id, URL: "https://example.org/" + id}, nil
	}}
}

func fails(kind nexuslims.Kind) *plain {
	return &plain{export: func(context.Context, *exporters.Job) (exporters.Receipt, error) {
		return exporters.Receipt{}, nexuslims.E(kind, "post", "record", errors.New("no luck"))
	}}
}

func remote(name string, d exporters.Destination) exporters.Open {
	return exporters.Open{Spec: exporters.Spec{Name: name}, Destination: d}
}

func local(name string, d exporters.Destination) exporters.Open {
	return exporters.Open{Spec: exporters.Spec{Name: name, Local: true}, Destination: d}
}

func job(session, document string) *exporters.Job {
	return &exporters.Job{
		Session: nexuslims.Session{ID: session}, Name: "record-" + session, XML: []byte(document), Digest: "digest of " + document,
	}
}

// bench is a runner with a clock of its own and a ledger to look into.
type bench struct {
	*exporters.Runner
	ledger *exporters.MemoryLedger
	clock  time.Time
	log    bytes.Buffer
}

func newBench(strategy exporters.Strategy, open ...exporters.Open) *bench {
	b := &bench{ledger: exporters.NewMemoryLedger(), clock: time.Date(2024, 3, 1, 9, 0, 0, 0, time.UTC)}
	b.Runner = b.another(strategy, open...)
	return b
}

// another returns the runner of a later run on the same ledger.
func (b *bench) another(strategy exporters.Strategy, open ...exporters.Open) *exporters.Runner {
	return &exporters.Runner{
		Destinations: open, Strategy: strategy, Ledger: b.ledger, Now: func() time.Time { return b.clock },
		Logger: slog.New(slog.NewTextHandler(&b.log, nil)),
	}
}

func (b *bench) entry(t *testing.T, session, destination string) exporters.Entry {
	t.Helper()
	e, found, err := b.ledger.Load(t.Context(), session, destination)
	require.NoError(t, err)
	require.True(t, found, "ledger knows nothing of %s", destination)
	return e
}

func states(out exporters.Outcome) string {
	var words []string
	for _, r := range out.Results {
		words = append(words, fmt.Sprintf("%s=%s", r.Destination, r.State))
	}
	return strings.Join(words, " ")
}

func TestVerdict(t *testing.T) {
	type places = []exporters.Open
	good, bad := works("1"), fails(nexuslims.Invalid)
	for _, c := range []struct {
		name     string
		strategy exporters.Strategy
		required []string
		open     places
		states   string
		exported bool
	}{
		{"nobody/all", exporters.All, nil, nil, "", false},
		{"nobody/first", exporters.FirstSuccess, nil, nil, "", false},
		{"nobody/best", exporters.BestEffort, nil, nil, "", false},
		{"all/both", "", nil, places{remote("a", good), remote("b", good)}, "a=delivered b=delivered", true},
		{"all/one fails", exporters.All, nil, places{remote("a", bad), remote("b", good)}, "a=failed b=delivered", false},
		{
			"first/second succeeds", exporters.FirstSuccess, nil,
			places{remote("a", bad), remote("b", good), remote("c", good)},
			"a=failed b=delivered", true,
		},
		{"first/none", exporters.FirstSuccess, nil, places{remote("a", bad), remote("b", bad)}, "a=failed b=failed", false},
		{"best/one fails", exporters.BestEffort, nil, places{remote("a", bad), remote("b", good)}, "a=failed b=delivered", true},
		{"best/required fails", exporters.BestEffort, []string{"a"}, places{remote("a", bad), remote("b", good)}, "a=failed b=delivered", false},
		{
			"first/required runs", exporters.FirstSuccess,
			[]string{"b"},
			places{remote("a", good), remote("b", good), remote("c", good)},
			"a=delivered b=delivered", true,
		},
		{"required is not there", exporters.All, []string{"z"}, places{remote("a", good)}, "a=delivered", false},
		{"local does not count", exporters.All, nil, places{remote("a", good), local("l", bad)}, "a=delivered l=failed", true},
		{"local is no success", exporters.BestEffort, nil, places{remote("a", bad), local("l", good)}, "a=failed l=delivered", false},
		{"local always runs", exporters.FirstSuccess, nil, places{remote("a", good), local("l", good)}, "a=delivered l=delivered", true},
		{"local ends nothing", exporters.FirstSuccess, nil, places{local("l", good), remote("a", good)}, "l=delivered a=delivered", true},
		{"local alone", exporters.All, nil, places{local("l", good)}, "l=delivered", true},
		{"local required", exporters.All, []string{"l"}, places{remote("a", good), local("l", bad)}, "a=delivered l=failed", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(c.strategy, c.open...)
			b.Required = c.required
			out, err := b.Deliver(t.Context(), job("s", "x"))
			require.NoError(t, err)
			assert.Equal(t, c.states, states(out))
			assert.Equal(t, c.exported, out.Exported)
			assert.Len(t, b.ledger.Attempts("s"), len(out.Results), "a row for each that was asked")
		})
	}
}

func TestUnknownStrategyIsAnError(t *testing.T) {
	_, err := newBench("sometimes", remote("a", works("1"))).Deliver(t.Context(), job("s", "x"))
	assert.ErrorIs(t, err, nexuslims.Invalid)
}

func TestSecondRunAsksNobodyAgainAndKeepsLinks(t *testing.T) {
	first, second := works("7"), fails(nexuslims.Invalid)
	b := newBench(exporters.All, remote("first", first), remote("second", second))
	_, err := b.Deliver(t.Context(), job("s", "x"))
	require.NoError(t, err)
	assert.Equal(t, "7", second.jobs[0].Previous["first"].ID)

	b.clock = b.clock.Add(time.Hour)
	healed := works("8")
	out, err := b.another(exporters.All, remote("first", first), remote("second", healed)).Deliver(t.Context(), job("s", "x"))
	require.NoError(t, err)
	assert.True(t, out.Exported)
	assert.False(t, out.Results[0].Attempted)
	assert.Len(t, first.jobs, 1)
	assert.Equal(t, "https://example.org/7", healed.jobs[0].Previous["first"].URL, "the link is there although nobody was asked")
	assert.Len(t, b.ledger.Attempts("s"), 3)
}

func TestChangedRecord(t *testing.T) {
	receipt := exporters.Receipt{ID: "7"}
	deliver := func(t *testing.T, d exporters.Destination) (exporters.Outcome, *bench) {
		t.Helper()
		b := newBench(exporters.All, remote("a", d))
		b.Reconcile = func(delivered, stored, built []byte) (exporters.Reconciled, error) {
			return exporters.Reconciled{Document: fmt.Appendf(nil, "%s|%s|%s", delivered, stored, built)}, nil
		}
		_, err := b.Deliver(t.Context(), job("s", "one"))
		require.NoError(t, err)
		out, err := b.Deliver(t.Context(), job("s", "two"))
		require.NoError(t, err)
		return out, b
	}
	t.Run("is updated", func(t *testing.T) {
		var merged string
		a := &able{plain: *works("7"), update: func(j *exporters.Job, e exporters.Receipt) (exporters.Receipt, error) {
			r, err := j.Reconcile([]byte("edited"))
			merged = string(r.Document)
			return e, err
		}}
		out, b := deliver(t, a)
		assert.True(t, out.Exported)
		assert.Len(t, a.jobs, 1)
		assert.Equal(t, "one|edited|two", merged)
		assert.Equal(t, "two", string(b.entry(t, "s", "a").Document), "the base of the next comparison is what was built")
	})
	t.Run("is created anew where it is gone", func(t *testing.T) {
		a := &able{plain: *works("7"), update: func(*exporters.Job, exporters.Receipt) (exporters.Receipt, error) {
			return exporters.Receipt{}, nexuslims.E(nexuslims.NotFound, "update", "7", nil)
		}}
		out, _ := deliver(t, a)
		assert.True(t, out.Exported)
		require.Len(t, a.jobs, 2)
		assert.Nil(t, a.jobs[1].Earlier)
		assert.Equal(t, 2, a.found, "asked before each create")
	})
	t.Run("is not created beside one that is still there", func(t *testing.T) {
		a := &able{plain: *works("7"), update: func(*exporters.Job, exporters.Receipt) (exporters.Receipt, error) {
			return exporters.Receipt{}, nexuslims.E(nexuslims.NotFound, "find template", "", nil)
		}}
		b := newBench(exporters.All, remote("a", a))
		_, err := b.Deliver(t.Context(), job("s", "one"))
		require.NoError(t, err)
		a.find = func() (exporters.Receipt, bool, error) { return receipt, true, nil }
		out, err := b.Deliver(t.Context(), job("s", "two"))
		require.NoError(t, err)
		assert.False(t, out.Exported)
		assert.Len(t, a.jobs, 1)
	})
	t.Run("replaces where nothing can be updated", func(t *testing.T) {
		p := works("7")
		out, _ := deliver(t, p)
		assert.True(t, out.Exported)
		require.Len(t, p.jobs, 2)
		assert.Equal(t, "7", p.jobs[1].Earlier.ID)
	})
	t.Run("of unknown version is not created beside it", func(t *testing.T) {
		p := works("7")
		b := newBench(exporters.All, remote("a", p))
		require.NoError(t, b.ledger.Save(t.Context(), exporters.Entry{
			Session: "s", Destination: "a", State: exporters.Delivered, Receipt: exporters.Receipt{ID: "old"},
		}))
		out, err := b.Deliver(t.Context(), job("s", "two"))
		require.NoError(t, err)
		assert.True(t, out.Exported)
		assert.Empty(t, p.jobs)
		assert.NotEmpty(t, out.Results[0].Receipt.Warnings)
	})
}

func TestFindComesBeforeCreate(t *testing.T) {
	for _, c := range []struct {
		name             string
		found            exporters.Receipt
		creates, updates int
	}{
		{"same document", exporters.Receipt{ID: "5", Digest: "digest of x"}, 0, 0},
		{"other document", exporters.Receipt{ID: "5", Digest: "other"}, 0, 1},
		{"unknown document", exporters.Receipt{ID: "5"}, 0, 1},
		{"incomplete record", exporters.Receipt{ID: "5", Step: "created", Partial: true}, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := &able{
				plain: *works("5"), find: func() (exporters.Receipt, bool, error) { return c.found, true, nil },
				update: func(_ *exporters.Job, e exporters.Receipt) (exporters.Receipt, error) { return e, nil },
			}
			b := newBench(exporters.All, remote("a", a))
			out, err := b.Deliver(t.Context(), job("s", "x"))
			require.NoError(t, err)
			assert.True(t, out.Exported)
			assert.Len(t, a.jobs, c.creates)
			assert.Len(t, a.updates, c.updates)
			if c.creates == 1 {
				assert.Equal(t, "created", a.jobs[0].Earlier.Step)
			}
			assert.Equal(t, "5", b.entry(t, "s", "a").Receipt.ID)
		})
	}
	t.Run("no answer, no create", func(t *testing.T) {
		a := &able{plain: *works("5"), find: func() (exporters.Receipt, bool, error) {
			return exporters.Receipt{}, false, nexuslims.E(nexuslims.Transient, "find", "", nil)
		}}
		out, err := newBench(exporters.All, remote("a", a)).Deliver(t.Context(), job("s", "x"))
		require.NoError(t, err)
		assert.False(t, out.Exported)
		assert.Empty(t, a.jobs)
	})
}

func TestStepsAreNotedAndContinued(t *testing.T) {
	broken := true
	p := &plain{}
	b := newBench(exporters.All, remote("a", p))
	p.export = func(ctx context.Context, j *exporters.Job) (exporters.Receipt, error) {
		if j.Earlier == nil {
			before, _, err := b.ledger.Load(ctx, "s", "a")
			require.NoError(t, err)
			assert.Equal(t, exporters.Started, before.State, "noted before anything is created")
			if err := j.Progress(ctx, exporters.Receipt{ID: "9", Step: "created"}); err != nil {
				return exporters.Receipt{}, err
			}
			noted, _, err := b.ledger.Load(ctx, "s", "a")
			require.NoError(t, err)
			assert.Equal(t, "created", noted.Receipt.Step)
		}
		if broken {
			return exporters.Receipt{}, nexuslims.E(nexuslims.Invalid, "attach", "file", nil)
		}
		return exporters.Receipt{ID: "9", Step: "attached"}, nil
	}
	out, err := b.Deliver(t.Context(), job("s", "x"))
	require.NoError(t, err)
	assert.Equal(t, "9", out.Results[0].Receipt.ID, "what exists is said in spite of the failure")
	assert.True(t, out.Results[0].Receipt.Partial)
	row := b.ledger.Attempts("s")[0]
	assert.Equal(t, map[string]any{"partial": true, "step": "created"}, row.Receipt.Meta)

	broken = false
	b.clock = b.clock.Add(time.Hour)
	out, err = b.Deliver(t.Context(), job("s", "x"))
	require.NoError(t, err)
	assert.True(t, out.Exported)
	assert.Equal(t, "created", p.jobs[1].Earlier.Step)
	assert.False(t, b.entry(t, "s", "a").Receipt.Partial)
}

func TestReceiptReturnedWithAnErrorIsKept(t *testing.T) {
	p := &plain{export: func(context.Context, *exporters.Job) (exporters.Receipt, error) {
		return exporters.Receipt{ID: "3", Step: "created"}, nexuslims.E(nexuslims.Invalid, "attach", "", nil)
	}}
	b := newBench(exporters.All, remote("a", p))
	_, err := b.Deliver(t.Context(), job("s", "x"))
	require.NoError(t, err)
	e := b.entry(t, "s", "a")
	assert.Equal(t, "3", e.Receipt.ID)
	assert.True(t, e.Receipt.Partial)
	assert.Empty(t, e.Receipt.Digest, "it is not known to hold the document")
}

func TestCancellation(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := &plain{export: func(ctx context.Context, _ *exporters.Job) (exporters.Receipt, error) {
		cancel()
		return exporters.Receipt{ID: "4", Step: "created"}, ctx.Err()
	}}
	z := works("1")
	b := newBench(exporters.All, remote("a", p), remote("z", z))
	out, err := b.Deliver(ctx, job("s", "x"))
	require.ErrorIs(t, err, nexuslims.Canceled)
	assert.Equal(t, "a=started", states(out))
	assert.Empty(t, z.jobs)
	rows := b.ledger.Attempts("s")
	require.Len(t, rows, 1)
	assert.Equal(t, "cancelled", rows[0].Message)
	e := b.entry(t, "s", "a")
	assert.Equal(t, "4", e.Receipt.ID, "what exists is known")
	assert.Zero(t, e.Attempts, "an interruption is nobody's failure")
	due, err := b.Due(t.Context(), "s")
	require.NoError(t, err)
	assert.True(t, due)
}

// TestInterruptionAfterSuccess: the record exists, so that is what is noted.
func TestInterruptionAfterSuccess(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := &plain{export: func(context.Context, *exporters.Job) (exporters.Receipt, error) {
		cancel()
		return exporters.Receipt{ID: "4"}, nil
	}}
	b := newBench(exporters.All, remote("a", p), remote("z", works("1")))
	_, err := b.Deliver(ctx, job("s", "x"))
	require.ErrorIs(t, err, nexuslims.Canceled)
	assert.Equal(t, exporters.Delivered, b.entry(t, "s", "a").State)
}

// faultyLedger fails at the nth write, and loses it.
type faultyLedger struct {
	*exporters.MemoryLedger
	fail, calls int
}

var errLedger = errors.New("disk is full")

func (f *faultyLedger) Save(ctx context.Context, e exporters.Entry) error {
	if f.calls++; f.calls == f.fail {
		return errLedger
	}
	return f.MemoryLedger.Save(ctx, e)
}

func (f *faultyLedger) Log(ctx context.Context, session string, a []exporters.Attempt) error {
	if f.calls++; f.calls == f.fail {
		return errLedger
	}
	return f.MemoryLedger.Log(ctx, session, a)
}

// TestNoRecordTwiceWhicheverWriteIsLost repeats a delivery that is interrupted at each
// write of the ledger in turn. The destination counts its records: always one.
func TestNoRecordTwiceWhicheverWriteIsLost(t *testing.T) {
	for fail := 1; ; fail++ {
		store := map[string]exporters.Receipt{}
		a := &able{}
		a.export = func(ctx context.Context, j *exporters.Job) (exporters.Receipt, error) {
			r := exporters.Receipt{ID: "1", Step: "created", Digest: j.Digest}
			if j.Earlier == nil {
				require.Empty(t, store, "write %d lost: a second record", fail)
				store[j.Session.ID] = r
				if err := j.Progress(ctx, r); err != nil {
					return r, err
				}
			}
			return exporters.Receipt{ID: "1", Step: "done"}, nil
		}
		a.find = func() (exporters.Receipt, bool, error) { r, ok := store["s"]; return r, ok, nil }
		a.update = func(_ *exporters.Job, e exporters.Receipt) (exporters.Receipt, error) { return e, nil }
		ledger := &faultyLedger{MemoryLedger: exporters.NewMemoryLedger(), fail: fail}
		b := newBench(exporters.All)
		runner := b.another(exporters.All, remote("a", a))
		runner.Ledger = ledger
		_, err := runner.Deliver(t.Context(), job("s", "x"))
		if ledger.calls < fail {
			require.NoError(t, err)
			require.Greater(t, fail, 3, "faults were met")
			return
		}
		b.clock = b.clock.Add(24 * time.Hour)
		again := b.another(exporters.All, remote("a", a))
		again.Ledger = ledger
		out, err := again.Deliver(t.Context(), job("s", "x"))
		require.NoError(t, err)
		require.True(t, out.Exported, "write %d lost", fail)
		require.Len(t, store, 1)
	}
}

func TestLedgerComesFirst(t *testing.T) {
	p := works("1")
	b := newBench(exporters.All, remote("a", p))
	b.Ledger = &faultyLedger{MemoryLedger: b.ledger, fail: 1}
	_, err := b.Deliver(t.Context(), job("s", "x"))
	require.ErrorIs(t, err, errLedger)
	assert.Empty(t, p.jobs)
}

func TestConcurrentDeliveriesHappenOneAfterTheOther(t *testing.T) {
	p := works("1")
	b := newBench(exporters.All, remote("a", p))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			out, err := b.Deliver(t.Context(), job("s", "x"))
			assert.NoError(t, err)
			assert.True(t, out.Exported)
		})
	}
	wg.Wait()
	assert.Len(t, p.jobs, 1)
}

func TestJobOfTheCallerIsLeftAlone(t *testing.T) {
	j := job("s", "x")
	_, err := newBench(exporters.All, remote("a", works("1")), remote("b", works("2"))).Deliver(t.Context(), j)
	require.NoError(t, err)
	assert.Nil(t, j.Previous)
	assert.Nil(t, j.Progress)
}
