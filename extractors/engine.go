package extractors

import (
	"log/slog"
	"time"
)

// Engine extracts: it is the one door to extractors and profiles. The fields must not
// change while it is used; Extract may be called concurrently.
type Engine struct {
	Extractors *Registry
	Profiles   *Profiles // may be nil
	Logger     *slog.Logger
	Now        func() time.Time
	// Timeout bounds the extraction of one file; zero: two minutes.
	Timeout time.Duration
}

// Outcome is what came of one file.
type Outcome struct {
	Extractor string // name of the extractor in whose name the signals are
	Format    string // short name of the format, or the extension in capitals
	Signals   []*Signal
	// Err says why the file could not be read, when Signals holds only the basic dataset.
	Err error
}
