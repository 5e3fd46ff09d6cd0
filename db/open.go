package db

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"zombiezen.com/go/sqlite"
)

// Open opens the database at path. The file must hold the reference's tables at Revision;
// our own tables are added where they are missing. Every other file is refused untouched:
// NotFound when there is none, Unsupported for another revision or a newer version of our
// tables, Invalid for what is no such database, Transient while others hold it locked.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	const op = "open database"
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nexuslims.E(nexuslims.NotFound, op, path, err)
	case err != nil:
		return nil, nexuslims.E(nexuslims.Permission, op, path, err)
	case !info.Mode().IsRegular():
		return nil, nexuslims.E(nexuslims.Invalid, op, path, errors.New("not a regular file"))
	}
	s, err := newStore(path, o.filled())
	if err != nil {
		return nil, err
	}
	if err := s.begin(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// begin looks at the file and adds our tables where they are missing.
func (s *Store) begin(ctx context.Context) error {
	const op = "open database"
	complete := false
	err := s.read(ctx, op, s.path, func(conn *sqlite.Conn) (err error) {
		complete, err = examine(conn)
		return err
	})
	if err != nil || complete || s.options.ReadOnly {
		return err
	}
	return s.write(ctx, op, s.path, func(conn *sqlite.Conn) error {
		if complete, err := examine(conn); err != nil || complete {
			return err
		}
		return makeNX(conn)
	})
}
