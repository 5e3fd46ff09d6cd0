package sessionfile

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Kind is the name of the harvester in the instrument table.
const Kind = "sessionfile"

// Harvester reads one file of sessions.
type Harvester struct {
	path string

	mu   sync.Mutex
	read stamp
	rows []row
	bad  []string
}

// stamp tells whether a file is still the one that was read.
type stamp struct {
	size int64
	time time.Time
}

// New returns the harvester of a file, which need not exist yet.
func New(path string) *Harvester {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return &Harvester{path: path}
}

// Source implements harvesters.Harvester.
func (h *Harvester) Source() harvesters.Source { return harvesters.Source{Kind: Kind, ID: h.path} }

// Owns implements harvesters.Harvester: the instrument table says which instruments
// belong to the file.
func (h *Harvester) Owns(in nexuslims.Instrument) int {
	if in.Harvester == Kind {
		return 1
	}
	return 0
}

// Close implements harvesters.Harvester.
func (h *Harvester) Close() error { return nil }

// Check implements harvesters.Checker.
func (h *Harvester) Check(context.Context) error {
	_, _, err := h.load(true)
	return err
}

// load returns the rows of the file, read anew when it changed or when that is asked for.
func (h *Harvester) load(anew bool) ([]row, []string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	info, err := os.Stat(h.path)
	if err != nil {
		return nil, nil, nexuslims.E(nexuslims.Transient, "read session file", h.path, err)
	}
	now := stamp{info.Size(), info.ModTime()}
	if !anew && h.rows != nil && now == h.read {
		return h.rows, h.bad, nil
	}
	rows, bad, err := parseFile(h.path)
	if err != nil {
		return nil, nil, err
	}
	h.rows, h.bad, h.read = rows, bad, now
	return rows, bad, nil
}

// Events implements harvesters.Harvester.
func (h *Harvester) Events(ctx context.Context, q harvesters.Query) (harvesters.Batch, error) {
	if err := ctx.Err(); err != nil {
		return harvesters.Batch{}, nexuslims.E(nexuslims.Canceled, "read session file", h.path, err)
	}
	rows, bad, err := h.load(true)
	if err != nil {
		return harvesters.Batch{}, err
	}
	zones := map[string]*time.Location{}
	for _, in := range q.Instruments {
		if zone, err := in.Zone(); err == nil {
			zones[in.PID] = zone
		}
	}
	batch := harvesters.Batch{Warnings: slices.Clone(bad)}
	for _, r := range rows {
		zone := zones[r.Instrument]
		if zone == nil {
			batch.Warnings = append(batch.Warnings, fmt.Sprintf("line %d: instrument %q is not one of this source", r.line, r.Instrument))
			continue
		}
		if s := r.session(zone); r.wanted(s, q) {
			batch.Sessions = append(batch.Sessions, s)
		}
	}
	slices.SortFunc(batch.Sessions, func(a, b nexuslims.Session) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.ID, b.ID))
	})
	return batch, nil
}

// wanted reports whether a session has ended and lies in the window.
func (r row) wanted(s nexuslims.Session, q harvesters.Query) bool {
	return !s.To.IsZero() && !s.To.After(q.Now) && (q.From.IsZero() || s.To.After(q.From)) && (q.To.IsZero() || s.From.Before(q.To))
}

// Reservation implements harvesters.Harvester.
func (h *Harvester) Reservation(ctx context.Context, s nexuslims.Session, in nexuslims.Instrument) (nexuslims.Reservation, error) {
	if err := ctx.Err(); err != nil {
		return nexuslims.Reservation{}, nexuslims.E(nexuslims.Canceled, "read session file", h.path, err)
	}
	rows, _, err := h.load(false)
	if err != nil {
		return nexuslims.Reservation{}, err
	}
	zone, err := in.Zone()
	if err != nil {
		return nexuslims.Reservation{}, err
	}
	for _, r := range rows {
		if r.ID == s.ID && r.Instrument == s.Instrument {
			return r.reservation(zone), nil
		}
	}
	return nexuslims.Reservation{}, nexuslims.E(nexuslims.NoReservation, "find in session file", s.ID, nil)
}

var (
	_ harvesters.Harvester = (*Harvester)(nil)
	_ harvesters.Checker   = (*Harvester)(nil)
)
