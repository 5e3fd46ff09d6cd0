package pipeline

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/preview"
	"github.com/nexuslims/nexuslims-go/internal/atomicfile"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/find"
)

// writeDocuments writes metadata files and previews of a file's signals to their places
// in the data tree, and returns the paths of the previews; "" where there is none.
// Documents of an earlier reading that had another number of signals are removed.
func (p *Pipeline) writeDocuments(ctx context.Context, f find.File, outcome extractors.Outcome) ([]string, error) {
	count := len(outcome.Signals)
	previews := make([]string, count)
	for i, s := range outcome.Signals {
		metadata, picture := documentNames(f.Path, i, count)
		if err := p.writeData(metadata, s.JSON()); err != nil {
			return nil, err
		}
		png := p.draw(ctx, f, outcome, i)
		if ctx.Err() != nil {
			return nil, nexuslims.E(nexuslims.Canceled, "draw preview", f.Path, ctx.Err())
		}
		if png == nil {
			p.remove(picture) // of an earlier reading
			continue
		}
		if err := p.writeData(picture, png); err != nil {
			return nil, err
		}
		previews[i] = picture
	}
	p.removeOutdated(f.Path, count)
	return previews, nil
}

// nameDocuments returns what writeDocuments would, and writes nothing.
func (p *Pipeline) nameDocuments(_ context.Context, f find.File, outcome extractors.Outcome) ([]string, error) {
	previews := make([]string, len(outcome.Signals))
	for i, s := range outcome.Signals {
		if outcome.Err != nil || s.Drawable() {
			_, previews[i] = documentNames(f.Path, i, len(outcome.Signals))
		}
	}
	return previews, nil
}

// writeData writes below the data root. A disk that is full or gone is a matter of time.
func (p *Pipeline) writeData(name string, data []byte) error {
	if err := atomicfile.WriteFS(p.fs, filepath.Join(p.options.Data, filepath.FromSlash(name)), data, 0o644); err != nil {
		return nexuslims.E(nexuslims.Transient, "write", name, err)
	}
	return nil
}

// remove deletes a file below the data root and reports whether it was there.
func (p *Pipeline) remove(name string) bool {
	err := os.Remove(filepath.Join(p.options.Data, filepath.FromSlash(name)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.log.Debug("outdated file stays", "file", name, "err", err)
	}
	return err == nil
}

// draw returns the preview of a signal: the placeholder with the reason when it cannot
// be drawn, nil when nothing of it could ever be.
func (p *Pipeline) draw(ctx context.Context, f find.File, outcome extractors.Outcome, i int) []byte {
	s := outcome.Signals[i]
	failed, level := outcome.Err, slog.LevelDebug // its reason was told by the engine
	if failed == nil {
		if !s.Drawable() {
			return nil
		}
		drawn, err := preview.Draw(ctx, s, preview.Options{Title: title(f.Path), Index: i, Count: len(outcome.Signals)})
		if err == nil {
			if drawn.Note != "" {
				p.log.Debug("preview is not whole", "file", f.Path, "signal", i, "reason", drawn.Note)
			}
			return drawn.PNG
		}
		failed, level = err, slog.LevelWarn
	}
	if ctx.Err() != nil {
		return nil
	}
	p.log.Log(ctx, level, "preview is a placeholder", "file", f.Path, "signal", i, "err", failed)
	return preview.Placeholder(reasonOf(failed), 0)
}

// title is what stands above a signal that has none of its own: the name of the file.
func title(file string) string {
	base := path.Base(file)
	return strings.TrimSuffix(base, path.Ext(base))
}

// reasonOf shortens an error to the line that a placeholder has room for.
func reasonOf(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return text
}

// removeOutdated deletes documents of earlier readings of the file that had more
// signals, or one instead of several.
func (p *Pipeline) removeOutdated(file string, count int) {
	first := count
	if count == 1 {
		first = 0
	} else {
		metadata, picture := documentNames(file, 0, 1)
		p.remove(metadata)
		p.remove(picture)
	}
	for i := first; ; i++ {
		metadata, picture := documentNames(file, i, 2)
		if !p.remove(metadata) {
			return
		}
		p.remove(picture)
	}
}
