package db

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// DefaultWait is how long an operation waits for other programs before it gives up.
const DefaultWait = 30 * time.Second

// connections of a store: one for the writer, the rest for readers.
const connections = 4

// Options are what a Store is given besides its file. The zero value is usable.
type Options struct {
	Logger   *slog.Logger     // nil discards
	Now      func() time.Time // nil is time.Now
	ReadOnly bool             // refuse every change, and add no tables
	Wait     time.Duration    // longest wait for a lock; 0 is DefaultWait
}

func (o Options) filled() Options {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wait <= 0 {
		o.Wait = DefaultWait
	}
	return o
}

// Store is an open database. It is safe for concurrent use, also by several processes
// on one file.
type Store struct {
	path    string
	options Options
	pool    *sqlitex.Pool
	writing chan struct{} // one writer of this process at a time, first come first served
	closing sync.Once
}

// Path returns the absolute path of the file.
func (s *Store) Path() string { return s.path }

// Close closes the file. It waits for operations under way and may be called twice.
func (s *Store) Close() (err error) {
	s.closing.Do(func() { err = s.pool.Close() })
	if err != nil {
		return fault(context.Background(), "close database", s.path, err)
	}
	return nil
}

func newStore(path string, o Options) (*Store, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, nexuslims.E(nexuslims.Invalid, "open database", path, err)
	}
	flags := sqlite.OpenReadWrite
	if o.ReadOnly {
		flags = sqlite.OpenReadOnly
	}
	s := &Store{path: abs, options: o, writing: make(chan struct{}, 1)}
	s.pool, err = sqlitex.NewPool(abs, sqlitex.PoolOptions{Flags: flags, PoolSize: connections, PrepareConn: s.prepare})
	if err != nil {
		return nil, fault(context.Background(), "open database", abs, err)
	}
	return s, nil
}

// prepare sets up a connection. A store that must not change its file and finds none of
// our tables in it reads empty ones of its own, which live in memory.
func (s *Store) prepare(conn *sqlite.Conn) error {
	for _, setting := range []string{"foreign_keys = ON", "synchronous = FULL", "temp_store = MEMORY"} {
		if err := sqlitex.ExecuteTransient(conn, "PRAGMA "+setting, nil); err != nil {
			return err
		}
	}
	if s.options.ReadOnly {
		return standIn(conn)
	}
	return nil
}

// read runs fn in one consistent view of the database.
func (s *Store) read(ctx context.Context, op, subject string, fn func(*sqlite.Conn) error) error {
	return s.within(ctx, work{op, subject, "BEGIN", s.options.Wait}, fn)
}

// write runs fn in an immediate transaction.
func (s *Store) write(ctx context.Context, op, subject string, fn func(*sqlite.Conn) error) error {
	if s.options.ReadOnly {
		return nexuslims.E(nexuslims.Permission, op, subject, errors.New("the database was opened for reading only"))
	}
	waiting, cancel := context.WithTimeout(ctx, s.options.Wait)
	defer cancel()
	select {
	case s.writing <- struct{}{}:
		defer func() { <-s.writing }()
	case <-waiting.Done():
		return fault(ctx, op, subject, waiting.Err())
	}
	return s.within(ctx, work{op, subject, "BEGIN IMMEDIATE", s.options.Wait}, fn)
}

// work is one transaction: what it is for, how it begins and how long it may take.
type work struct {
	op, subject, begin string
	wait               time.Duration
}

// within runs fn in a transaction on a connection of the pool.
func (s *Store) within(ctx context.Context, w work, fn func(*sqlite.Conn) error) error {
	limited, cancel := context.WithTimeout(ctx, w.wait)
	defer cancel()
	conn, err := s.pool.Take(limited)
	if err != nil {
		return fault(ctx, w.op, w.subject, err)
	}
	defer s.pool.Put(conn)
	return fault(ctx, w.op, w.subject, transact(conn, w.begin, fn))
}

// transact commits what fn did, or undoes all of it when fn or the commit fails.
func transact(conn *sqlite.Conn, begin string, fn func(*sqlite.Conn) error) (err error) {
	if err := exec(conn, begin); err != nil {
		return err
	}
	defer func() {
		if conn.AutocommitEnabled() {
			return
		}
		done := conn.SetInterrupt(nil) // undoing must not be given up half way
		defer conn.SetInterrupt(done)
		err = errors.Join(err, exec(conn, "ROLLBACK"))
	}()
	if err := fn(conn); err != nil {
		return err
	}
	return exec(conn, "COMMIT")
}

// exec runs a statement that returns no rows; nil is NULL.
func exec(conn *sqlite.Conn, query string, args ...any) error {
	return sqlitex.Execute(conn, query, &sqlitex.ExecOptions{Args: args})
}

// each runs a query and hands every row to fn.
func each(conn *sqlite.Conn, query string, fn func(*sqlite.Stmt) error, args ...any) error {
	return sqlitex.Execute(conn, query, &sqlitex.ExecOptions{Args: args, ResultFunc: fn})
}

// orNull gives NULL for an empty text.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}
