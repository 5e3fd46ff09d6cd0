package pipeline

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/find"
)

// clockTolerance is how far apart clocks of file servers may be.
const clockTolerance = 5 * time.Minute

// files looks through the folders of all instruments, one after the other.
func (s *status) files(ctx context.Context) error {
	own := map[string][]db.Queued{}
	for _, q := range s.sessions {
		own[q.Instrument] = append(own[q.Instrument], q)
	}
	for i, in := range s.instruments {
		s.progress.update(func(n *Progress) {
			n.Stage = fmt.Sprintf("looking through the files of %s (%d of %d)", in.PID, i+1, len(s.instruments))
		})
		out := InstrumentStatus{Instrument: in.PID, Folder: in.Folder()}
		if err := s.instrument(ctx, in, own[in.PID], &out); err != nil {
			return err
		}
		s.report.Files = append(s.report.Files, out)
	}
	return nil
}

// instrument looks through the folder of one instrument.
func (s *status) instrument(ctx context.Context, in nexuslims.Instrument, own []db.Queued, out *InstrumentStatus) error {
	from := s.report.Since
	for _, q := range own {
		if mayLack(q.Status) && q.From.Before(from) {
			from = q.From
		}
	}
	tree, err := s.finder.Walk(ctx, out.Folder, []find.Window{{From: from.Add(-time.Nanosecond)}})
	if canceled(ctx, err) {
		return err
	}
	if err != nil {
		out.Error = err.Error()
		if len(own) > 0 {
			s.concern(Concern{Kind: ConcernStore, Instrument: in.PID, Text: firstLine(out.Error), Advice: "see that the store is mounted"})
		}
		return nil
	}
	for _, w := range tree.Warnings {
		if w.Missing {
			out.Unreadable = append(out.Unreadable, w.Path+": "+w.Reason)
		}
	}
	if len(out.Unreadable) > 0 {
		s.concern(Concern{
			Kind: ConcernStore, Instrument: in.PID, Text: fmt.Sprintf("%s cannot be read: %s", counted(len(out.Unreadable), "folder"), out.Unreadable[0]),
			Advice: "sessions without files wait until it can",
		})
	}
	moved, err := s.late(ctx, in, own, tree, out)
	if err != nil {
		return err
	}
	s.strays(in, tree, moved, out)
	return nil
}

// strays tells of files that are in no session or in the future, and looks for a reason.
func (s *status) strays(in nexuslims.Instrument, tree *find.Tree, moved map[string]bool, out *InstrumentStatus) {
	ground := s.ground(in)
	out.Until = ground.until
	zone := s.zone(in.PID)
	var stamps []stamp
	var latest time.Time
	at := 0
	for _, f := range tree.Files {
		if f.ModTime.Before(s.report.Since) || ground.foreign(f.Path) {
			continue
		}
		out.Files++
		for at < len(ground.spans) && f.ModTime.After(ground.spans[at].to) {
			at++
		}
		inside := at < len(ground.spans) && f.ModTime.After(ground.spans[at].from)
		stray := StrayFile{f.Path, f.ModTime.In(zone), f.Size}
		switch {
		case f.ModTime.After(s.now.Add(clockTolerance)):
			out.Future.add(stray)
			latest = f.ModTime
			continue
		case f.ModTime.After(ground.until):
			continue // its session may not have ended
		case moved[f.Path]:
			continue // told as late, and no witness of the clock
		case !inside:
			out.Outside.add(stray)
		}
		stamps = append(stamps, stamp{f.ModTime, inside})
	}
	if n := out.Future.Total; n > 0 {
		s.concern(Concern{
			Kind: ConcernFuture, Instrument: in.PID,
			Text:   fmt.Sprintf("the times of %s lie in the future, the last by %s", counted(n, "file"), roughly(latest.Sub(s.now))),
			Advice: "check the clock and the zone of the microscope's computer: what it writes now enters the records of later sessions",
		})
	}
	if out.Skew = skewOf(stamps, ground.spans); out.Skew != nil {
		s.concern(out.Skew.concern(in))
	}
}

// ground is where the files of an instrument are judged.
type ground struct {
	spans  []span    // of all sessions that may hold its files
	others []string  // folders within, of other instruments
	until  time.Time // later files are not judged
	twin   bool      // an earlier instrument has the same folder and speaks for it
}

// foreign reports whether another instrument speaks for a file.
func (g ground) foreign(path string) bool {
	if g.twin {
		return true
	}
	for _, folder := range g.others {
		if within(folder, path) {
			return true
		}
	}
	return false
}

// ground gathers what the files of an instrument are compared with. Instruments may have
// one folder together, or one inside that of another.
func (s *status) ground(in nexuslims.Instrument) ground {
	own := in.Folder()
	g := ground{until: s.judged(in)}
	holders := map[string]bool{}
	before := true
	for _, other := range s.instruments {
		folder := other.Folder()
		switch {
		case other.PID == in.PID:
			before = false
			holders[in.PID] = true
		case folder == own:
			g.twin = g.twin || before
			holders[other.PID] = true
		case within(folder, own):
			holders[other.PID] = true
		case within(own, folder):
			g.others = append(g.others, folder)
		}
	}
	var windows []span
	for _, q := range s.sessions {
		if holders[q.Instrument] {
			windows = append(windows, span{q.From, q.To})
		}
	}
	g.spans = spansOf(windows, s.now)
	return g
}

// within reports whether a slash-separated path lies in a folder.
func within(folder, path string) bool {
	return folder == "" && path != "" || strings.HasPrefix(path, folder+"/")
}

// judged returns up to when it can be told which session a file belongs to: a day before
// its source was read, or where that is not known to the last end of a session.
func (s *status) judged(in nexuslims.Instrument) time.Time {
	var read time.Time
	for _, source := range s.report.Sources {
		if source.Kind != in.Harvester || source.Position.IsZero() {
			continue
		}
		if strings.HasPrefix(in.APIURL, source.ID) {
			return source.Position.Add(-settleTime)
		}
		if read.IsZero() || source.Position.Before(read) {
			read = source.Position
		}
	}
	if !read.IsZero() {
		return read.Add(-settleTime)
	}
	for _, q := range s.sessions {
		if q.Instrument == in.PID && q.To.After(read) {
			read = q.To
		}
	}
	return read
}
