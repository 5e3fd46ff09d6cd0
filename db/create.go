package db

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Create makes a new database at path, with the folders above it. An existing file is
// never touched: it is a Conflict. The file appears whole or not at all.
func Create(ctx context.Context, path string) error {
	const op = "create database"
	if _, err := os.Lstat(path); err == nil {
		return nexuslims.E(nexuslims.Conflict, op, path, fs.ErrExist)
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nexuslims.E(nexuslims.Permission, op, path, err)
	}
	work, err := os.MkdirTemp(dir, ".nexuslims-db-*")
	if err != nil {
		return nexuslims.E(nexuslims.Permission, op, path, err)
	}
	defer func() { _ = os.RemoveAll(work) }()
	made := filepath.Join(work, "new.db")
	if err := fill(made); err != nil {
		return fault(ctx, op, path, err)
	}
	if ctx.Err() != nil {
		return fault(ctx, op, path, ctx.Err())
	}
	return place(made, path)
}

// place gives a finished file its name, unless another one has got it meanwhile.
func place(made, path string) error {
	const op = "create database"
	err := os.Link(made, path)
	if err == nil {
		return nil
	}
	if errors.Is(err, fs.ErrExist) {
		return nexuslims.E(nexuslims.Conflict, op, path, fs.ErrExist)
	}
	// Not every file system has links.
	if _, err := os.Lstat(path); err == nil {
		return nexuslims.E(nexuslims.Conflict, op, path, fs.ErrExist)
	}
	if err := os.Rename(made, path); err != nil {
		return nexuslims.E(nexuslims.Permission, op, path, err)
	}
	return nil
}

// fill writes both schemas into a new file.
func fill(path string) (err error) {
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	return transact(conn, "BEGIN IMMEDIATE", func(conn *sqlite.Conn) error {
		// The Python program's statements end their lines with a blank. SQLite keeps the
		// text of a statement, so files of both programs can be compared.
		reference := strings.ReplaceAll(referenceSQL, ",\n", ", \n")
		if err := sqlitex.ExecuteScript(conn, reference, nil); err != nil {
			return err
		}
		if err := exec(conn, "INSERT INTO alembic_version (version_num) VALUES (?)", Revision); err != nil {
			return err
		}
		return makeNX(conn)
	})
}
