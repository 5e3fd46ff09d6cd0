package folder

import (
	"encoding/json"
	"path"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// documentFormat is the version of record.json.
const documentFormat = 1

// document is record.json: what the site knows of a record, and the record as values for
// whoever reads it by program.
type document struct {
	Format int `json:"format"`
	// Key tells sessions apart, also those whose identifiers are not valid UTF-8.
	Key     string `json:"key"`
	Session string `json:"session"`
	Name    string `json:"name"`
	Folder  string `json:"folder"`
	// Month is the part of the index that lists the record.
	Month string `json:"month"`
	// Digest is the SHA-256 of the XML; empty while the first delivery is under way.
	Digest string `json:"digest"`
	Entry  entry  `json:"index"`
	Record values `json:"record"`
}

// document reads record.json of a folder; fs.ErrNotExist when there is none. One that
// cannot be read as such belongs to nobody: its key is empty.
func (t *tree) document(folder string) (document, error) {
	data, err := t.read(path.Join(recordsDir, folder, jsonFile))
	if err != nil {
		return document{}, err
	}
	var doc document
	if json.Unmarshal(data, &doc) == nil {
		return doc, nil
	}
	return document{}, nil
}

func (t *tree) putDocument(doc document) error {
	data, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nexuslims.E(nexuslims.Internal, "encode record", doc.Folder, err)
	}
	return t.put(path.Join(recordsDir, doc.Folder, jsonFile), append(data, '\n'))
}

// values are a record in JSON. Times are ISO 8601 with offset.
type values struct {
	Title         string     `json:"title"`
	ID            string     `json:"id,omitempty"`
	PID           string     `json:"pid,omitempty"`
	Ref           string     `json:"ref,omitempty"`
	Experimenter  string     `json:"experimenter,omitempty"`
	Collaborators []string   `json:"collaborators,omitempty"`
	InstrumentPID string     `json:"instrument_pid"`
	Instrument    string     `json:"instrument"`
	Start         string     `json:"reservation_start,omitempty"`
	End           string     `json:"reservation_end,omitempty"`
	Motivation    string     `json:"motivation,omitempty"`
	Samples       []sample   `json:"samples,omitempty"`
	Projects      []project  `json:"projects,omitempty"`
	Activities    []activity `json:"activities"`
}

type sample struct {
	ID          string   `json:"id,omitempty"`
	Ref         string   `json:"ref,omitempty"`
	Name        string   `json:"name,omitempty"`
	Description string   `json:"description,omitempty"`
	Elements    []string `json:"elements,omitempty"`
}

type project struct {
	Name     string `json:"name,omitempty"`
	Division string `json:"division,omitempty"`
	Group    string `json:"group,omitempty"`
	ID       string `json:"id,omitempty"`
	Ref      string `json:"ref,omitempty"`
}

type activity struct {
	Start    string    `json:"start,omitempty"`
	SampleID string    `json:"sample_id,omitempty"`
	Setup    []param   `json:"setup,omitempty"`
	Datasets []dataset `json:"datasets"`
}

type dataset struct {
	Type        string  `json:"type"`
	Role        string  `json:"role,omitempty"`
	Name        string  `json:"name"`
	Location    string  `json:"location"`
	Format      string  `json:"format,omitempty"`
	Preview     string  `json:"preview,omitempty"`  // file of the site
	Metadata    string  `json:"metadata,omitempty"` // file of the site
	Description string  `json:"description,omitempty"`
	Rating      *int    `json:"rating,omitempty"`
	Featured    *bool   `json:"featured,omitempty"`
	Meta        []param `json:"meta,omitempty"`
}

type param struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	Unit    string `json:"unit,omitempty"`
	Warning bool   `json:"warning,omitempty"`
}

// stamp returns an instant as text, "" when it is unknown.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return nexuslims.Stamp(t)
}
