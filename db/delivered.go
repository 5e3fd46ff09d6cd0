package db

import (
	"context"

	"zombiezen.com/go/sqlite"
)

// Undelivered lists the sessions that have a delivery which is not done, given up or not,
// in the order of their identifiers.
func (s *Store) Undelivered(ctx context.Context) (sessions []string, err error) {
	err = s.read(ctx, "list open deliveries", "", func(conn *sqlite.Conn) error {
		sessions = nil
		return each(conn, `SELECT DISTINCT session_identifier FROM nx_deliveries
			WHERE state <> 'delivered' ORDER BY 1`, func(row *sqlite.Stmt) error {
			sessions = append(sessions, row.ColumnText(0))
			return nil
		})
	})
	return sessions, err
}

// DeliveredTo returns the sessions whose record a destination has, in the version that is
// the newest here, or in an unknown one: what the Python program delivered counts.
func (s *Store) DeliveredTo(ctx context.Context, destination string) (sessions map[string]bool, err error) {
	err = s.read(ctx, "list deliveries to", destination, func(conn *sqlite.Conn) error {
		sessions = map[string]bool{}
		return each(conn, `SELECT d.session_identifier FROM nx_deliveries d
			LEFT JOIN nx_records r ON r.session_identifier = d.session_identifier
			WHERE d.destination = ?1 AND d.state = 'delivered' AND (r.digest IS NULL OR r.digest = d.digest)
			UNION SELECT u.session_identifier FROM main.upload_log u
			WHERE u.destination_name = ?1 AND u.success AND NOT EXISTS (SELECT 1 FROM nx_deliveries d
			WHERE d.session_identifier = u.session_identifier AND d.destination = ?1)`, func(row *sqlite.Stmt) error {
			sessions[row.ColumnText(0)] = true
			return nil
		}, destination)
	})
	return sessions, err
}
