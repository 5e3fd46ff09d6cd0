package db

import (
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"zombiezen.com/go/sqlite"
)

// The event types of session_log.
const (
	eventStart      = "START"
	eventEnd        = "END"
	eventGeneration = "RECORD_GENERATION"
)

// logRow is a START or END row of session_log.
type logRow struct {
	id         int64
	session    string
	instrument string
	text       string // time as written
	event      string
	status     nexuslims.Status
	user       string
	zone       *time.Location // of the instrument; nil when it is unknown
	known      bool           // whether the instrument is in its table
}

// time reads the row's time.
func (r logRow) time() (time.Time, error) { return parseTime(r.text, r.zone) }

// at reports whether the row's time is the instant t, to the microsecond.
func (r logRow) at(t time.Time) bool {
	own, err := r.time()
	return err == nil && own.Equal(t.Truncate(time.Microsecond))
}

// open reports whether the row's session is still to be built.
func (r logRow) open() bool {
	return r.status == nexuslims.WaitingForEnd || r.status == nexuslims.ToBeBuilt
}

const selectLog = `SELECT l.id_session_log, l.session_identifier, l.instrument, l.timestamp,
	l.event_type, l.record_status, l.user, i.timezone, i.instrument_pid IS NOT NULL
	FROM main.session_log l LEFT JOIN main.instruments i ON i.instrument_pid = l.instrument
	WHERE l.event_type IN ('START', 'END') AND `

// logRows reads START and END rows by a condition, in table order.
func logRows(conn *sqlite.Conn, condition string, args ...any) ([]logRow, error) {
	var rows []logRow
	zones := map[string]*time.Location{} // loading one reads a file
	zone := func(pid, name string) *time.Location {
		if _, seen := zones[name]; !seen {
			zones[name], _ = nexuslims.Instrument{PID: pid, Timezone: name}.Zone()
		}
		return zones[name]
	}
	err := each(conn, selectLog+condition+" ORDER BY l.id_session_log", func(row *sqlite.Stmt) error {
		rows = append(rows, logRow{
			id: row.ColumnInt64(0), session: row.ColumnText(1), instrument: row.ColumnText(2),
			text: row.ColumnText(3), event: row.ColumnText(4), status: nexuslims.Status(row.ColumnText(5)),
			user: row.ColumnText(6), zone: zone(row.ColumnText(2), row.ColumnText(7)), known: row.ColumnBool(8),
		})
		return nil
	}, args...)
	return rows, err
}

// newest returns the last row of an event type, and how many there are.
func newest(rows []logRow, event string) (last *logRow, count int) {
	for i := range rows {
		if rows[i].event == event {
			last, count = &rows[i], count+1
		}
	}
	return last, count
}
