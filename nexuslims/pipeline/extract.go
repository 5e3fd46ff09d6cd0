package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/find"
	"github.com/nexuslims/nexuslims-go/nexuslims/record"
)

// extraction is the reading of the files of one session.
type extraction struct {
	pipeline   *Pipeline
	instrument nexuslims.Instrument
	roots      map[string]*os.Root
	looking    bool         // metadata files and previews are not written
	done       func() error // called after each file, by one goroutine at a time
	mu         sync.Mutex
}

// fileResult is what came of one file.
type fileResult struct {
	signals []record.Signal
	note    string // to be told about the file
	skipped bool   // not part of the record
	changed bool   // it changed while it was read
}

// extractAll reads the files of a session in parallel and returns their signals in file
// order. The error is Canceled or Transient; whatever is wrong with one file stays with it.
func (p *Pipeline) extractAll(ctx context.Context, w *work) ([]fileResult, error) {
	x := &extraction{
		pipeline: p, instrument: w.instrument, roots: map[string]*os.Root{}, looking: w.looking,
		done: func() error { return p.hold(ctx, w) },
	}
	defer x.close()
	files := w.files
	for _, f := range files {
		if x.roots[f.Root] != nil {
			continue
		}
		root, err := os.OpenRoot(f.Root)
		if err != nil {
			return nil, nexuslims.E(nexuslims.Transient, "open instrument store", f.Root, err)
		}
		x.roots[f.Root] = root
	}
	results := make([]fileResult, len(files))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(p.workers())
	for i, f := range files {
		g.Go(func() error {
			var err error
			if results[i], err = x.file(ctx, f); err != nil {
				return fmt.Errorf("%s: %w", f.Path, err)
			}
			p.progress.update(func(n *Progress) { n.Files++; n.Bytes += f.Size })
			x.mu.Lock()
			defer x.mu.Unlock()
			return x.done()
		})
	}
	return results, g.Wait()
}

func (p *Pipeline) workers() int {
	if p.options.Workers > 0 {
		return p.options.Workers
	}
	return runtime.GOMAXPROCS(0)
}

func (x *extraction) close() {
	for _, r := range x.roots {
		if err := r.Close(); err != nil {
			x.pipeline.log.Debug("closing folder", "err", err)
		}
	}
}

// file reads one file, writes its metadata and previews, and describes its signals.
func (x *extraction) file(ctx context.Context, f find.File) (fileResult, error) {
	file, err := extractors.OpenFile(x.roots[f.Root], f.Name, extractors.Context{Instrument: &x.instrument, Path: f.Path})
	switch {
	case errors.Is(err, nexuslims.NotFound):
		return fileResult{skipped: true, note: "vanished before it was read"}, nil
	case errors.Is(err, nexuslims.Unsupported):
		return fileResult{skipped: true, note: "is no regular file any more"}, nil
	case errors.Is(err, nexuslims.Permission):
		// The file was there in the session's time: it stands in the record, with the reason.
		file = extractors.NewFile(f.Path, unreadable{err}, f.Size, f.ModTime, extractors.Context{Instrument: &x.instrument, Path: f.Path})
	case err != nil:
		return fileResult{}, err
	}
	defer func() { _ = file.Close() }()
	return x.read(ctx, f, file)
}

func (x *extraction) read(ctx context.Context, f find.File, file *extractors.File) (fileResult, error) {
	outcome, err := x.pipeline.engine.Extract(ctx, file)
	if err != nil {
		if errors.Is(err, nexuslims.NotFound) {
			return fileResult{skipped: true, note: "vanished while it was read"}, nil
		}
		return fileResult{}, err
	}
	var result fileResult
	if outcome.Err != nil {
		result.note = outcome.Err.Error()
	}
	documents := x.pipeline.writeDocuments
	if x.looking {
		documents = x.pipeline.nameDocuments
	}
	names, err := documents(ctx, f, outcome)
	if err != nil {
		return fileResult{}, err
	}
	for i, s := range outcome.Signals {
		result.signals = append(result.signals, record.Signal{
			Location: f.Path, Time: f.ModTime, Size: f.Size, Format: outcome.Format,
			Index: i, Count: len(outcome.Signals), Meta: s.Meta, Preview: names[i],
		})
	}
	if reason := x.changed(f); reason != "" {
		result.changed, result.note = true, reason
	}
	return result, nil
}

// changed compares the file with what it was when it was found.
func (x *extraction) changed(f find.File) string {
	info, err := x.roots[f.Root].Stat(f.Name)
	switch {
	case err != nil:
		return "vanished while it was read"
	case info.Size() != f.Size:
		return fmt.Sprintf("grew or shrank while it was read, from %d to %d bytes", f.Size, info.Size())
	case !info.ModTime().Equal(f.ModTime):
		return "was written to while it was read"
	}
	return ""
}

// unreadable is a file whose bytes are refused.
type unreadable struct{ err error }

func (u unreadable) ReadAt([]byte, int64) (int, error) { return 0, u.err }

// documentNames returns the slash-separated paths, relative to the data root, of the
// metadata file and the preview of one signal.
func documentNames(file string, index, count int) (metadata, preview string) {
	stem := path.Clean(file)
	if count > 1 {
		stem = fmt.Sprintf("%s_signal%d", stem, index)
	}
	return stem + ".json", stem + ".thumb.png"
}
