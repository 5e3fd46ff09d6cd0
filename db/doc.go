// Package db keeps what a site knows in one SQLite file: instruments, sessions and
// their state, what was delivered where, and what may be worked on by whom.
//
// The file is shared with the reference implementation, the Python program. Five tables
// are its own and stay as its newest schema (revision v2_5_0b) has them; text, times and
// status words in them are of the forms it reads. Everything it does not know lives in
// tables with the prefix nx_, which may all be dropped: [Open] makes them again, and what
// is lost is bookkeeping, never a session.
//
// A [Store] is opened with Open on a file of exactly that revision and made with
// [Create]; any other revision or shape is refused untouched.
//
//	store, err := db.Open(ctx, path, db.Options{})
//	if err != nil {
//		return err
//	}
//	defer store.Close()
//	queue, problems, err := store.Queue(ctx, nexuslims.ToBeBuilt)
//
// Every change is one immediate transaction with foreign keys enforced and full
// synchronisation, in the rollback journal that the Python program uses, which also works
// on network file systems. A method either did all it says or nothing. Waiting for
// another writer ends with the context, or after Options.Wait with a Transient error.
package db
