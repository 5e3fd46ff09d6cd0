package pipeline

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/internal/atomicfile"
)

// staleAfter is the age at which a temporary file belongs to nobody any more.
// No write takes that long.
const staleAfter = 5 * time.Minute

// tidyData removes temporary files that a killed run left where the documents of a
// session's files go.
func (p *Pipeline) tidyData(w *work) {
	seen := map[string]bool{}
	for _, f := range w.files {
		dir := path.Dir(f.Path)
		if seen[dir] {
			continue
		}
		seen[dir] = true
		if err := atomicfile.RemoveStale(filepath.Join(p.options.Data, filepath.FromSlash(dir)), staleAfter, p.now()); err != nil {
			p.log.Warn("temporary files stay in the data tree", "folder", dir, "err", err)
		}
	}
}

// tidy finishes what a killed run left in the records folder: exported records that
// were not moved yet, and temporary files. What goes wrong here waits for the next run.
func (p *Pipeline) tidy(ctx context.Context) {
	if err := atomicfile.RemoveStale(p.options.Records, staleAfter, p.now()); err != nil {
		p.log.Warn("temporary files stay in the records folder", "err", err)
	}
	entries, err := os.ReadDir(p.options.Records)
	if err != nil {
		return // made when the first record is written
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".xml")
		if !ok || !e.Type().IsRegular() {
			continue
		}
		kept, found, err := p.store.RecordNamed(ctx, name)
		if err != nil || !found || kept.State != db.RecordUploaded {
			continue
		}
		if data, err := os.ReadFile(p.recordPath(name)); err == nil && kept.Digest != "" && digest(data) != kept.Digest {
			p.log.Warn("a rebuild was interrupted, its record counts for nothing; rebuild the session again",
				"session", kept.Session, "record", name)
			continue
		}
		if err := atomicfile.Move(p.recordPath(name), p.uploadedPath(name)); err != nil {
			p.log.Warn("exported record cannot be moved to the uploaded ones", "record", name, "err", err)
		}
	}
}
