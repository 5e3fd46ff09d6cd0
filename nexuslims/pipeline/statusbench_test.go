package pipeline_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

// history is 100,000 sessions of six years, each delivered to two destinations and with
// five files, and the reports of 5000 runs.
const history = `
CREATE TEMP TABLE n AS WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 100000)
	SELECT i, 'https://nemo.example.org/api/usage_events/?id=' || i AS id,
	strftime('%Y-%m-%dT%H:%M:%S', 1767225600 - (100000 - i) * 1800, 'unixepoch') AS began,
	strftime('%Y-%m-%dT%H:%M:%S', 1767225600 - (100000 - i) * 1800 + 3600, 'unixepoch') AS ended,
	CASE i % 2 WHEN 0 THEN 'TEM' ELSE 'SEM' END AS pid FROM c;
INSERT INTO session_log (session_identifier, instrument, timestamp, event_type, record_status, user)
	SELECT id, pid, began || '+00:00', 'START', 'COMPLETED', 'ada' FROM n;
INSERT INTO session_log (session_identifier, instrument, timestamp, event_type, record_status, user)
	SELECT id, pid, ended || '+00:00', 'END', 'COMPLETED', 'ada' FROM n;
INSERT INTO session_log (session_identifier, instrument, timestamp, event_type, record_status, user)
	SELECT id, pid, ended || '+00:00', 'RECORD_GENERATION', 'COMPLETED', 'nexuslims' FROM n;
INSERT INTO nx_records SELECT id, substr(began, 1, 10) || '_' || pid || '_' || i, 'uploaded', 1, hex(randomblob(32)),
	hex(randomblob(32)), began || '.000000Z', ended || '.000000Z', ended || '.000000Z' FROM n;
INSERT INTO nx_deliveries SELECT id, d, 'delivered', '', i, 'https://x.example.org/' || i, hex(randomblob(32)), randomblob(2500),
	0, NULL, '', '', ended || '.000000Z', '{}' FROM n, (SELECT 'cdcs' AS d UNION SELECT 'folder');
INSERT INTO upload_log (session_identifier, destination_name, success, timestamp, record_id, record_url, metadata_json)
	SELECT id, d, 1, ended || '+00:00', i, 'https://x.example.org/' || i, '{"version":"0.1"}'
	FROM n, (SELECT 'cdcs' AS d UNION SELECT 'folder');
INSERT INTO nx_file_claims SELECT pid || '/' || i || '/' || k || '.dm3', id, 1000, i * 1000000000
	FROM n, (SELECT 1 AS k UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5);
INSERT INTO nx_bookmarks VALUES ('fake', 'fake://', '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z');
INSERT INTO nx_runs SELECT i - 95000, 'build-records', began || '.000000Z', began || '.000000Z', 0,
	'{"preflight":"' || hex(randomblob(1500)) || '"}' FROM n WHERE i > 95000;`

// BenchmarkStatus is a status without files of a site with a long history.
func BenchmarkStatus(b *testing.B) {
	path := filepath.Join(b.TempDir(), "nx.db")
	require.NoError(b, db.Create(b.Context(), path))
	store, err := db.Open(b.Context(), path, db.Options{})
	require.NoError(b, err)
	_, err = store.ImportInstruments(b.Context(), []nexuslims.Instrument{instrument("TEM"), instrument("SEM")}, db.ImportOptions{})
	require.NoError(b, err)
	require.NoError(b, store.Close())
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	require.NoError(b, err)
	require.NoError(b, sqlitex.ExecuteScript(conn, history, nil))
	require.NoError(b, conn.Close())
	now := func() time.Time { return time.Date(2026, 1, 1, 1, 0, 0, 0, time.UTC) }
	look := func(b *testing.B, do func(*pipeline.Pipeline) error) {
		b.Helper()
		for b.Loop() { // opened anew each time, as the command does
			store, err := db.Open(b.Context(), path, db.Options{Now: now, ReadOnly: true})
			require.NoError(b, err)
			p, err := pipeline.New(pipeline.Options{Inclusive: true, Delay: 48 * time.Hour},
				pipeline.Parts{Store: store, Logger: slog.New(slog.DiscardHandler), Now: now})
			require.NoError(b, err)
			require.NoError(b, do(p))
			require.NoError(b, store.Close())
		}
	}
	b.Run("site", func(b *testing.B) {
		look(b, func(p *pipeline.Pipeline) error {
			r, err := p.Status(b.Context(), pipeline.StatusOptions{NoFiles: true})
			require.Zero(b, r.Concerns.Total)
			return err
		})
	})
	b.Run("session", func(b *testing.B) {
		look(b, func(p *pipeline.Pipeline) error {
			_, err := p.SessionStatus(b.Context(), "https://nemo.example.org/api/usage_events/?id=99000", pipeline.StatusOptions{NoFiles: true})
			return err
		})
	})
}
