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
	Key    string `json:"key"`
	Folder string `json:"folder"`
}

// keyOf returns what a session is known by.
func keyOf(session string) string { return digest([]byte(session), 32) }

func claimFile(key string) string { return path.Join(sessionsDir, key+".json") }

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
		if doc.Key == keyOf(job.Session.ID) && doc.Folder == folder {
			return doc, true, nil
		}
	}
	return document{}, false, nil
}

// candidates lists the folders that a session's record may be in: the one of its claim,
// the one of its name, and the one of its name where that is taken.
func (t *tree) candidates(job *exporters.Job) []string {
	name, key := safeName(job.Name), keyOf(job.Session.ID)
	folders := []string{name, name + "-" + key[:10]}
	if claimed := t.claimed(key); claimed != "" {
		folders = append([]string{claimed}, folders...)
	}
	return folders
}

// claimed returns the folder that a session has taken, "" when there is none.
func (t *tree) claimed(key string) string {
	data, err := t.read(claimFile(key))
	if err != nil {
		return ""
	}
	var c claim
	if json.Unmarshal(data, &c) != nil || c.Key != key || safeName(c.Folder) != c.Folder {
		return ""
	}
	return c.Folder
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
		doc = document{Format: documentFormat, Key: keyOf(job.Session.ID), Session: job.Session.ID, Folder: folder}
	}
	data, err := json.Marshal(claim{Key: doc.Key, Folder: doc.Folder})
	if err == nil {
		err = t.put(claimFile(doc.Key), append(data, '\n'))
	}
	if err == nil && !found {
		err = t.putDocument(doc)
	}
	return doc, err
}

// free returns the first candidate that no other session has. One whose record.json is
// damaged is taken back by the session that claimed it.
func (t *tree) free(job *exporters.Job) (string, error) {
	claimed := t.claimed(keyOf(job.Session.ID))
	for _, folder := range t.candidates(job) {
		doc, err := t.document(folder)
		switch {
		case errors.Is(err, fs.ErrNotExist), err == nil && doc.Key == "" && folder == claimed:
			return folder, nil
		case err != nil:
			return "", err
		}
	}
	return "", nexuslims.E(nexuslims.Conflict, "name folder of session", job.Session.ID, errors.New("all names are taken"))
}
