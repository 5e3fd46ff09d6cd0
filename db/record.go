package db

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"zombiezen.com/go/sqlite"
)

// RecordState says how far the record of a session is.
type RecordState string

// The states of a record.
const (
	RecordReserved RecordState = "reserved" // has a name, and no file yet
	RecordBuilt    RecordState = "built"    // lies in the records folder, session not settled
	RecordWaiting  RecordState = "waiting"  // lies in the records folder, not exported
	RecordUploaded RecordState = "uploaded" // exported; lies in the folder of uploaded records
)

func recordStates() []RecordState {
	return []RecordState{RecordReserved, RecordBuilt, RecordWaiting, RecordUploaded}
}

// Record is the record of a session as a file.
type Record struct {
	Session   string
	Name      string // of the file, without extension
	State     RecordState
	Version   int       // counts from 1; 0 in SaveRecord means: one more if the digest is another
	Digest    string    // SHA-256 of the file in hex
	Canonical string    // SHA-256 of its canonical form; may be empty, which keeps what is known
	From, To  time.Time // times of the session that it was built with
	BuiltAt   time.Time // set by the store when the digest changes
}

const selectRecord = `SELECT session_identifier, name, state, version, digest, canonical,
	session_start, session_end, built_at FROM nx_records `

func scanRecord(row *sqlite.Stmt) Record {
	return Record{
		Session: row.ColumnText(0), Name: row.ColumnText(1), State: RecordState(row.ColumnText(2)),
		Version: row.ColumnInt(3), Digest: row.ColumnText(4), Canonical: row.ColumnText(5),
		From: parseInstant(row.ColumnText(6)), To: parseInstant(row.ColumnText(7)), BuiltAt: parseInstant(row.ColumnText(8)),
	}
}

func recordWhere(conn *sqlite.Conn, condition string, arg string) (r Record, found bool, err error) {
	err = each(conn, selectRecord+condition, func(row *sqlite.Stmt) error {
		r, found = scanRecord(row), true
		return nil
	}, arg)
	return r, found, err
}

// Record returns the record of a session, if there is one or a name for one.
func (s *Store) Record(ctx context.Context, session string) (r Record, found bool, err error) {
	err = s.read(ctx, "read record of session", session, func(conn *sqlite.Conn) error {
		r, found, err = recordWhere(conn, "WHERE session_identifier = ?", session)
		return err
	})
	return r, found, err
}

// RecordNamed returns the record of that name, letters in either case.
func (s *Store) RecordNamed(ctx context.Context, name string) (r Record, found bool, err error) {
	err = s.read(ctx, "read record", name, func(conn *sqlite.Conn) error {
		r, found, err = recordWhere(conn, "WHERE name = ?", name)
		return err
	})
	return r, found, err
}

// Records lists all records by name.
func (s *Store) Records(ctx context.Context) (records []Record, err error) {
	err = s.read(ctx, "list records", "", func(conn *sqlite.Conn) error {
		records = nil
		return each(conn, selectRecord+"ORDER BY name", func(row *sqlite.Stmt) error {
			records = append(records, scanRecord(row))
			return nil
		})
	})
	return records, err
}

// ReserveRecordName gives the record of a session its name for good: the wanted one, or
// when another session has that, the same with a suffix made of the session's
// identifier. Names that differ in the case of letters only are the same name. A session
// that has a name keeps it, whatever is wanted.
func (s *Store) ReserveRecordName(ctx context.Context, session, wanted string) (name string, err error) {
	const op = "reserve name of record for"
	if session == "" || wanted == "" {
		return "", nexuslims.E(nexuslims.Invalid, op, session, errors.New("session and name must not be empty"))
	}
	err = s.write(ctx, op, session, func(conn *sqlite.Conn) error {
		own, found, err := recordWhere(conn, "WHERE session_identifier = ?", session)
		if err != nil || found {
			name = own.Name
			return err
		}
		if name, err = freeName(conn, session, wanted); err != nil {
			return err
		}
		return s.putRecord(conn, Record{Session: session, Name: name, State: RecordReserved})
	})
	if err != nil {
		return "", err
	}
	return name, nil
}

// freeName lengthens the suffix until nobody has the name.
func freeName(conn *sqlite.Conn, session, wanted string) (string, error) {
	sum := sha256.Sum256([]byte(session))
	suffix := hex.EncodeToString(sum[:])
	name := wanted
	for n := 8; ; n += 8 {
		_, taken, err := recordWhere(conn, "WHERE name = ?", name)
		if err != nil || !taken {
			return name, err
		}
		if n > len(suffix) {
			return "", nexuslims.E(nexuslims.Conflict, "reserve name of record for", session, fmt.Errorf("%s is taken", name))
		}
		name = wanted + "_" + suffix[:n]
	}
}

// SaveRecord stores what is known of the record of a session. A name that another session
// has is a Conflict.
func (s *Store) SaveRecord(ctx context.Context, r Record) error {
	return s.write(ctx, "save record of session", r.Session, func(conn *sqlite.Conn) error { return s.putRecord(conn, r) })
}

func (s *Store) putRecord(conn *sqlite.Conn, r Record) error {
	if r.Session == "" || r.Name == "" || !slices.Contains(recordStates(), r.State) {
		return nexuslims.E(nexuslims.Invalid, "save record of session", r.Session,
			fmt.Errorf("it needs session, name and a state, not %q, %q and %q", r.Session, r.Name, r.State))
	}
	old, _, err := recordWhere(conn, "WHERE session_identifier = ?", r.Session)
	if err != nil {
		return err
	}
	changed := r.Digest != "" && r.Digest != old.Digest
	if r.BuiltAt.IsZero() {
		r.BuiltAt = old.BuiltAt
		if changed {
			r.BuiltAt = s.options.Now()
		}
	}
	if r.Version == 0 {
		r.Version = old.Version
		if changed {
			r.Version++
		}
	}
	if r.Canonical == "" && !changed {
		r.Canonical = old.Canonical
	}
	return exec(conn, `INSERT INTO nx_records (session_identifier, name, state, version, digest, canonical,
		session_start, session_end, built_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (session_identifier) DO UPDATE SET name = excluded.name, state = excluded.state,
		version = excluded.version, digest = excluded.digest, canonical = excluded.canonical,
		session_start = excluded.session_start, session_end = excluded.session_end, built_at = excluded.built_at`,
		r.Session, r.Name, string(r.State), r.Version, r.Digest, r.Canonical,
		formatInstant(r.From), formatInstant(r.To), formatInstant(r.BuiltAt))
}
