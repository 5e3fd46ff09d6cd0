package db

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"zombiezen.com/go/sqlite"
)

// checkTime is how long a check of a whole file may take.
const checkTime = 30 * time.Minute

// Check verifies the file: SQLite's own integrity check, revision, tables and columns of
// the reference, and our own tables. Damage is Corrupt. Rows that refer to an instrument
// that is gone are no fault of the file, for the Python program never enforced that: they
// are logged as a warning, and [Store.Queue] reports the sessions concerned.
func (s *Store) Check(ctx context.Context) error {
	const op = "check database"
	return s.within(ctx, work{op, s.path, "BEGIN", checkTime}, func(conn *sqlite.Conn) error {
		damage, err := texts(conn, "PRAGMA main.integrity_check(20)")
		if err != nil {
			return err
		}
		if !slices.Equal(damage, []string{"ok"}) {
			return nexuslims.E(nexuslims.Corrupt, op, s.path, errors.New(strings.Join(damage, "; ")))
		}
		complete, err := examine(conn)
		if err != nil {
			return err
		}
		if !complete && !s.options.ReadOnly {
			return nexuslims.E(nexuslims.Invalid, op, s.path,
				errors.New("nx_ tables are missing; opening the database again makes them"))
		}
		orphans, err := texts(conn, `SELECT "table" || ' row ' || rowid || ' refers to a missing row of ' || parent
			FROM pragma_foreign_key_check(NULL, 'main')`)
		if err == nil && len(orphans) > 0 {
			s.options.Logger.Warn("rows of the database refer to rows that are gone", "count", len(orphans), "first", orphans[0])
		}
		return err
	})
}

// texts returns the first column of a query.
func texts(conn *sqlite.Conn, query string, args ...any) (list []string, err error) {
	err = each(conn, query, func(row *sqlite.Stmt) error {
		list = append(list, row.ColumnText(0))
		return nil
	}, args...)
	return list, err
}
