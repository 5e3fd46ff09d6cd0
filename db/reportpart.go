package db

import (
	"context"
	"encoding/json"
	"time"

	"zombiezen.com/go/sqlite"
)

// ReportPart is one member of a stored run report.
type ReportPart struct {
	Run     int64
	Started time.Time // of the run
	Part    json.RawMessage
}

// ReportParts lists a member of the reports of all runs that began at an instant or after
// it and whose report has the member, newest run first. Other reports are not read in full.
func (s *Store) ReportParts(ctx context.Context, member string, since time.Time) (list []ReportPart, err error) {
	quoted, err := json.Marshal(member)
	if err != nil {
		return nil, err
	}
	err = s.read(ctx, "read reports of runs", "", func(conn *sqlite.Conn) error {
		list = nil
		return each(conn, `SELECT id, started, json_extract(report, '$.' || ?1) FROM nx_runs
			WHERE started >= ?2 AND instr(report, ?1) > 0 AND json_valid(report)
			ORDER BY id DESC`, func(row *sqlite.Stmt) error {
			if text := row.ColumnText(2); json.Valid([]byte(text)) {
				list = append(list, ReportPart{row.ColumnInt64(0), parseInstant(row.ColumnText(1)), json.RawMessage(text)})
			}
			return nil
		}, string(quoted), formatInstant(since))
	})
	return list, err
}

// RunsNaming lists the newest runs whose report has a text as a value, such as the
// identifier of a session, newest first.
func (s *Store) RunsNaming(ctx context.Context, text string, limit int) ([]Run, error) {
	quoted, err := json.Marshal(text)
	if err != nil {
		return nil, err
	}
	return s.runs(ctx, "WHERE instr(report, ?) > 0 ORDER BY id DESC LIMIT ?", string(quoted), limit)
}
