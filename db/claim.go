package db

import (
	"context"
	"errors"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"zombiezen.com/go/sqlite"
)

// Claim takes a session for owner, for the time ttl, and reports whether owner has it
// now. A session has one owner at a time; claiming again prolongs. A claim that has run
// out may be taken by anybody.
//
// Time is that of the store's clock. When the clock was set back, a claim of the future
// counts as made at the present: it lasts its own length longer and no more. When it was
// set forward, a claim runs out early; its owner notices in [Store.Heartbeat].
func (s *Store) Claim(ctx context.Context, session, owner string, ttl time.Duration) (ok bool, err error) {
	const op = "claim session"
	if session == "" || owner == "" || ttl <= 0 {
		return false, nexuslims.E(nexuslims.Invalid, op, session,
			errors.New("a claim needs session, owner and a positive time"))
	}
	err = s.write(ctx, op, session, func(conn *sqlite.Conn) error {
		holder, err := s.holder(conn, session)
		if err != nil || holder != "" && holder != owner {
			return err
		}
		ok = true
		now := s.options.Now()
		return exec(conn, `INSERT INTO nx_claims (session_identifier, owner, beat, expires) VALUES (?, ?, ?, ?)
			ON CONFLICT (session_identifier) DO UPDATE
			SET owner = excluded.owner, beat = excluded.beat, expires = excluded.expires`,
			session, owner, formatInstant(now), formatInstant(now.Add(ttl)))
	})
	return ok && err == nil, err
}

// holder returns who holds a session now, "" for nobody. A claim of the future is
// written anew as one of the present.
func (s *Store) holder(conn *sqlite.Conn, session string) (string, error) {
	owner, beat, expires := "", time.Time{}, time.Time{}
	const query = "SELECT owner, beat, expires FROM nx_claims WHERE session_identifier = ?"
	err := each(conn, query, func(row *sqlite.Stmt) error {
		owner, beat, expires = row.ColumnText(0), parseInstant(row.ColumnText(1)), parseInstant(row.ColumnText(2))
		return nil
	}, session)
	now := s.options.Now()
	if err != nil || owner == "" || !now.Before(expires) {
		return "", err
	}
	if beat.After(now.Add(time.Microsecond)) {
		err = exec(conn, "UPDATE nx_claims SET beat = ?, expires = ? WHERE session_identifier = ?",
			formatInstant(now), formatInstant(now.Add(expires.Sub(beat))), session)
	}
	return owner, err
}

// claimed reports whether anybody holds a session now.
func (s *Store) claimed(conn *sqlite.Conn, session string) (bool, error) {
	owner, err := s.holder(conn, session)
	return owner != "", err
}

// Heartbeat prolongs the claim of owner by ttl from now, and reports whether it was still
// its own: one that ran out but was taken by nobody is. Who has lost a session must not
// go on with it.
func (s *Store) Heartbeat(ctx context.Context, session, owner string, ttl time.Duration) (ok bool, err error) {
	err = s.write(ctx, "prolong claim of session", session, func(conn *sqlite.Conn) error {
		now := s.options.Now()
		err := exec(conn, "UPDATE nx_claims SET beat = ?, expires = ? WHERE session_identifier = ? AND owner = ?",
			formatInstant(now), formatInstant(now.Add(ttl)), session, owner)
		ok = conn.Changes() > 0
		return err
	})
	return ok && err == nil, err
}

// Release ends the claim of owner. It is no error when owner has none.
func (s *Store) Release(ctx context.Context, session, owner string) error {
	return s.write(ctx, "release session", session, func(conn *sqlite.Conn) error {
		return exec(conn, "DELETE FROM nx_claims WHERE session_identifier = ? AND owner = ?", session, owner)
	})
}

// ReleaseAll ends all claims, and returns how many there were. It is for a program that
// holds the lock of the site and so knows that every other owner is dead.
func (s *Store) ReleaseAll(ctx context.Context) (n int, err error) {
	err = s.write(ctx, "release all sessions", "", func(conn *sqlite.Conn) error {
		err := exec(conn, "DELETE FROM nx_claims")
		n = conn.Changes()
		return err
	})
	return n, err
}
