package objects

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// format is the version of manifest.json.
const format = 1

// Manifest is manifest.json: what a whole record consists of. It says nothing of times, so
// that the same record has the same manifest.
type Manifest struct {
	Format     int    `json:"format"`
	Session    string `json:"session"`
	Instrument string `json:"instrument"`
	Name       string `json:"name"`
	// Digest is that of the document as it was built; that of record.xml differs where
	// people's edits were merged into it.
	Digest string `json:"digest"`
	// Version is that of the program which wrote the record.
	Version string `json:"version"`
	Files   []File `json:"files"`
	// Links leads to the record at other destinations, by their names.
	Links map[string]string `json:"links,omitempty"`
}

// File is an object of a record. Its name is relative to the manifest.
type File struct {
	Name      string `json:"name"`
	MediaType string `json:"media_type"`
	Size      int64  `json:"size"`
	SHA256    string `json:"sha256"`
}

func newManifest(job *exporters.Job, files []File) Manifest {
	m := Manifest{
		Format: format, Session: job.Session.ID, Instrument: job.Instrument.PID, Name: job.Name, Digest: job.Digest,
		Version: nexuslims.Version, Files: files,
	}
	slices.SortFunc(m.Files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	for name, r := range job.Previous {
		if r.URL != "" {
			if m.Links == nil {
				m.Links = map[string]string{}
			}
			m.Links[name] = r.URL
		}
	}
	return m
}

// file returns the entry of a name; a zero one where there is none.
func (m Manifest) file(name string) File {
	i := slices.IndexFunc(m.Files, func(f File) bool { return f.Name == name })
	if i < 0 {
		return File{}
	}
	return m.Files[i]
}

// keep adds the files of certain names.
func (m Manifest) keep(files []File, wanted func(name string) bool) []File {
	for _, f := range m.Files {
		if wanted(f.Name) {
			files = append(files, f)
		}
	}
	return files
}

func encode(v any) ([]byte, error) {
	b, err := json.MarshalIndent(v, "", "  ")
	return append(b, '\n'), err
}
