package db

import (
	"context"
	"time"

	"zombiezen.com/go/sqlite"
)

// Held is a session that a run has claimed.
type Held struct {
	Session string
	Owner   string
	Beat    time.Time // when it was claimed or prolonged last
	Expires time.Time
}

// Claims lists the sessions that are claimed, those whose claim has run out included, the
// longest silent first.
func (s *Store) Claims(ctx context.Context) (list []Held, err error) {
	err = s.read(ctx, "list claims", "", func(conn *sqlite.Conn) error {
		list = nil
		return each(conn, `SELECT session_identifier, owner, beat, expires FROM nx_claims
			ORDER BY beat, session_identifier`, func(row *sqlite.Stmt) error {
			list = append(list, Held{
				row.ColumnText(0), row.ColumnText(1), parseInstant(row.ColumnText(2)), parseInstant(row.ColumnText(3)),
			})
			return nil
		})
	})
	return list, err
}
