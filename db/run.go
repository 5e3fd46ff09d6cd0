package db

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"zombiezen.com/go/sqlite"
)

// keptRuns is how many run reports are kept; older ones are removed.
const keptRuns = 5000

// Run is the report of one run of the program.
type Run struct {
	ID       int64  // 0 for one that is not stored yet
	Kind     string // of the run: "build-records"
	Started  time.Time
	Ended    time.Time // zero while it goes on
	ExitCode int
	Report   json.RawMessage
}

// SaveRun stores a run. One with ID 0 is new and gets an ID; else it is stored in place of
// the run of that ID. The newest 5000 runs are kept.
func (s *Store) SaveRun(ctx context.Context, r *Run) error {
	const op = "save report of run"
	if len(r.Report) > 0 && !json.Valid(r.Report) {
		return nexuslims.E(nexuslims.Invalid, op, "", errors.New("the report is not JSON"))
	}
	id := r.ID
	err := s.write(ctx, op, "", func(conn *sqlite.Conn) error {
		if r.ID != 0 {
			err := exec(conn, `UPDATE nx_runs SET kind = ?, started = ?, ended = ?, exit_code = ?, report = ?
				WHERE id = ?`, r.Kind, startOf(*r), formatInstant(r.Ended), r.ExitCode, string(r.Report), r.ID)
			if err == nil && conn.Changes() == 0 {
				err = nexuslims.E(nexuslims.NotFound, op, "", errors.New("no such run"))
			}
			return err
		}
		err := exec(conn, "INSERT INTO nx_runs (kind, started, ended, exit_code, report) VALUES (?, ?, ?, ?, ?)",
			r.Kind, startOf(*r), formatInstant(r.Ended), r.ExitCode, string(r.Report))
		id = conn.LastInsertRowID()
		if err != nil {
			return err
		}
		return exec(conn, "DELETE FROM nx_runs WHERE id <= ?", id-keptRuns)
	})
	if err == nil {
		r.ID = id
	}
	return err
}

func startOf(r Run) string { return r.Started.UTC().Format(instantLayout) }

// Runs lists the newest runs, newest first; limit 0 is all of them.
func (s *Store) Runs(ctx context.Context, limit int) (runs []Run, err error) {
	if limit <= 0 {
		limit = -1
	}
	return s.runs(ctx, "ORDER BY id DESC LIMIT ?", limit)
}

func (s *Store) runs(ctx context.Context, condition string, args ...any) (runs []Run, err error) {
	err = s.read(ctx, "list runs", "", func(conn *sqlite.Conn) error {
		runs = nil
		return each(conn, "SELECT id, kind, started, ended, exit_code, report FROM nx_runs "+condition, func(row *sqlite.Stmt) error {
			r := Run{
				ID: row.ColumnInt64(0), Kind: row.ColumnText(1), Started: parseInstant(row.ColumnText(2)),
				Ended: parseInstant(row.ColumnText(3)), ExitCode: row.ColumnInt(4),
			}
			if text := row.ColumnText(5); text != "" {
				r.Report = json.RawMessage(text)
			}
			runs = append(runs, r)
			return nil
		}, args...)
	})
	return runs, err
}
