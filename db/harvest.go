package db

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"zombiezen.com/go/sqlite"
)

// Harvest is what a source of usage events answered.
type Harvest struct {
	Kind, ID string              // of the source
	Sessions []nexuslims.Session // ended uses
	Bookmark time.Time           // up to where the source was read; zero moves nothing
}

// HarvestResult tells what a harvest changed.
type HarvestResult struct {
	Added, Updated, Unchanged int
	// ChangedAfterBuild lists sessions whose event was edited when their record was built
	// or being built already: nothing was changed for them.
	ChangedAfterBuild []Change
	// Refused lists sessions that were not stored and why.
	Refused []Problem
}

// Change is one edited event.
type Change struct {
	Session string
	Status  nexuslims.Status
	Change  string // what differs, in words
}

// StoreHarvest stores the sessions of a source and moves its bookmark, all or nothing.
//
// A new session gets a START and an END row in TO_BE_BUILT. A known one that is not built
// yet takes over times, user and instrument in both rows together. Times are compared as
// instants. A session that cannot be stored holds up no other.
func (s *Store) StoreHarvest(ctx context.Context, h Harvest) (HarvestResult, error) {
	var result HarvestResult
	err := s.write(ctx, "store harvest of", h.ID, func(conn *sqlite.Conn) error {
		result = HarvestResult{}
		known, err := instrumentPIDs(conn)
		if err != nil {
			return err
		}
		for _, session := range h.Sessions {
			if reason := refusal(session, known); reason != "" {
				problem := Problem{Session: session.ID, Instrument: session.Instrument, Reason: reason}
				result.Refused = append(result.Refused, problem)
				continue
			}
			if err := s.storeSession(conn, session, &result); err != nil {
				return err
			}
		}
		return s.moveBookmark(conn, h)
	})
	if err != nil {
		return HarvestResult{}, err
	}
	return result, nil
}

func refusal(session nexuslims.Session, known map[string]bool) string {
	switch {
	case session.ID == "":
		return "it has no identifier"
	case strings.ContainsRune(session.ID+session.User, 0):
		return "its identifier or user contains a NUL"
	case !known[session.Instrument]:
		return fmt.Sprintf("its instrument %q is not in the instrument table", session.Instrument)
	case session.From.IsZero() || session.To.IsZero():
		return "it has no start or no end"
	case session.To.Before(session.From):
		return "it ends before it starts"
	}
	return ""
}

func (s *Store) storeSession(conn *sqlite.Conn, session nexuslims.Session, result *HarvestResult) error {
	rows, err := logRows(conn, "l.session_identifier = ?", session.ID)
	if err != nil {
		return err
	}
	start, _ := newest(rows, eventStart)
	end, _ := newest(rows, eventEnd)
	if session.User == "" { // unknown now is no reason to forget
		session.User = newerUser(start, end)
	}
	changes := differences(session, start, end)
	settled := settledStatus(start, end)
	switch {
	case start == nil && end == nil:
		result.Added++
	case len(changes) == 0:
		result.Unchanged++
		return nil
	case settled != "":
		result.ChangedAfterBuild = append(result.ChangedAfterBuild, Change{session.ID, settled, strings.Join(changes, ", ")})
		return nil
	default:
		taken, err := s.claimed(conn, session.ID)
		if err != nil {
			return err
		}
		if taken {
			change := strings.Join(append(changes, "its record is being built"), ", ")
			result.ChangedAfterBuild = append(result.ChangedAfterBuild, Change{session.ID, nexuslims.ToBeBuilt, change})
			return nil
		}
		result.Updated++
	}
	if err := putLog(conn, start, session, eventStart, session.From); err != nil {
		return err
	}
	return putLog(conn, end, session, eventEnd, session.To)
}

// putLog writes one of the two rows of a session.
func putLog(conn *sqlite.Conn, row *logRow, session nexuslims.Session, event string, t time.Time) error {
	text := formatTime(t)
	if row == nil {
		_, err := insertLog(conn, logRow{
			session: session.ID, instrument: session.Instrument, text: text,
			event: event, status: nexuslims.ToBeBuilt, user: session.User,
		})
		return err
	}
	if row.at(t) {
		text = row.text
	}
	return exec(conn, `UPDATE session_log SET instrument = ?, timestamp = ?, user = ?, record_status = ?
		WHERE id_session_log = ?`, session.Instrument, text, orNull(session.User), string(nexuslims.ToBeBuilt), row.id)
}

// newerUser returns the user of the newer of two rows.
func newerUser(start, end *logRow) string {
	switch {
	case start == nil && end == nil:
		return ""
	case start == nil || end != nil && end.id > start.id:
		return end.user
	}
	return start.user
}

// settledStatus returns the status of a session that is past being built, else "".
func settledStatus(start, end *logRow) nexuslims.Status {
	for _, row := range []*logRow{start, end} {
		if row != nil && !row.open() {
			return row.status
		}
	}
	return ""
}

// differences says in words what a harvested session has that its rows have not.
func differences(session nexuslims.Session, start, end *logRow) []string {
	var changes []string
	for _, of := range []struct {
		row  *logRow
		name string
		t    time.Time
	}{{start, "start", session.From}, {end, "end", session.To}} {
		row := of.row
		switch {
		case row == nil:
			changes = append(changes, fmt.Sprintf("%s is now known: %s", of.name, formatTime(of.t)))
			continue
		case !row.at(of.t):
			changes = append(changes, fmt.Sprintf("%s was %s and is now %s", of.name, row.text, formatTime(of.t)))
		case row.status == nexuslims.WaitingForEnd:
			changes = append(changes, "it has ended")
		}
		if row.user != session.User {
			changes = append(changes, fmt.Sprintf("user at its %s was %q and is now %q", of.name, row.user, session.User))
		}
		if row.instrument != session.Instrument {
			changes = append(changes, fmt.Sprintf("instrument at its %s was %s and is now %s",
				of.name, row.instrument, session.Instrument))
		}
	}
	return changes
}

// Bookmark returns up to where a source was read; the zero time when it never was.
func (s *Store) Bookmark(ctx context.Context, kind, id string) (time.Time, error) {
	var position time.Time
	err := s.read(ctx, "read bookmark of", id, func(conn *sqlite.Conn) error {
		return each(conn, "SELECT position FROM nx_bookmarks WHERE kind = ? AND source = ?", func(row *sqlite.Stmt) error {
			position = parseInstant(row.ColumnText(0))
			return nil
		}, kind, id)
	})
	return position, err
}

func (s *Store) moveBookmark(conn *sqlite.Conn, h Harvest) error {
	if h.Bookmark.IsZero() {
		return nil
	}
	return exec(conn, `INSERT INTO nx_bookmarks (kind, source, position, updated) VALUES (?, ?, ?, ?)
		ON CONFLICT (kind, source) DO UPDATE SET position = excluded.position, updated = excluded.updated`,
		h.Kind, h.ID, formatInstant(h.Bookmark), formatInstant(s.options.Now()))
}
