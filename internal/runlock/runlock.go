// Package runlock lets one run at a time work on a site. The lock belongs to the
// operating system: it is free the instant its holder ends, however that happens, and
// its file is never deleted.
package runlock

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Lock is a held lock.
type Lock struct{ flock *flock.Flock }

// ErrHeld means that another run holds the lock.
var ErrHeld = errors.New("another run holds the lock")

// Acquire takes the lock at path without waiting, and writes into the file who holds it.
// When another run has it, the error is ErrHeld with what that run wrote.
func Acquire(path string, now time.Time) (*Lock, error) {
	f := flock.New(path)
	ok, err := f.TryLock()
	if err != nil {
		return nil, nexuslims.E(nexuslims.Transient, "lock", path, err)
	}
	if !ok {
		return nil, nexuslims.E(nexuslims.Conflict, "lock", path, fmt.Errorf("%w%s", ErrHeld, holder(path)))
	}
	host, _ := os.Hostname() // an empty name is as good as none
	text := fmt.Sprintf("host %s pid %d since %s\n", host, os.Getpid(), now.Format(time.RFC3339))
	// The note is for people; the lock holds without it.
	_ = os.WriteFile(path, []byte(text), 0o644)
	return &Lock{f}, nil
}

func holder(path string) string {
	b, err := os.ReadFile(path)
	if text := strings.TrimSpace(string(b)); err == nil && text != "" && len(text) < 200 {
		return " (" + text + ")"
	}
	return ""
}

// Release gives the lock back. It may be called twice. The note of who held it is taken
// out of the file: one that stays tells of a holder that was killed.
func (l *Lock) Release() error {
	if !l.flock.Locked() {
		return nil
	}
	_ = os.Truncate(l.flock.Path(), 0) // the note is for people; the lock is free without it
	if err := l.flock.Unlock(); err != nil {
		return nexuslims.E(nexuslims.Transient, "unlock", l.flock.Path(), err)
	}
	return nil
}
