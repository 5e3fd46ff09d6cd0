package db

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"zombiezen.com/go/sqlite"
)

// Survey is the state of all sessions at a glance, and that of the open and recent ones.
type Survey struct {
	// Counts of all sessions by instrument and status, in that order.
	Counts []SessionCount
	// Sessions that are open, which is all before ERROR and the settled statuses, and those
	// that ended at an instant or after it; by start and then identifier.
	Sessions []Queued
	// Problems are sessions among these whose rows make no sense.
	Problems []Problem
}

// SessionCount is how many sessions of an instrument are in a status.
type SessionCount struct {
	Instrument string
	Status     nexuslims.Status
	Sessions   int
}

// Survey looks at all sessions, in one pass over the table.
func (s *Store) Survey(ctx context.Context, since time.Time) (v Survey, err error) {
	var rows []logRow
	err = s.read(ctx, "survey sessions", "", func(conn *sqlite.Conn) error {
		var wanted []string
		if v.Counts, wanted, err = s.pass(conn, since); err != nil {
			return err
		}
		list, err := json.Marshal(wanted)
		if err != nil {
			return err
		}
		rows, err = logRows(conn, "l.session_identifier IN (SELECT value FROM json_each(?))", string(list))
		return err
	})
	if err != nil {
		return Survey{}, err
	}
	for _, of := range bySession(rows) {
		q, problem := pair(of)
		switch {
		case problem != nil:
			v.Problems = append(v.Problems, *problem)
		case open(q.Status) || q.To.IsZero() || !q.To.Before(since):
			v.Sessions = append(v.Sessions, q)
		}
	}
	slices.SortFunc(v.Sessions, func(a, b Queued) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.ID, b.ID))
	})
	return v, nil
}

// open reports whether runs have something to do with sessions of a status.
func open(status nexuslims.Status) bool {
	switch status {
	case nexuslims.WaitingForEnd, nexuslims.ToBeBuilt, nexuslims.BuiltNotExported:
		return true
	}
	return false
}

// pass reads the table once: it counts START rows and picks the sessions to look at.
func (s *Store) pass(conn *sqlite.Conn, since time.Time) (counts []SessionCount, wanted []string, err error) {
	// Times are texts with differing offsets: the day before is early enough for all of
	// them. What else the texts may look like sorts behind the dates of the same year.
	day := since.UTC().AddDate(0, 0, -1).Format(time.DateOnly)
	type kind struct{ instrument, status string }
	found := map[kind]*SessionCount{}
	total := 0
	err = each(conn, `SELECT event_type = 'START', instrument, record_status,
		CASE WHEN record_status IN ('WAITING_FOR_END', 'TO_BE_BUILT', 'BUILT_NOT_EXPORTED')
			OR event_type = 'END' AND timestamp >= ?1 THEN session_identifier END
		FROM main.session_log WHERE event_type = 'START' OR event_type = 'END'
			AND (timestamp >= ?1 OR record_status IN ('WAITING_FOR_END', 'TO_BE_BUILT', 'BUILT_NOT_EXPORTED'))`,
		func(row *sqlite.Stmt) error {
			if id := row.ColumnText(3); id != "" {
				wanted = append(wanted, id)
			}
			if !row.ColumnBool(0) {
				return nil
			}
			k := kind{row.ColumnText(1), row.ColumnText(2)}
			c := found[k]
			if c == nil {
				c = &SessionCount{Instrument: k.instrument, Status: nexuslims.Status(k.status)}
				found[k] = c
			}
			c.Sessions++
			total++
			return nil
		}, day)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range found {
		counts = append(counts, *c)
	}
	counts, err = s.distinct(conn, counts, total)
	slices.SortFunc(counts, func(a, b SessionCount) int {
		return cmp.Or(strings.Compare(a.Instrument, b.Instrument), cmp.Compare(a.Status, b.Status))
	})
	slices.Sort(wanted)
	return counts, slices.Compact(wanted), err
}

// distinct counts each session once. Old databases hold several START rows of a session;
// others, where that need not be looked for, are spared the sorting.
func (s *Store) distinct(conn *sqlite.Conn, counts []SessionCount, total int) ([]SessionCount, error) {
	sessions := 0
	err := each(conn, "SELECT count(DISTINCT session_identifier) FROM main.session_log", func(row *sqlite.Stmt) error {
		sessions = row.ColumnInt(0)
		return nil
	})
	if err != nil || sessions >= total {
		return counts, err
	}
	counts = counts[:0]
	err = each(conn, `SELECT instrument, record_status, count(DISTINCT session_identifier)
		FROM main.session_log WHERE event_type = 'START' GROUP BY 1, 2`, func(row *sqlite.Stmt) error {
		counts = append(counts, SessionCount{row.ColumnText(0), nexuslims.Status(row.ColumnText(1)), row.ColumnInt(2)})
		return nil
	})
	return counts, err
}
