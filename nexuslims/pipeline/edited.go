package pipeline

import (
	"path/filepath"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/internal/atomicfile"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// keepEdited keeps a document that people edited at a destination, as it stands there, beside
// our records: whatever comes of merging, nothing that they wrote is lost. Each version has
// a name of its own.
func (p *Pipeline) keepEdited(job *exporters.Job, destination string, stored []byte) error {
	name := job.Name + "." + destination + "." + digest(stored)[:8] + ".xml"
	if err := atomicfile.WriteFS(p.fs, filepath.Join(p.options.Records, "edited", name), stored, 0o644); err != nil {
		return nexuslims.E(nexuslims.Transient, "keep edited record", name, err)
	}
	p.log.Info("people edited the record, their version is kept", "session", job.Session.ID, "destination", destination, "file", name)
	return nil
}
