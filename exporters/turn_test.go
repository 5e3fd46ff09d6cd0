package exporters_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestOnlyAsksTheNamedAndCountsTheOthers(t *testing.T) {
	a, late := works("1"), works("2")
	b := newBench(exporters.All, remote("a", a), remote("late", late))
	b.Only = []string{"a"}
	out, err := b.Deliver(t.Context(), job("s1", "v1"))
	require.NoError(t, err)
	assert.Equal(t, "a=delivered", states(out))
	assert.False(t, out.Exported, "the other one has nothing yet")

	next := b.another(exporters.All, remote("a", a), remote("late", late))
	next.Only = []string{"late"}
	out, err = next.Deliver(t.Context(), job("s1", "v1"))
	require.NoError(t, err)
	assert.Equal(t, "a=delivered late=delivered", states(out))
	assert.True(t, out.Exported, "what the first has is remembered")
	assert.Len(t, a.jobs, 1)
	assert.Equal(t, "1", late.jobs[0].Previous["a"].ID, "links to it work")
}

func TestWhoIsAskedForByNameIsAskedWhateverTheStrategy(t *testing.T) {
	for _, strategy := range exporters.Strategies() {
		t.Run(string(strategy), func(t *testing.T) {
			a, later := works("1"), works("2")
			b := newBench(strategy, remote("a", a))
			_, err := b.Deliver(t.Context(), job("s1", "v1"))
			require.NoError(t, err)

			next := b.another(strategy, remote("a", a), remote("later", later), remote("other", works("3")))
			next.Only = []string{"later"}
			plan, err := next.Plan(t.Context(), "s1", job("s1", "v1").Digest)
			require.NoError(t, err)
			require.Len(t, plan.Results, 2)
			assert.True(t, plan.Results[1].Attempted)
			out, err := next.Deliver(t.Context(), job("s1", "v1"))
			require.NoError(t, err)
			assert.Equal(t, "a=delivered later=delivered", states(out))
			assert.Equal(t, strategy != exporters.All, out.Exported, "the third one has nothing")
			assert.Len(t, later.jobs, 1)
		})
	}
}

func TestAttemptsThatNeverEndAreGivenUpToo(t *testing.T) {
	a := works("1")
	b := newBench(exporters.All, remote("a", a))
	e := exporters.Entry{Session: "s1", Destination: "a", State: exporters.Started, Attempts: 20}
	require.NoError(t, b.ledger.Save(t.Context(), e))
	due := func() bool {
		due, err := b.Due(t.Context(), "s1")
		require.NoError(t, err)
		return due
	}
	assert.True(t, due(), "somebody has to write it down")
	out, err := b.Deliver(t.Context(), job("s1", "v1"))
	require.NoError(t, err)
	assert.Equal(t, "a=given_up", states(out))
	require.ErrorContains(t, out.Results[0].Err, "given up: the last of 20 attempts never ended")
	assert.Equal(t, exporters.GivenUp, b.entry(t, "s1", "a").State)
	assert.False(t, due())
	assert.Empty(t, a.jobs)

	again := b.another(exporters.All, remote("a", a))
	again.Force = true
	out, err = again.Deliver(t.Context(), job("s1", "v1"))
	require.NoError(t, err)
	assert.Equal(t, "a=delivered", states(out))
}

func TestPlanTellsWhatWouldBeDoneAndDoesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		strategy exporters.Strategy
		want     map[string]bool
	}{
		"all":           {exporters.All, map[string]bool{"a": true, "b": true}},
		"first success": {exporters.FirstSuccess, map[string]bool{"a": true}},
		"best effort":   {exporters.BestEffort, map[string]bool{"a": true, "b": true}},
	} {
		t.Run(name, func(t *testing.T) {
			a, other := works("1"), works("2")
			b := newBench(c.strategy, remote("a", a), remote("b", other))
			planned := func() map[string]bool {
				out, err := b.Plan(t.Context(), "s1", job("s1", "v1").Digest)
				require.NoError(t, err)
				asked := map[string]bool{}
				for _, r := range out.Results {
					asked[r.Destination] = r.Attempted
				}
				return asked
			}
			assert.Equal(t, c.want, planned())
			assert.Empty(t, append(a.jobs, other.jobs...))
			_, found, err := b.ledger.Load(t.Context(), "s1", "a")
			require.NoError(t, err)
			assert.False(t, found)

			_, err = b.Deliver(t.Context(), job("s1", "v1"))
			require.NoError(t, err)
			for n, asked := range planned() {
				assert.False(t, asked, "%s has it now", n)
			}
		})
	}
}

func TestPlanKnowsWaitingTimes(t *testing.T) {
	b := newBench(exporters.All, remote("a", fails(nexuslims.Invalid)))
	_, err := b.Deliver(t.Context(), job("s1", "v1"))
	require.NoError(t, err)
	plan := func(force bool) exporters.Result {
		r := b.another(exporters.All, remote("a", fails(nexuslims.Invalid)))
		r.Force = force
		out, err := r.Plan(t.Context(), "s1", job("s1", "v1").Digest)
		require.NoError(t, err)
		return out.Results[0]
	}
	assert.False(t, plan(false).Attempted)
	require.ErrorContains(t, plan(false).Err, "no luck")
	assert.True(t, plan(true).Attempted)
}

func TestEditedDocumentsAreKeptBeforeAnythingIsDone(t *testing.T) {
	for name, c := range map[string]struct {
		edits   []string
		merging error
		keeping error
		kept    []string
		failed  nexuslims.Kind
	}{
		"nobody edited":    {},
		"edits merged":     {edits: []string{"title"}, kept: []string{"s1 a theirs"}},
		"edits in the way": {merging: nexuslims.E(nexuslims.Conflict, "merge", "", nil), kept: []string{"s1 a theirs"}, failed: nexuslims.Conflict},
		"disk full": {
			edits: []string{"title"}, keeping: nexuslims.E(nexuslims.Transient, "write", "", errors.New("full")),
			kept: []string{"s1 a theirs"}, failed: nexuslims.Transient,
		},
	} {
		t.Run(name, func(t *testing.T) {
			place := &able{plain: *works("1")}
			place.update = func(j *exporters.Job, existing exporters.Receipt) (exporters.Receipt, error) {
				_, err := j.Reconcile([]byte("theirs"))
				return existing, err
			}
			b := newBench(exporters.All, remote("a", place))
			_, err := b.Deliver(t.Context(), job("s1", "v1"))
			require.NoError(t, err)
			var kept []string
			b.Keep = func(j *exporters.Job, destination string, stored []byte) error {
				kept = append(kept, j.Session.ID+" "+destination+" "+string(stored))
				return c.keeping
			}
			b.Reconcile = func(_, _, built []byte) (exporters.Reconciled, error) {
				return exporters.Reconciled{Document: built, Edits: c.edits}, c.merging
			}
			out, err := b.Deliver(t.Context(), job("s1", "v2"))
			require.NoError(t, err)
			assert.Equal(t, c.kept, kept)
			if c.failed == nexuslims.Internal {
				require.NoError(t, out.Results[0].Err)
				return
			}
			assert.Equal(t, c.failed, nexuslims.KindOf(out.Results[0].Err), "%v", out.Results[0].Err)
		})
	}
}
