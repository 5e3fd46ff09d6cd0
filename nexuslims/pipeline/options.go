package pipeline

import (
	"time"
)

// Options are the settings of a pipeline.
type Options struct {
	InstrumentData string // root of the instrument data; read only
	Data           string // root of metadata files and previews
	Records        string // folder of the records
	// Inclusive takes all files; otherwise only those of known formats.
	Inclusive   bool
	Ignore      []string      // globs of files to leave out
	Delay       time.Duration // how long files, consent and reservation are waited for
	Sensitivity float64       // of the grouping into activities
	// Workers bounds how many files are extracted at once; zero: the processors.
	Workers int
	// WalkWorkers bounds how many folders are read at once; zero: 16.
	WalkWorkers int
	// InsecureNotes are loud warnings about how the site is configured; every report
	// repeats them.
	InsecureNotes []string
}

// RunOptions are the settings of one run.
type RunOptions struct {
	DryRun bool
	// From and To bound what is harvested, not what is built. With a zero From the window
	// begins at the source's bookmark, or Lookback before now where that is earlier.
	From, To time.Time
	Lookback time.Duration
	// Unbounded ignores bookmark and Lookback: everything is harvested.
	Unbounded bool
}

// overlap is how far before its bookmark a source is read again: events are entered and
// corrected late.
const overlap = 48 * time.Hour

// window returns the times that a source is asked for.
func (o RunOptions) window(now, bookmark time.Time) (from, to time.Time) {
	switch {
	case !o.From.IsZero():
		from = o.From
	case o.Unbounded:
	default:
		from = now.Add(-o.Lookback)
		if b := bookmark.Add(-overlap); !bookmark.IsZero() && b.Before(from) {
			from = b
		}
	}
	return from, o.To
}

// Progress tells a person what a run is doing. Numbers that are not known are zero.
type Progress struct {
	Stage    string // "harvest", "find", "extract", "deliver"
	Session  string
	Sessions int // sessions done
	Total    int // sessions to do
	Files    int // files done in this session
	OfFiles  int
	Bytes    int64 // bytes of files done in the run
}
