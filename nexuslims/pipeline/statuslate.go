package pipeline

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/find"
	"github.com/nexuslims/nexuslims-go/nexuslims/record"
)

// mayLack reports whether sessions of a status have a settled choice of files.
func mayLack(status nexuslims.Status) bool {
	switch status {
	case nexuslims.Completed, nexuslims.BuiltNotExported, nexuslims.NoFilesFound:
		return true
	}
	return false
}

// late compares the files in the windows of settled sessions with what their records hold.
// It returns the files of records that were written again after their session.
func (s *status) late(
	ctx context.Context, in nexuslims.Instrument, own []db.Queued, tree *find.Tree, out *InstrumentStatus,
) (moved map[string]bool, err error) {
	moved = map[string]bool{}
	byPath := make(map[string]find.File, len(tree.Files))
	for _, f := range tree.Files {
		byPath[f.Path] = f
	}
	for _, q := range own {
		if !mayLack(q.Status) {
			continue
		}
		files := tree.Within(find.Window{From: q.From, To: q.To})
		held, err := s.held(ctx, in, q, len(files) > 0)
		if err != nil {
			return nil, err
		}
		if !held.known {
			out.Unknown.add(q.ID)
			continue
		}
		late := s.compare(q, held, files, byPath)
		for _, f := range late.Items {
			if f.Change == LateMoved {
				moved[f.Path] = true
			}
		}
		if late.Total == 0 {
			continue
		}
		zone := s.zone(q.Instrument)
		use := LateUse{Session: q.ID, Status: q.Status, Record: held.record, From: q.From.In(zone), To: q.To.In(zone), Files: late}
		out.Late.add(use)
		s.concern(use.concern(q.Instrument))
	}
	return moved, nil
}

// compare lists the files that a record does not hold as they are now.
func (s *status) compare(q db.Queued, held held, files []find.File, byPath map[string]find.File) (late Listed[LateFile]) {
	zone := s.zone(q.Instrument)
	add := func(f find.File, change string) {
		late.add(LateFile{StrayFile{f.Path, f.ModTime.In(zone), f.Size}, change})
	}
	found := make(map[string]bool, len(files))
	for _, f := range files {
		found[f.Path] = true
		switch claim, ok := held.files[f.Path]; {
		case !ok:
			add(f, LateNew)
		case !held.exact, claim.Size == f.Size && claim.ModTime.Equal(f.ModTime):
		default:
			add(f, LateChanged)
		}
	}
	if !held.exact {
		return late
	}
	for _, path := range sortedKeys(held.files) {
		f, ok := byPath[path]
		if ok && !found[path] && !f.ModTime.Equal(held.files[path].ModTime) {
			add(f, LateMoved)
		}
	}
	return late
}

// held is what is known of the files of a record.
type held struct {
	record string
	files  map[string]db.FileClaim
	known  bool
	exact  bool // times and sizes are known too
}

// held returns the files that the record of a session holds: as they were written down
// when it was built, or as the record of the Python program tells, which is read when
// there is something to compare it with.
func (s *status) held(ctx context.Context, in nexuslims.Instrument, q db.Queued, needed bool) (held, error) {
	h := held{known: true, exact: true, files: map[string]db.FileClaim{}}
	claims, err := s.store.FileClaims(ctx, q.ID)
	if err != nil {
		return h, err
	}
	kept, found, err := s.store.Record(ctx, q.ID)
	if err != nil {
		return h, err
	}
	if h.record = kept.Name; !found {
		h.record = strings.TrimSuffix(record.FileName(q.Session, in), ".xml")
	}
	if q.Status == nexuslims.NoFilesFound {
		h.record = ""
		return h, nil
	}
	for _, c := range claims {
		h.files[c.Path] = c
	}
	if len(claims) > 0 || !needed {
		return h, nil
	}
	h.exact = false
	h.known = s.readLocations(h.record, h.files)
	return h, nil
}

// readLocations reads the files of a record from its document, and reports whether there
// is one that can be read.
func (s *status) readLocations(name string, files map[string]db.FileClaim) bool {
	for _, path := range []string{s.uploadedPath(name), s.recordPath(name)} {
		xml, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		rec, err := record.Decode(xml)
		if err != nil {
			s.log.Warn("record cannot be read", "record", name, "err", err)
			continue
		}
		for _, activity := range rec.Activities {
			for _, set := range activity.Datasets {
				location := strings.TrimLeft(set.Location, "/")
				files[location] = db.FileClaim{Path: location}
			}
		}
		return true
	}
	return false
}

// concern tells what to do about late files.
func (u LateUse) concern(instrument string) Concern {
	count := map[string]int{}
	for _, f := range u.Files.Items {
		count[f.Change]++
	}
	var parts []string
	for _, c := range []struct{ change, text string }{
		{LateNew, "%s of its time not in its record"}, {LateChanged, "%s written again since"}, {LateMoved, "%s written again after it ended"},
	} {
		if n := count[c.change]; n > 0 {
			parts = append(parts, fmt.Sprintf(c.text, counted(n, "file")))
		}
	}
	advice := "nexuslims rebuild " + quoted(u.Session)
	if count[LateMoved] > 0 {
		advice = "look at them first: a rebuild leaves out what was written after the session"
		if count[LateMoved] < len(u.Files.Items) {
			advice += "; " + "nexuslims rebuild " + quoted(u.Session)
		}
	}
	return Concern{Kind: ConcernLate, Session: u.Session, Instrument: instrument, Text: strings.Join(parts, ", "), Advice: advice}
}
