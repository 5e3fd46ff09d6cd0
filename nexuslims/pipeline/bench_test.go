package pipeline_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

// fill puts sessions into the database as if they had been delivered to the target over the
// years, the last ten of them without success.
func (f *facility) fill(sessions int) {
	f.t.Helper()
	conn, err := sqlite.OpenConn(f.path("nx.db"), sqlite.OpenReadWrite)
	require.NoError(f.t, err)
	defer func() { require.NoError(f.t, conn.Close()) }()
	end := sqlitex.Save(conn)
	defer end(&err)
	for n := range sessions {
		status, state, delivery := nexuslims.Completed, "uploaded", "delivered"
		if n >= sessions-10 {
			status, state, delivery = nexuslims.BuiltNotExported, "waiting", "failed"
		}
		id := fmt.Sprintf("https://nemo.example.org/api/usage_events/?id=%d", n)
		from := morning.AddDate(-20, 0, 0).Add(time.Duration(n) * time.Hour)
		for event, at := range map[string]time.Time{"START": from, "END": from.Add(time.Hour)} {
			require.NoError(f.t, sqlitex.Execute(conn, `INSERT INTO session_log (session_identifier, instrument, timestamp,
				event_type, record_status, user) VALUES (?, 'TEM', ?, ?, ?, 'mcurie')`,
				&sqlitex.ExecOptions{Args: []any{id, at.Format(time.RFC3339), event, string(status)}}))
		}
		require.NoError(f.t, sqlitex.Execute(conn, `INSERT INTO nx_records (session_identifier, name, state, version, digest,
			canonical) VALUES (?, ?, ?, 1, 'd', '')`, &sqlitex.ExecOptions{Args: []any{id, fmt.Sprintf("record_%d", n), state}}))
		require.NoError(f.t, sqlitex.Execute(conn, `INSERT INTO nx_deliveries (session_identifier, destination, state, step,
			remote_id, remote_url, digest, attempts, error_kind, error_message, updated, meta)
			VALUES (?, 'target', ?, '', ?, '', 'd', 1, '', '', ?, '')`,
			&sqlitex.ExecOptions{Args: []any{id, delivery, fmt.Sprint(n), from.UTC().Format("2006-01-02T15:04:05.000000Z")}}))
	}
}

// BenchmarkResume finds the ten records of 100,000 that are still to be delivered.
func BenchmarkResume(b *testing.B) {
	f := newFacility(b)
	f.fill(100_000)
	p := f.pipeline()
	b.ResetTimer()
	for range b.N {
		r, err := p.Export(b.Context(), pipeline.ExportOptions{DryRun: true})
		require.NoError(b, err)
		require.Len(b, r.Sessions, 10)
	}
}

// silent is a destination that never answers; a second is its time limit.
type silent struct{ asked int }

func (s *silent) Export(ctx context.Context, _ *exporters.Job) (exporters.Receipt, error) {
	s.asked++
	limited, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	<-limited.Done()
	return exporters.Receipt{}, nexuslims.E(nexuslims.Transient, "post", "", limited.Err())
}

func (s *silent) Close() error { return nil }

// BenchmarkDeadDestination runs 100 records against a destination that never answers, beside
// one that does: it costs the run one time limit.
func BenchmarkDeadDestination(b *testing.B) {
	for range b.N {
		b.StopTimer()
		f := newFacility(b)
		for n := range 100 {
			f.visit(fmt.Sprintf("s%d", n), "TEM", n, fmt.Sprintf("%d.txt", n))
		}
		f.now = morning.AddDate(0, 0, 10)
		dead := new(silent)
		f.others = []exporters.Open{{Spec: exporters.Spec{Name: "dead", Priority: 90}, Destination: dead}}
		b.StartTimer()
		r := f.run()
		require.Len(b, r.Sessions, 100)
		b.ReportMetric(float64(dead.asked), "time-outs/op")
	}
}
