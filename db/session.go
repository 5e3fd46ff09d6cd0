package db

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"zombiezen.com/go/sqlite"
)

// Queued is a session as the database has it.
type Queued struct {
	nexuslims.Session // To is zero while the session has not ended
	Status            nexuslims.Status
	Notes             []string // oddities of its rows that were overcome
}

// Problem is a session that its rows do not make sense of.
type Problem struct {
	Session    string
	Instrument string
	Rows       []int64 // ids in session_log
	Reason     string
}

// Error returns the problem in one line.
func (p Problem) Error() string { return fmt.Sprintf("session %s: %s", p.Session, p.Reason) }

// Queue lists the sessions in any of the statuses, those to be built when none is given,
// by start and then identifier. Each identifier is listed once.
//
// START and END belong together by identifier and instrument; of several the newest rows
// count. A time without offset is wall time at the instrument. What cannot be paired or
// read is returned as a Problem and stops nothing.
func (s *Store) Queue(
	ctx context.Context, statuses ...nexuslims.Status,
) (queue []Queued, problems []Problem, err error) {
	if len(statuses) == 0 {
		statuses = []nexuslims.Status{nexuslims.ToBeBuilt}
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(statuses)), ", ")
	args := make([]any, len(statuses))
	for i, status := range statuses {
		args[i] = string(status)
	}
	condition := "l.session_identifier IN (SELECT session_identifier FROM main.session_log" +
		" WHERE event_type IN ('START', 'END') AND record_status IN (" + marks + "))"
	var rows []logRow
	err = s.read(ctx, "list sessions", "", func(conn *sqlite.Conn) (err error) {
		rows, err = logRows(conn, condition, args...)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	for _, of := range bySession(rows) {
		q, problem := pair(of)
		switch {
		case problem != nil:
			problems = append(problems, *problem)
		case slices.Contains(statuses, q.Status):
			queue = append(queue, q)
		}
	}
	slices.SortFunc(queue, func(a, b Queued) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.ID, b.ID))
	})
	return queue, problems, nil
}

// Session returns one session, whatever its status. One without rows is NotFound, one
// whose rows make no sense Invalid.
func (s *Store) Session(ctx context.Context, id string) (Queued, error) {
	const op = "read session"
	var rows []logRow
	err := s.read(ctx, op, id, func(conn *sqlite.Conn) (err error) {
		rows, err = logRows(conn, "l.session_identifier = ?", id)
		return err
	})
	if err != nil {
		return Queued{}, err
	}
	if len(rows) == 0 {
		return Queued{}, nexuslims.E(nexuslims.NotFound, op, id, errors.New("no such session"))
	}
	q, problem := pair(rows)
	if problem != nil {
		return Queued{}, nexuslims.E(nexuslims.Invalid, op, id, errors.New(problem.Reason))
	}
	return q, nil
}

// bySession groups rows by identifier, in the order of first appearance.
func bySession(rows []logRow) [][]logRow {
	var groups [][]logRow
	index := map[string]int{}
	for _, r := range rows {
		i, seen := index[r.session]
		if !seen {
			i = len(groups)
			index[r.session] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], r)
	}
	return groups
}

// pair makes a session of the rows of one identifier.
func pair(rows []logRow) (Queued, *Problem) {
	own, notes := ofNewestInstrument(rows)
	start, starts := newest(own, eventStart)
	end, ends := newest(own, eventEnd)
	if problem := unpaired(own, start, end); problem != nil {
		return Queued{}, problem
	}
	if starts > 1 {
		notes = append(notes, fmt.Sprintf("%d START rows, the newest counts", starts))
	}
	if ends > 1 {
		notes = append(notes, fmt.Sprintf("%d END rows, the newest counts", ends))
	}
	return join(start, end, notes)
}

// ofNewestInstrument keeps the rows of the instrument whose START came last: an
// identifier names one use of one instrument.
func ofNewestInstrument(rows []logRow) (own []logRow, notes []string) {
	last := rows[len(rows)-1]
	if start, count := newest(rows, eventStart); count > 0 {
		last = *start
	}
	for _, r := range rows {
		if r.instrument == last.instrument {
			own = append(own, r)
		}
	}
	if len(own) < len(rows) {
		notes = append(notes, fmt.Sprintf("rows of other instruments than %s are left out", last.instrument))
	}
	return own, notes
}

func problemOf(rows []logRow, format string, args ...any) *Problem {
	p := &Problem{Session: rows[0].session, Instrument: rows[0].instrument, Reason: fmt.Sprintf(format, args...)}
	for _, r := range rows {
		p.Rows = append(p.Rows, r.id)
	}
	return p
}

// unpaired tells why start and end make no session.
func unpaired(rows []logRow, start, end *logRow) *Problem {
	switch {
	case !rows[0].known:
		return problemOf(rows, "its instrument %s is not in the instrument table", rows[0].instrument)
	case start == nil:
		return problemOf(rows, "it has an END row and no START row for instrument %s", rows[0].instrument)
	case end == nil && start.status != nexuslims.WaitingForEnd:
		return problemOf(rows, "it has a START row in status %s and no END row for instrument %s",
			start.status, start.instrument)
	case end != nil && start.status != end.status:
		return problemOf(rows, "its START row is in status %s, its END row in status %s", start.status, end.status)
	}
	return nil
}

// join reads the times of a pair.
func join(start, end *logRow, notes []string) (Queued, *Problem) {
	q := Queued{Status: start.status, Notes: notes}
	q.ID, q.Instrument, q.User = start.session, start.instrument, start.user
	var err error
	if q.From, err = start.time(); err != nil {
		return q, problemOf([]logRow{*start}, "the time %q of its START row cannot be read: %v", start.text, err)
	}
	if end == nil {
		return q, nil
	}
	if q.To, err = end.time(); err != nil {
		return q, problemOf([]logRow{*end}, "the time %q of its END row cannot be read: %v", end.text, err)
	}
	if q.To.Before(q.From) {
		return q, problemOf([]logRow{*start, *end}, "it ends (%s) before it starts (%s)", end.text, start.text)
	}
	if start.user != end.user {
		if end.id > start.id {
			q.User = end.user
		}
		q.Notes = append(q.Notes, fmt.Sprintf(
			"START and END rows name different users, that of the newer row counts: %q", q.User))
	}
	return q, nil
}

// Settle gives every row of a session a status, as the reference does. A session without
// rows is NotFound.
func (s *Store) Settle(ctx context.Context, session string, status nexuslims.Status) error {
	const op = "set status of session"
	return s.write(ctx, op, session, func(conn *sqlite.Conn) error { return settle(conn, op, session, status) })
}

func settle(conn *sqlite.Conn, op, session string, status nexuslims.Status) error {
	if !slices.Contains(nexuslims.Statuses(), status) {
		return nexuslims.E(nexuslims.Invalid, op, session, fmt.Errorf("no such status: %q", status))
	}
	err := exec(conn, "UPDATE session_log SET record_status = ? WHERE session_identifier = ?", string(status), session)
	if err == nil && conn.Changes() == 0 {
		err = nexuslims.E(nexuslims.NotFound, op, session, errors.New("no such session"))
	}
	return err
}

// SettleRecord stores a record and gives its session a status, both or neither.
func (s *Store) SettleRecord(ctx context.Context, r Record, status nexuslims.Status) error {
	const op = "settle session"
	return s.write(ctx, op, r.Session, func(conn *sqlite.Conn) error {
		if err := s.putRecord(conn, r); err != nil {
			return err
		}
		return settle(conn, op, r.Session, status)
	})
}
