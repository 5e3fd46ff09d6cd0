package folder

import (
	"encoding/json"
	"errors"
	"io/fs"
	"path"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// claim is the file of a session: which folder its record is in.
type claim struct {
	Session string `json:"session"`
	Folder  string `json:"folder"`
}

func claimFile(session string) string {
	return path.Join(sessionsDir, digest([]byte(session), 32)+".json")
}

// find returns the document of a session's record, and whether there is one. A record
// that was begun and not finished has no digest.
func (t *tree) find(job *exporters.Job) (document, bool, error) {
	for _, folder := range t.candidates(job) {
		doc, err := t.document(folder)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return document{}, false, err
		}
		if doc.Session == job.Session.ID && doc.Folder == folder {
			return doc, true, nil
		}
	}
	return document{}, false, nil
}

// candidates lists the folders that a session's record may be in: the one of its claim,
// the one of its name, and the one of its name where that is taken.
func (t *tree) candidates(job *exporters.Job) []string {
	var folders []string
	if data, err := t.read(claimFile(job.Session.ID)); err == nil {
		var c claim
		if json.Unmarshal(data, &c) == nil && c.Session == job.Session.ID && safeName(c.Folder) == c.Folder {
			folders = append(folders, c.Folder)
		}
	}
	name := safeName(job.Name)
	return append(folders, name, name+"-"+digest([]byte(job.Session.ID), 10))
}

// claim returns the document of a session's record, after taking a folder for it where
// there is none yet.
func (t *tree) claim(job *exporters.Job) (document, error) {
	doc, found, err := t.find(job)
	if err != nil {
		return document{}, err
	}
	if !found {
		folder, err := t.free(job)
		if err != nil {
			return document{}, err
		}
		doc = document{Format: documentFormat, Session: job.Session.ID, Folder: folder}
	}
	data, err := json.Marshal(claim{Session: job.Session.ID, Folder: doc.Folder})
	if err == nil {
		err = t.put(claimFile(job.Session.ID), append(data, '\n'))
	}
	if err == nil && !found {
		err = t.putDocument(doc)
	}
	return doc, err
}

// free returns the first candidate that no other session has.
func (t *tree) free(job *exporters.Job) (string, error) {
	for _, folder := range t.candidates(job) {
		_, err := t.document(folder)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return folder, nil
		case err != nil:
			return "", err
		}
	}
	return "", nexuslims.E(nexuslims.Conflict, "name folder of session", job.Session.ID, errors.New("all names are taken"))
}
