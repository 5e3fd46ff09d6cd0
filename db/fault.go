package db

import (
	"context"
	"errors"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"zombiezen.com/go/sqlite"
)

// fault gives an error of SQLite its kind. An error that has one keeps it.
func fault(ctx context.Context, op, subject string, err error) error {
	if err == nil {
		return nil
	}
	var known *nexuslims.Error
	if errors.As(err, &known) {
		if known.Subject == "" && known.Op == op {
			known.Subject = subject
		}
		return err
	}
	if ctx.Err() != nil && interrupted(err) {
		return nexuslims.E(nexuslims.KindOf(ctx.Err()), op, subject, errors.Join(ctx.Err(), err))
	}
	return nexuslims.E(kindOf(err), op, subject, err)
}

// interrupted reports whether err is what remains of a wait that was given up.
func interrupted(err error) bool {
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultInterrupt, sqlite.ResultBusy:
		return true
	}
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// kindOf maps result codes (https://www.sqlite.org/rescode.html). A full disk and an
// input or output error are transient: the work waits, nothing is settled by them.
func kindOf(err error) nexuslims.Kind {
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultBusy, sqlite.ResultLocked, sqlite.ResultInterrupt, sqlite.ResultFull, sqlite.ResultIOErr:
		return nexuslims.Transient
	case sqlite.ResultReadOnly, sqlite.ResultPerm, sqlite.ResultAuth, sqlite.ResultCantOpen:
		return nexuslims.Permission
	case sqlite.ResultCorrupt:
		return nexuslims.Corrupt
	case sqlite.ResultNotADB:
		return nexuslims.Invalid
	case sqlite.ResultConstraint:
		return nexuslims.Conflict
	}
	return nexuslims.KindOf(err)
}
