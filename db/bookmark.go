package db

import (
	"context"
	"time"

	"zombiezen.com/go/sqlite"
)

// Bookmark is up to where a source of usage events was read.
type Bookmark struct {
	Kind, Source string
	Position     time.Time
	Updated      time.Time // when it was moved
}

// Bookmarks lists the bookmarks of all sources that were ever harvested, by kind and source.
func (s *Store) Bookmarks(ctx context.Context) (list []Bookmark, err error) {
	err = s.read(ctx, "list bookmarks", "", func(conn *sqlite.Conn) error {
		list = nil
		return each(conn, "SELECT kind, source, position, updated FROM nx_bookmarks ORDER BY 1, 2", func(row *sqlite.Stmt) error {
			list = append(list, Bookmark{
				row.ColumnText(0), row.ColumnText(1), parseInstant(row.ColumnText(2)), parseInstant(row.ColumnText(3)),
			})
			return nil
		})
	})
	return list, err
}
