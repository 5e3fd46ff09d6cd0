package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"zombiezen.com/go/sqlite"
)

const selectInstruments = `SELECT instrument_pid, api_url, calendar_url, location, display_name,
	property_tag, filestore_path, harvester, timezone FROM main.instruments `

// Instruments lists all instruments in the order of the table.
func (s *Store) Instruments(ctx context.Context) (list []nexuslims.Instrument, err error) {
	err = s.read(ctx, "list instruments", "", func(conn *sqlite.Conn) error {
		list, err = instruments(conn)
		return err
	})
	return list, err
}

func instruments(conn *sqlite.Conn) (list []nexuslims.Instrument, err error) {
	err = each(conn, selectInstruments+"ORDER BY rowid", func(row *sqlite.Stmt) error {
		list = append(list, nexuslims.Instrument{
			PID: row.ColumnText(0), APIURL: row.ColumnText(1), CalendarURL: row.ColumnText(2),
			Location: row.ColumnText(3), DisplayName: row.ColumnText(4), PropertyTag: row.ColumnText(5),
			FilestorePath: row.ColumnText(6), Harvester: row.ColumnText(7), Timezone: row.ColumnText(8),
		})
		return nil
	})
	return list, err
}

func instrumentPIDs(conn *sqlite.Conn) (map[string]bool, error) {
	pids := map[string]bool{}
	err := each(conn, "SELECT instrument_pid FROM main.instruments", func(row *sqlite.Stmt) error {
		pids[row.ColumnText(0)] = true
		return nil
	})
	return pids, err
}

// ImportOptions say what an import may do.
type ImportOptions struct {
	// Update lets the import change instruments that are in the table already. Without
	// it, they are faults.
	Update bool
}

// ImportResult counts what an import did.
type ImportResult struct {
	Added, Updated, Unchanged int
}

// ImportInstruments adds instruments to the table, all or none. All faults of the list
// are returned together as [InstrumentFaults].
func (s *Store) ImportInstruments(
	ctx context.Context, list []nexuslims.Instrument, o ImportOptions,
) (ImportResult, error) {
	const op = "import instruments"
	var result ImportResult
	faults := checkInstruments(list)
	err := s.write(ctx, op, "", func(conn *sqlite.Conn) error {
		result = ImportResult{}
		present, err := instruments(conn)
		if err != nil {
			return err
		}
		faults := append(faults, checkAgainst(list, present, o)...)
		if len(faults) > 0 {
			return nexuslims.E(nexuslims.Invalid, op, "", faults)
		}
		known := map[string]nexuslims.Instrument{}
		for _, in := range present {
			known[in.PID] = in
		}
		if err := freeAddresses(conn, list, known); err != nil {
			return err
		}
		for _, in := range list {
			if err := putInstrument(conn, in, known, &result); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return ImportResult{}, err
	}
	return result, nil
}

// freeAddresses takes away the addresses that are about to change, so that instruments
// can exchange theirs.
func freeAddresses(conn *sqlite.Conn, list []nexuslims.Instrument, known map[string]nexuslims.Instrument) error {
	for _, in := range list {
		if old, found := known[in.PID]; found && old.APIURL != in.APIURL {
			err := exec(conn, "UPDATE instruments SET api_url = 'moving:' || instrument_pid WHERE instrument_pid = ?", in.PID)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func putInstrument(
	conn *sqlite.Conn, in nexuslims.Instrument, known map[string]nexuslims.Instrument, n *ImportResult,
) error {
	old, found := known[in.PID]
	switch {
	case found && old == in:
		n.Unchanged++
		return nil
	case found:
		n.Updated++
	default:
		n.Added++
	}
	return exec(conn, `INSERT INTO instruments (instrument_pid, api_url, calendar_url, location, display_name,
		property_tag, filestore_path, harvester, timezone) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (instrument_pid) DO UPDATE SET api_url = excluded.api_url,
		calendar_url = excluded.calendar_url, location = excluded.location, display_name = excluded.display_name,
		property_tag = excluded.property_tag, filestore_path = excluded.filestore_path,
		harvester = excluded.harvester, timezone = excluded.timezone`,
		in.PID, in.APIURL, in.CalendarURL, in.Location, in.DisplayName,
		in.PropertyTag, in.FilestorePath, in.Harvester, in.Timezone)
}

// DeleteInstrument removes an instrument. One that sessions refer to stays: that is a
// Conflict.
func (s *Store) DeleteInstrument(ctx context.Context, pid string) error {
	const op = "delete instrument"
	return s.write(ctx, op, pid, func(conn *sqlite.Conn) error {
		sessions := 0
		const query = "SELECT count(DISTINCT session_identifier) FROM session_log WHERE instrument = ?"
		err := each(conn, query, func(row *sqlite.Stmt) error {
			sessions = row.ColumnInt(0)
			return nil
		}, pid)
		if err != nil {
			return err
		}
		if sessions > 0 {
			return nexuslims.E(nexuslims.Conflict, op, pid, fmt.Errorf("%d sessions refer to it", sessions))
		}
		err = exec(conn, "DELETE FROM instruments WHERE instrument_pid = ?", pid)
		if err == nil && conn.Changes() == 0 {
			err = nexuslims.E(nexuslims.NotFound, op, pid, errors.New("no such instrument"))
		}
		return err
	})
}

// Use tells how much an instrument was used.
type Use struct {
	Sessions int       // distinct ended sessions
	Last     time.Time // the latest end as an instant; zero when none can be read
}

// InstrumentUse returns the use of every instrument that has ended sessions, by PID.
func (s *Store) InstrumentUse(ctx context.Context) (map[string]Use, error) {
	var rows []logRow
	err := s.read(ctx, "read use of instruments", "", func(conn *sqlite.Conn) (err error) {
		rows, err = logRows(conn, "l.event_type = 'END'")
		return err
	})
	if err != nil {
		return nil, err
	}
	use := map[string]Use{}
	type visit struct{ instrument, session string }
	seen := map[visit]bool{}
	for _, r := range rows {
		u := use[r.instrument]
		if v := (visit{r.instrument, r.session}); !seen[v] {
			seen[v] = true
			u.Sessions++
		}
		if t, err := r.time(); err == nil && t.After(u.Last) {
			u.Last = t
		}
		use[r.instrument] = u
	}
	return use, nil
}
