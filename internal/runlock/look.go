package runlock

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Holder is who took a lock, as it wrote into the file.
type Holder struct {
	Host  string
	PID   int
	Since time.Time
}

// State says whether a lock is held.
type State int

// The states of a lock.
const (
	Free    State = iota // nobody holds it; its last holder, if there is one, was killed
	Held                 // the last holder is still at work
	Unknown              // the last holder is a process of another machine
)

// Look tells whether the lock at path is held, and by whom; of a holder that was killed,
// who it was. It reads the file and what the system says of the process, and never touches
// the lock itself: a run that begins at this moment is not disturbed. A lock that was
// given back, or that nobody ever took, is Free and has no holder.
func Look(path string) (Holder, State, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Holder{}, Free, nil
	}
	if err != nil {
		return Holder{}, Unknown, nexuslims.E(nexuslims.Transient, "look at lock", path, err)
	}
	text, err := io.ReadAll(io.LimitReader(f, 512))
	if err = errors.Join(err, f.Close()); err != nil {
		return Holder{}, Unknown, nexuslims.E(nexuslims.Transient, "look at lock", path, err)
	}
	h, ok := parseHolder(string(text))
	if !ok {
		return Holder{}, Free, nil // given back, or of the Python program, which writes nothing into it
	}
	if host, _ := os.Hostname(); host != h.Host {
		return h, Unknown, nil
	}
	if locking(h.PID) {
		return h, Held, nil
	}
	return h, Free, nil
}

// parseHolder reads what Acquire wrote.
func parseHolder(text string) (h Holder, ok bool) {
	var since string
	if _, err := fmt.Sscanf(text, "host %s pid %d since %s", &h.Host, &h.PID, &since); err != nil {
		return Holder{}, false
	}
	var err error
	h.Since, err = time.Parse(time.RFC3339, since)
	return h, err == nil
}

// lockTable lists all file locks of a Linux machine (proc_locks(5)).
const lockTable = "/proc/locks"

// locking reports whether a process is there and holds a file lock; where the system has
// no list of locks, or shows an empty one as some containers do, whether it is there.
func locking(pid int) bool {
	if !alive(pid) {
		return false
	}
	table, err := os.ReadFile(lockTable)
	if err != nil || len(table) == 0 {
		return true
	}
	for line := range bytes.Lines(table) {
		fields := strings.Fields(string(line)) // 1: FLOCK ADVISORY WRITE 1234 08:01:567 0 EOF
		if len(fields) > 4 && fields[4] == strconv.Itoa(pid) {
			return true
		}
	}
	return false
}

func alive(pid int) bool {
	process, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	defer func() { _ = process.Release() }()
	return !errors.Is(process.Signal(syscall.Signal(0)), os.ErrProcessDone)
}
