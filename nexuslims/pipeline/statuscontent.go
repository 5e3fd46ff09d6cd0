package pipeline

import (
	"context"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/find"
)

// content lists the files of a session's record and of its time.
func (s *status) content(ctx context.Context, q db.Queued, out *SessionStatus) error {
	var in nexuslims.Instrument
	for _, known := range s.instruments {
		if known.PID == q.Instrument {
			in = known
		}
	}
	h, err := s.held(ctx, in, q, true)
	if err != nil {
		return err
	}
	if out.Record == nil && h.record != "" && !h.exact && h.known {
		out.Record = s.recordStatus(db.Record{Name: h.record, State: "unknown"})
	}
	switch {
	case s.options.NoFiles:
		out.NoFiles = "they were not looked for"
		return nil
	case q.Status == nexuslims.ConsentRefused:
		out.NoFiles = "they are not looked for without consent"
		return nil
	}
	s.progress.update(func(n *Progress) { n.Stage = "looking through the files of " + q.Instrument })
	window := find.Window{From: q.From, To: q.To}
	tree, err := s.finder.Walk(ctx, in.Folder(), []find.Window{{From: q.From}})
	if canceled(ctx, err) {
		return err
	}
	if err != nil {
		out.NoFiles = firstLine(err.Error())
		return nil
	}
	byPath := make(map[string]find.File, len(tree.Files))
	for _, f := range tree.Files {
		byPath[f.Path] = f
	}
	files := tree.Within(window)
	settled := mayLack(q.Status) && h.known
	late := Listed[LateFile]{}
	if settled {
		late = s.compare(q, h, files, byPath)
		if late.Total > 0 {
			use := LateUse{Session: q.ID, Status: q.Status, Files: late}
			s.concern(use.concern(q.Instrument))
		}
	}
	s.listFiles(q, h, files, late, settled, out)
	return nil
}

// listFiles puts files found and files held together, in the order of their times.
func (s *status) listFiles(q db.Queued, h held, files []find.File, late Listed[LateFile], settled bool, out *SessionStatus) {
	zone := s.zone(q.Instrument)
	change := map[string]string{}
	for _, f := range late.Items {
		change[f.Path] = f.Change
	}
	found := map[string]bool{}
	for _, f := range files {
		found[f.Path] = true
		out.Files.add(KnownFile{StrayFile: StrayFile{f.Path, f.ModTime.In(zone), f.Size}, Change: change[f.Path]})
	}
	for _, f := range late.Items {
		if f.Change == LateMoved {
			found[f.Path] = true
			out.Files.add(KnownFile{StrayFile: f.StrayFile, Change: f.Change})
		}
	}
	if !settled {
		return
	}
	for _, path := range sortedKeys(h.files) {
		if claim := h.files[path]; !found[path] {
			k := KnownFile{StrayFile: StrayFile{Path: path, Size: claim.Size}, Gone: true}
			if h.exact {
				k.ModTime = claim.ModTime.In(zone)
			}
			out.Files.add(k)
		}
	}
}
