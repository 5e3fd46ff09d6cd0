package extractors

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
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
	// Notes tell where values went that the schema had no place for.
	Notes []Note
}

const defaultTimeout = 2 * time.Minute

// Extract reads a file, applies the profile of its instrument, and puts every value
// where the schema wants it. A file that cannot be read yields the basic dataset in the
// name of the extractor that failed.
//
// The error is Canceled when the caller gave up, and otherwise that of a store that
// failed while the file was read (Transient, NotFound): the file should be read again
// later. An extractor that ignores its context goes on in the background until it ends.
func (e *Engine) Extract(ctx context.Context, f *File) (Outcome, error) {
	return e.extract(ctx, f, e.choose(f, nil), nil)
}

func (e *Engine) extract(ctx context.Context, f *File, x Extractor, seen func(i int) watcher) (Outcome, error) {
	info := x.Info()
	log := e.Logger.With("file", f.Path(), "extractor", info.Name)
	result, err := e.call(ctx, x, f)
	if ctx.Err() != nil {
		return Outcome{}, nexuslims.E(nexuslims.Canceled, "extract", f.Path(), ctx.Err())
	}
	if lost(err) {
		return Outcome{}, err
	}
	out := Outcome{Extractor: info.Name, Format: format(info, result, f)}
	switch {
	case err != nil && (result == nil || len(result.Signals) == 0):
		log.Warn("file cannot be read", "err", err)
		out.Err = err
		result = &Result{Signals: []*Signal{{Document: Document{Meta: basicMeta(f)}}}, Warnings: []string{oneLine(err)}}
	case err != nil:
		log.Warn("file was read in part", "err", err)
		result.Warnings = append(result.Warnings, "read in part: "+oneLine(err))
	}
	out.Signals = result.Signals
	migrator, _ := x.(Migrator)
	for i, s := range out.Signals {
		var watch watcher
		if seen != nil {
			watch = seen(i)
		}
		notes := e.finish(log, f, s, migrator, out.Err != nil, watch)
		out.Notes = append(out.Notes, notes...)
		warnings := append(slices.Clone(result.Warnings), ownWarnings(s.Meta)...)
		s.Meta.Delete("NexusLIMS Extraction") // it stands last
		s.Meta.Set("NexusLIMS Extraction", e.block(info.Name, warnings))
	}
	return out, nil
}

// lost reports whether a failure belongs to the store and not to the file.
func lost(err error) bool {
	return errors.Is(err, nexuslims.Transient) && !errors.Is(err, errTimeout) || errors.Is(err, nexuslims.NotFound)
}

func oneLine(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return text
}

func format(info Info, r *Result, f *File) string {
	if r != nil && r.Format != "" {
		return r.Format
	}
	if name := info.FormatOf(f.Ext()); name != "" {
		return name
	}
	return strings.ToUpper(f.Ext())
}

// choose picks the extractor of a file: by extension, the highest priority first, then
// among the wildcards. Where nobody takes the file it is recorded with its basic facts. It
// tells asked, which may be nil, of everyone who looked at the file.
func (e *Engine) choose(f *File, asked func(Extractor, bool)) Extractor {
	try := func(x Extractor) bool {
		took := e.matches(x, f)
		if asked != nil {
			asked(x, took)
		}
		return took
	}
	for _, x := range e.Extractors.ForExtension(f.Ext()) {
		if !x.Info().Wildcard && try(x) {
			return x
		}
	}
	for _, x := range e.Extractors.All() {
		if x.Info().Wildcard && try(x) {
			return x
		}
	}
	return nobody{}
}

func (e *Engine) matches(x Extractor, f *File) (ok bool) {
	defer func() {
		if r := recover(); r != nil {
			ok = false
			e.Logger.Error("extractor panicked when asked about a file", "extractor", x.Info().Name, "file", f.Path(),
				"panic", r, "stack", string(debug.Stack()))
		}
	}()
	return x.Match(f)
}

var errTimeout = errors.New("time limit reached")

// call guards one extraction against panics and endless work.
func (e *Engine) call(ctx context.Context, x Extractor, f *File) (*Result, error) {
	limit := e.Timeout
	if limit == 0 {
		limit = defaultTimeout
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errTimeout)
	defer cancel()
	type answer struct {
		result *Result
		err    error
	}
	answers := make(chan answer, 1)
	go func() {
		var a answer
		defer func() {
			if r := recover(); r != nil {
				e.Logger.Error("extractor panicked", "extractor", x.Info().Name, "file", f.Path(), "panic", r, "stack", string(debug.Stack()))
				a = answer{nil, nexuslims.E(nexuslims.Internal, "panic", "", fmt.Errorf("%v", r))}
			}
			answers <- a
		}()
		a.result, a.err = x.Extract(ctx, f)
	}()
	var a answer
	select {
	case a = <-answers:
	case <-ctx.Done():
	}
	if context.Cause(ctx) == errTimeout { //nolint:errorlint // the very value
		return nil, nexuslims.E(nexuslims.Unsupported, "extract", "", fmt.Errorf("%w: %s", errTimeout, limit))
	}
	if a.result != nil {
		a.result.Signals = slices.DeleteFunc(a.result.Signals, func(s *Signal) bool { return s == nil })
	}
	if a.err == nil && (a.result == nil || len(a.result.Signals) == 0) {
		a.err = nexuslims.E(nexuslims.Internal, "extract", "", errors.New("the extractor found nothing and gave no reason"))
	}
	return a.result, a.err
}

// nobody stands in where no extractor takes a file.
type nobody struct{}

func (nobody) Info() Info { return Info{Name: FallbackName, Wildcard: true} }

func (nobody) Match(*File) bool { return true }

func (nobody) Extract(_ context.Context, f *File) (*Result, error) {
	return &Result{Signals: []*Signal{{Document: Document{Meta: basicMeta(f)}}}}, nil
}
