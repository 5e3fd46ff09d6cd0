package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/internal/atomicfile"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/find"
	"github.com/nexuslims/nexuslims-go/nexuslims/record"
)

// Parts are what a pipeline is put together from. The caller opens and closes them.
type Parts struct {
	Store      *db.Store
	Engine     *extractors.Engine
	Harvesters []harvesters.Harvester
	// Runner delivers records; its ledger is that of the store (see Ledger). Unless it says
	// otherwise, documents that people edited are kept in the folder "edited" of the records.
	Runner *exporters.Runner
	Logger *slog.Logger
	Now    func() time.Time
	// Files is the file system that metadata, previews and records are written through; nil:
	// that of the machine. Tests make it fail.
	Files atomicfile.FS
	// Progress is told what goes on; nil: nobody. It is called from several goroutines,
	// one at a time.
	Progress func(Progress)
	// Checkpoint is called with the name of each step after it became durable; tests end
	// the process there. nil: nothing.
	Checkpoint func(step string)
}

// Pipeline makes records. It is used by one goroutine at a time.
type Pipeline struct {
	options        Options
	store          *db.Store
	engine         *extractors.Engine
	harvesters     []harvesters.Harvester
	harvesterKinds []string
	runner         *exporters.Runner
	down           sync.Map // sources that did not answer in this run, with the error
	log            *slog.Logger
	now            func() time.Time
	progress       *progress
	fs             atomicfile.FS
	checkpoint     func(string)
	finder         find.Store
	validator      record.Validator
	owner          string // under which sessions are claimed
}

// New puts a pipeline together. Patterns that cannot be understood are Invalid.
func New(o Options, parts Parts) (*Pipeline, error) {
	ignore, err := find.CompilePatterns(o.Ignore)
	if err != nil {
		return nil, err
	}
	p := &Pipeline{
		options: o, store: parts.Store, engine: parts.Engine, harvesters: parts.Harvesters, runner: parts.Runner,
		log: parts.Logger, now: parts.Now, progress: newProgress(parts.Progress), fs: parts.Files, checkpoint: parts.Checkpoint,
		finder: find.Store{Root: o.InstrumentData, Ignore: ignore, Workers: o.WalkWorkers},
	}
	if !o.Inclusive {
		p.finder.Known = p.engine.Extractors.Known()
	}
	if p.fs == nil {
		p.fs = atomicfile.OS{}
	}
	if p.checkpoint == nil {
		p.checkpoint = func(string) {}
	}
	if p.runner != nil && p.runner.Keep == nil {
		p.runner.Keep = p.keepEdited
	}
	for _, h := range p.harvesters {
		p.harvesterKinds = append(p.harvesterKinds, h.Source().Kind)
	}
	host, _ := os.Hostname() // an owner is unique without it
	p.owner = fmt.Sprintf("%s:%d:%d", host, os.Getpid(), p.now().UnixNano())
	return p, nil
}

// harvesterFor returns the source that knows an instrument best, nil for none.
func (p *Pipeline) harvesterFor(in nexuslims.Instrument) harvesters.Harvester {
	var best harvesters.Harvester
	score := 0
	for _, h := range p.harvesters {
		if h.Source().Kind != in.Harvester {
			continue
		}
		if n := h.Owns(in); n > score {
			best, score = h, n
		}
	}
	return best
}

// unreachable returns why a source is left alone in this run; nil when it is not.
func (p *Pipeline) unreachable(h harvesters.Harvester) error {
	if err, ok := p.down.Load(h.Source()); ok {
		return err.(error)
	}
	return nil
}

// guarded calls into an extension and turns a panic into an error of its own.
func guarded(call func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = nexuslims.E(nexuslims.Internal, "panic", "", fmt.Errorf("%v\n%s", r, debug.Stack()))
		}
	}()
	return call()
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// canceled reports whether the caller gave up.
func canceled(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, nexuslims.Canceled)
}
