package db

import (
	"context"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"zombiezen.com/go/sqlite"
)

// SessionRow is one row of session_log as it stands there.
type SessionRow struct {
	ID         int64
	Instrument string
	Event      string    // START, END or RECORD_GENERATION
	Text       string    // the time as it is written
	Time       time.Time // zero when the text cannot be read
	Status     nexuslims.Status
	User       string
}

// SessionRows lists all rows of a session in the order of the table, none when there is no
// such session.
func (s *Store) SessionRows(ctx context.Context, session string) (list []SessionRow, err error) {
	err = s.read(ctx, "list rows of session", session, func(conn *sqlite.Conn) error {
		list = nil
		return each(conn, `SELECT l.id_session_log, l.instrument, l.event_type, l.timestamp, l.record_status, l.user,
			i.timezone FROM main.session_log l LEFT JOIN main.instruments i ON i.instrument_pid = l.instrument
			WHERE l.session_identifier = ? ORDER BY l.id_session_log`, func(row *sqlite.Stmt) error {
			r := SessionRow{
				ID: row.ColumnInt64(0), Instrument: row.ColumnText(1), Event: row.ColumnText(2), Text: row.ColumnText(3),
				Status: nexuslims.Status(row.ColumnText(4)), User: row.ColumnText(5),
			}
			zone, _ := nexuslims.Instrument{PID: r.Instrument, Timezone: row.ColumnText(6)}.Zone()
			if r.Event == eventGeneration && zone == nil {
				zone = s.options.Now().Location() // written in the zone of the machine
			}
			if t, err := parseTime(r.Text, zone); err == nil {
				r.Time = t
			}
			list = append(list, r)
			return nil
		}, session)
	})
	return list, err
}
