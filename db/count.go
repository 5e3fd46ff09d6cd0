package db

import (
	"context"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"
)

// DeliveryCount is how many records are in a state at a destination.
type DeliveryCount struct {
	Destination string
	State       DeliveryState
	Deliveries  int
}

// DeliveryCounts counts all deliveries by destination and state. What the Python program
// delivered is not among them: see [Store.LoggedAttempts].
func (s *Store) DeliveryCounts(ctx context.Context) (counts []DeliveryCount, err error) {
	err = s.read(ctx, "count deliveries", "", func(conn *sqlite.Conn) error {
		counts = nil
		return each(conn, `SELECT destination, state, count(*) FROM nx_deliveries
			GROUP BY state, destination ORDER BY state, destination`, func(row *sqlite.Stmt) error {
			counts = append(counts, DeliveryCount{row.ColumnText(0), DeliveryState(row.ColumnText(1)), row.ColumnInt(2)})
			return nil
		})
	})
	slices.SortStableFunc(counts, func(a, b DeliveryCount) int { return strings.Compare(a.Destination, b.Destination) })
	return counts, err
}

// OpenDeliveries lists the deliveries that are not done, given up or not, the one changed
// last first. Their documents are left out.
func (s *Store) OpenDeliveries(ctx context.Context) ([]Delivery, error) {
	return s.deliveries(ctx, false, `WHERE state IN ('waiting', 'started', 'failed', 'given_up') AND ?
		ORDER BY updated DESC, session_identifier, destination`, true)
}

// LoggedAttempts counts the attempts at each destination that are written down, those of
// the Python program included.
func (s *Store) LoggedAttempts(ctx context.Context) (attempts map[string]int, err error) {
	err = s.read(ctx, "count uploads", "", func(conn *sqlite.Conn) error {
		attempts = map[string]int{}
		return each(conn, "SELECT destination_name, count(*) FROM main.upload_log GROUP BY 1", func(row *sqlite.Stmt) error {
			attempts[row.ColumnText(0)] = row.ColumnInt(1)
			return nil
		})
	})
	return attempts, err
}

// DeliveryStates lists the deliveries of a session by destination, without their
// documents.
func (s *Store) DeliveryStates(ctx context.Context, session string) ([]Delivery, error) {
	return s.deliveries(ctx, false, "WHERE session_identifier = ? ORDER BY destination", session)
}
