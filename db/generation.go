package db

import (
	"context"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"zombiezen.com/go/sqlite"
)

// generationUser is the user of RECORD_GENERATION rows, as the reference writes it.
const generationUser = "nexuslims"

// BeginGeneration notes that the building of a session's record begins, in a
// RECORD_GENERATION row like the reference's, and returns the id of the row. Rows that
// killed runs left of earlier beginnings are removed.
func (s *Store) BeginGeneration(ctx context.Context, session nexuslims.Session) (id int64, err error) {
	err = s.write(ctx, "begin record of session", session.ID, func(conn *sqlite.Conn) error {
		err := exec(conn, `DELETE FROM session_log
			WHERE session_identifier = ? AND event_type = ? AND record_status = ?`,
			session.ID, eventGeneration, string(nexuslims.WaitingForEnd))
		if err != nil {
			return err
		}
		row := logRow{
			session: session.ID, instrument: session.Instrument, text: formatTime(s.options.Now()),
			event: eventGeneration, status: nexuslims.WaitingForEnd, user: generationUser,
		}
		id, err = insertLog(conn, row)
		return err
	})
	return id, err
}

// DropGeneration removes the row of a beginning that came to nothing. It is no error when
// it is gone.
func (s *Store) DropGeneration(ctx context.Context, id int64) error {
	return s.write(ctx, "drop beginning of record", "", func(conn *sqlite.Conn) error {
		return exec(conn, "DELETE FROM session_log WHERE id_session_log = ? AND event_type = ?", id, eventGeneration)
	})
}

func insertLog(conn *sqlite.Conn, r logRow) (int64, error) {
	err := exec(conn, `INSERT INTO session_log
		(session_identifier, instrument, timestamp, event_type, record_status, user) VALUES (?, ?, ?, ?, ?, ?)`,
		r.session, r.instrument, r.text, r.event, string(r.status), orNull(r.user))
	return conn.LastInsertRowID(), err
}
