package db

import (
	"context"
	"encoding/json"

	"zombiezen.com/go/sqlite"
)

// Shared is a file in the records of two sessions.
type Shared struct {
	Path     string
	Sessions [2]string // by identifier
}

// SharedFiles lists the files in the records of the given sessions that the record of
// another session holds too, by path.
func (s *Store) SharedFiles(ctx context.Context, sessions []string) (list []Shared, err error) {
	ids, err := json.Marshal(sessions)
	if err != nil {
		return nil, err
	}
	err = s.read(ctx, "list files of two records", "", func(conn *sqlite.Conn) error {
		list = nil
		return each(conn, `SELECT DISTINCT own.path, min(own.session_identifier, other.session_identifier),
			max(own.session_identifier, other.session_identifier)
			FROM json_each(?) asked CROSS JOIN nx_file_claims own ON own.session_identifier = asked.value
			CROSS JOIN nx_file_claims other
				ON other.path = own.path AND other.session_identifier <> own.session_identifier
			ORDER BY 1, 2, 3`, func(row *sqlite.Stmt) error {
			list = append(list, Shared{row.ColumnText(0), [2]string{row.ColumnText(1), row.ColumnText(2)}})
			return nil
		}, string(ids))
	})
	return list, err
}
