package elabftwtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
)

func (x *exchange) uploads(e *Experiment) reply {
	if x.part(3) == "" {
		switch x.r.Method {
		case http.MethodGet:
			return x.listUploads(e)
		case http.MethodPost:
			return x.receive(e, nil)
		}
		return x.s.refuse(http.StatusBadRequest, "Invalid action parameter.")
	}
	u := e.upload(x.number(3))
	if u == nil {
		return x.s.refuse(http.StatusNotFound, "Nothing to show with this id")
	}
	switch x.r.Method {
	case http.MethodGet:
		if x.r.URL.Query().Get("format") == "binary" {
			return reply{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/octet-stream"}}, Body: u.Content}
		}
		return ok(x.s.upload(e, *u))
	case http.MethodPost:
		return x.receive(e, u)
	case http.MethodDelete:
		if cites(e, u) {
			return x.refuseCited()
		}
		u.State = deleted
		return reply{Status: http.StatusNoContent, Header: http.Header{}}
	}
	return x.s.refuse(http.StatusBadRequest, "Invalid action parameter.")
}

func (x *exchange) listUploads(e *Experiment) reply {
	states := x.r.URL.Query().Get("state")
	if states == "" {
		states = "1"
	}
	all := []map[string]any{}
	for i := len(e.Uploads) - 1; i >= 0; i-- {
		if u := e.Uploads[i]; slices.Contains(strings.Split(states, ","), fmt.Sprint(u.State)) {
			all = append(all, x.s.upload(e, u))
		}
	}
	return ok(all)
}

// receive takes a file. Sent to an earlier one it takes that one's place; from 5.6 on only
// when the form says so.
func (x *exchange) receive(e *Experiment, earlier *Upload) reply {
	name, content, fields := x.form()
	if name == "" {
		return x.s.refuse(http.StatusBadRequest, "Error reading file!")
	}
	if earlier != nil && (x.s.version < 50600 || fields["action"] == "replace") {
		if cites(e, earlier) {
			return x.refuseCited()
		}
		x.s.replace(e, earlier, name, content)
	} else {
		x.s.lastUpload++
		e.Uploads = append(e.Uploads, Upload{x.s.lastUpload, name, fields["comment"], content, normal})
	}
	return x.s.made(fmt.Sprintf("experiments/%d/uploads/%d", e.ID, x.s.lastUpload))
}

// longName is the name under which a text refers to a file.
func longName(id int) string { return fmt.Sprintf("ab/ab%d.xml", id) }

func cites(e *Experiment, u *Upload) bool { return strings.Contains(e.Body, longName(u.ID)) }

func (x *exchange) refuseCited() reply {
	return x.s.refuse(http.StatusBadRequest, "Please make sure to remove any reference to this file in the body!")
}

// replace archives a file and puts another one in its place, under the old comment.
func (s *Server) replace(e *Experiment, earlier *Upload, name string, content []byte) {
	earlier.State = archived
	s.lastUpload++
	e.Uploads = append(e.Uploads, Upload{s.lastUpload, name, earlier.Comment, content, normal})
}

// form reads an upload. The name is what stands behind the last slash of either kind.
func (x *exchange) form() (name string, content []byte, fields map[string]string) {
	_, params, err := mime.ParseMediaType(x.r.Header.Get("Content-Type"))
	if err != nil {
		return "", nil, nil
	}
	fields = map[string]string{}
	r := multipart.NewReader(bytes.NewReader(x.body), params["boundary"])
	for {
		part, err := r.NextRawPart()
		if err != nil {
			return name, content, fields
		}
		b, err := io.ReadAll(part)
		if err != nil {
			return "", nil, nil
		}
		if part.FormName() != "file" {
			fields[part.FormName()] = string(b)
			continue
		}
		_, disposition, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		if err != nil {
			return "", nil, nil
		}
		name, content = disposition["filename"], b
		name = name[strings.LastIndexAny(name, `/\`)+1:]
	}
}

func (s *Server) upload(e *Experiment, u Upload) map[string]any {
	sum := sha256.Sum256(u.Content)
	out := map[string]any{
		"id": u.ID, "real_name": u.RealName, "long_name": longName(u.ID), "comment": nullable(u.Comment),
		"item_id": e.ID, "userid": e.Owner, "fullname": "Ned Land", "type": "experiments", "created_at": created,
		"hash": hex.EncodeToString(sum[:]), "hash_algorithm": "sha256", "filesize": len(u.Content),
		"state": u.State, "storage": 1, "immutable": 0,
	}
	if s.options.NoHash {
		out["hash"], out["hash_algorithm"] = nil, nil
	}
	return out
}
