package db

import (
	"context"
	"errors"
	"fmt"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"zombiezen.com/go/sqlite"
)

// ExternalID is the name by which an outside system knows a user.
type ExternalID struct {
	User   string // login name, as in sessions
	System string // one of ExternalSystems
	ID     string
	Email  string // empty keeps what is known
	Notes  string // empty keeps what is known
}

// ExternalSystems lists the systems that the table of external identifiers allows.
func ExternalSystems() []string {
	return []string{"nemo", "labarchives_eln", "labarchives_scheduler", "cdcs"}
}

// SetExternalID stores the identifier of a user at a system, in place of an earlier one.
// An identifier that belongs to another user is a Conflict that names the user.
func (s *Store) SetExternalID(ctx context.Context, x ExternalID) error {
	const op = "store external identifier of user"
	return s.write(ctx, op, x.User, func(conn *sqlite.Conn) error {
		owners, err := texts(conn, `SELECT nexuslims_username FROM external_user_identifiers
			WHERE external_system = ? AND external_id = ? AND nexuslims_username <> ?`, x.System, x.ID, x.User)
		if err != nil {
			return err
		}
		if len(owners) > 0 {
			return nexuslims.E(nexuslims.Conflict, op, x.User, fmt.Errorf("%s at %s is user %s", x.ID, x.System, owners[0]))
		}
		now := formatTime(s.options.Now().UTC())
		return exec(conn, `INSERT INTO external_user_identifiers
			(nexuslims_username, external_system, external_id, email, created_at, notes) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (nexuslims_username, external_system) DO UPDATE SET external_id = excluded.external_id,
			email = coalesce(excluded.email, email), notes = coalesce(excluded.notes, notes), last_verified_at = ?`,
			x.User, x.System, x.ID, orNull(x.Email), now, orNull(x.Notes), now)
	})
}

// ExternalIDs returns the identifiers of a user by system.
func (s *Store) ExternalIDs(ctx context.Context, user string) (map[string]string, error) {
	ids := map[string]string{}
	err := s.read(ctx, "read external identifiers of user", user, func(conn *sqlite.Conn) error {
		return each(conn, `SELECT external_system, external_id FROM external_user_identifiers
			WHERE nexuslims_username = ?`, func(row *sqlite.Stmt) error {
			ids[row.ColumnText(0)] = row.ColumnText(1)
			return nil
		}, user)
	})
	return ids, err
}

// UserOf returns the user that a system knows by id; NotFound when there is none.
func (s *Store) UserOf(ctx context.Context, system, id string) (user string, err error) {
	const op = "find user"
	err = s.read(ctx, op, id, func(conn *sqlite.Conn) error {
		users, err := texts(conn, `SELECT nexuslims_username FROM external_user_identifiers
			WHERE external_system = ? AND external_id = ?`, system, id)
		if err == nil && len(users) == 0 {
			err = nexuslims.E(nexuslims.NotFound, op, id, errors.New("no such identifier at "+system))
		}
		if err == nil {
			user = users[0]
		}
		return err
	})
	return user, err
}
