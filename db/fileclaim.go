package db

import (
	"context"
	"time"

	"zombiezen.com/go/sqlite"
)

// FileClaim is a data file that went into the record of a session.
type FileClaim struct {
	Path    string // slash-separated, relative to the root of instrument data
	ModTime time.Time
	Size    int64
}

// Overlap is a file that another session's record has too.
type Overlap struct {
	Path    string
	Session string // the other one
}

// ClaimFiles writes down which files the record of a session holds, in place of what was
// written before, and returns those that other sessions claim as well, by path.
func (s *Store) ClaimFiles(ctx context.Context, session string, files []FileClaim) (overlaps []Overlap, err error) {
	err = s.write(ctx, "claim files of session", session, func(conn *sqlite.Conn) error {
		if err := exec(conn, "DELETE FROM nx_file_claims WHERE session_identifier = ?", session); err != nil {
			return err
		}
		for _, f := range files {
			err := exec(conn, `INSERT OR REPLACE INTO nx_file_claims (path, session_identifier, size, mtime)
				VALUES (?, ?, ?, ?)`, f.Path, session, f.Size, f.ModTime.UnixNano())
			if err != nil {
				return err
			}
		}
		overlaps = nil
		return each(conn, `SELECT other.path, other.session_identifier FROM nx_file_claims own
			JOIN nx_file_claims other ON other.path = own.path AND other.session_identifier <> own.session_identifier
			WHERE own.session_identifier = ? ORDER BY 1, 2`, func(row *sqlite.Stmt) error {
			overlaps = append(overlaps, Overlap{row.ColumnText(0), row.ColumnText(1)})
			return nil
		}, session)
	})
	if err != nil {
		return nil, err
	}
	return overlaps, nil
}

// FileClaims lists the files of a session's record by path.
func (s *Store) FileClaims(ctx context.Context, session string) (files []FileClaim, err error) {
	err = s.read(ctx, "list files of session", session, func(conn *sqlite.Conn) error {
		files = nil
		return each(conn, `SELECT path, mtime, size FROM nx_file_claims
			WHERE session_identifier = ? ORDER BY path`, func(row *sqlite.Stmt) error {
			files = append(files, FileClaim{row.ColumnText(0), time.Unix(0, row.ColumnInt64(1)), row.ColumnInt64(2)})
			return nil
		}, session)
	})
	return files, err
}
