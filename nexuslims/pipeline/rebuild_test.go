package pipeline_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

// execute changes the database by hand.
func (f *facility) execute(script string) {
	f.t.Helper()
	conn, err := sqlite.OpenConn(f.path("nx.db"), sqlite.OpenReadWrite)
	require.NoError(f.t, err)
	require.NoError(f.t, sqlitex.ExecuteScript(conn, script, nil))
	require.NoError(f.t, conn.Close())
}

func (f *facility) rebuild(o pipeline.RebuildOptions) *pipeline.Report {
	f.t.Helper()
	r, err := f.pipeline().Rebuild(f.t.Context(), o)
	require.NoError(f.t, err)
	return r
}

// TestUseThatHasNotEndedIsNotRebuilt: everything that was written since would count as its own.
func TestUseThatHasNotEndedIsNotRebuilt(t *testing.T) {
	f := newFacility(t)
	f.file("TEM/of somebody else.txt", f.now.Add(-3*time.Hour))
	f.execute(`INSERT INTO session_log (session_identifier, instrument, timestamp, event_type, record_status, user)
		VALUES ('s1', 'TEM', '2024-05-06T09:00:00+00:00', 'START', 'WAITING_FOR_END', 'mcurie')`)
	for _, dry := range []bool{true, false} {
		r := f.rebuild(pipeline.RebuildOptions{Sessions: []string{"s1"}, DryRun: dry})
		require.Len(t, r.Sessions, 1)
		assert.Equal(t, "not rebuilt: its use has not ended", r.Sessions[0].Waiting)
		assert.Empty(t, r.Sessions[0].Changes)
		assert.Equal(t, pipeline.ExitPartial, r.ExitCode())
	}
	assert.Empty(t, f.source.asked)
	assert.Empty(t, f.target.records)
	assert.Empty(t, f.records(""))
	assert.Equal(t, nexuslims.WaitingForEnd, f.status("s1"))
}

// TestInterruptedRebuildOfThePythonProgramsRecord leaves its record what it was.
func TestInterruptedRebuildOfThePythonProgramsRecord(t *testing.T) {
	const name = "2024-05-06_TEM_s1.xml"
	f := newFacility(t)
	s1 := f.visit("s1", "TEM", 0, "a.txt")
	f.run()
	built, err := os.ReadFile(f.path("records", "uploaded", name))
	require.NoError(t, err)
	f.execute(`DELETE FROM nx_records; DELETE FROM nx_deliveries`) // as if the Python program had made it
	f.file("TEM/late.txt", s1.To)

	f.check = func(step string) {
		if step == "record written" {
			panic("killed")
		}
	}
	assert.Panics(t, func() { f.rebuild(pipeline.RebuildOptions{Sessions: []string{"s1"}}) })
	f.check = nil
	other := newTarget()
	f.others = second(other)
	r, err := f.pipeline().Export(t.Context(), pipeline.ExportOptions{Sessions: []string{"s1"}})
	require.NoError(t, err)
	assert.Equal(t, pipeline.ExitDone, r.ExitCode(), r.Sessions)
	require.Len(t, other.records, 1)
	for _, document := range other.records {
		assert.Equal(t, string(built), string(document))
	}

	f.execute(`DELETE FROM nx_claims`)
	r = f.rebuild(pipeline.RebuildOptions{Sessions: []string{"s1"}})
	assert.Equal(t, []string{"dataset added: TEM/late.txt"}, r.Sessions[0].Changes)
	assert.Equal(t, nexuslims.Completed, f.status("s1"))
	assert.Empty(t, f.records(""))
}
