package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Skew is a constant difference between the file times of an instrument and its sessions.
//
// It is looked for in the files that lie in no session, by shifting all files of the
// instrument by one offset after the other: half hours up to 14 hours, as mistaken time
// zones make them, and minutes up to 29, as drifting clocks do. An offset explains the
// files when, of what lies between the first and the last file that it brings into a
// session,
//
//   - it brings four fifths of the files in no session, and ten at least, into sessions,
//   - these are three sessions at least, and a day or more apart,
//   - it takes out of all sessions a tenth of that number at most: a clock that is wrong is
//     wrong for all files.
//
// Nothing is told when offsets explain the files about equally well that have different
// signs or are more than an hour and a half apart. Of several that do, the least in
// minutes counts, else the least whole hour, else the least half hour. Users who end their
// sessions before they stop working look like a clock that is some minutes fast.
type Skew struct {
	Seconds  int       `json:"seconds"` // to be added to file times
	Least    int       `json:"least_seconds"`
	Most     int       `json:"most_seconds"` // the range of offsets that explain the files
	Files    int       `json:"files"`        // that fall into sessions then
	Of       int       `json:"of_files"`     // files in no session in that span
	Sessions int       `json:"sessions"`
	From     time.Time `json:"from"` // first and last of the files as they are
	To       time.Time `json:"to"`
}

// The rule of Skew in numbers.
const (
	skewFiles    = 10
	skewSessions = 3
	skewApart    = 24 * time.Hour
	skewSpread   = 90 * time.Minute
)

// span is a session without what an earlier one covers: after from, not after to.
type span struct{ from, to time.Time }

// spansOf returns the times of sessions, ordered and without overlap. A session that has
// not ended goes on until now.
func spansOf(windows []span, now time.Time) []span {
	slices.SortFunc(windows, func(a, b span) int { return a.from.Compare(b.from) })
	var spans []span
	for _, w := range windows {
		if w.to.IsZero() {
			w.to = now
		}
		if n := len(spans); n > 0 && w.from.Before(spans[n-1].to) {
			w.from = spans[n-1].to
		}
		if w.to.After(w.from) {
			spans = append(spans, w)
		}
	}
	return spans
}

// stamp is the time of a file, and whether it lies in a session.
type stamp struct {
	at     time.Time
	inside bool
}

// trial is what an offset does to the files of an instrument.
type trial struct {
	offset       time.Duration
	gained, lost int
	outside      int // in no session before, in the span of the gained ones
	sessions     int
	first, last  time.Time // of the gained ones
}

// try shifts stamps, which are in order, by an offset.
func try(offset time.Duration, stamps []stamp, spans []span) trial {
	t := trial{offset: offset}
	lost, outside, i, at := 0, 0, 0, -1
	for _, s := range stamps {
		shifted := s.at.Add(offset)
		for i < len(spans) && shifted.After(spans[i].to) {
			i++
		}
		hit := i < len(spans) && shifted.After(spans[i].from)
		gain := hit && !s.inside
		if t.gained == 0 && !gain {
			continue
		}
		if !s.inside {
			outside++
		} else if !hit {
			lost++
		}
		if !gain {
			continue
		}
		if t.gained == 0 {
			t.first = s.at
		}
		t.gained, t.last, t.lost, t.outside = t.gained+1, s.at, lost, outside
		if i != at {
			at = i
			t.sessions++
		}
	}
	return t
}

// explains applies the rule.
func (t trial) explains() bool {
	return t.gained >= skewFiles && 5*t.gained >= 4*t.outside && 10*t.lost <= t.gained &&
		t.sessions >= skewSessions && t.last.Sub(t.first) >= skewApart
}

func (t trial) score() int { return t.gained - t.lost }

// offsets lists what is tried, the first to count first.
func offsets() []time.Duration {
	var list []time.Duration
	both := func(d time.Duration) { list = append(list, -d, d) }
	for d := time.Minute; d < 30*time.Minute; d += time.Minute {
		both(d)
	}
	for d := time.Hour; d <= 14*time.Hour; d += time.Hour {
		both(d)
	}
	for d := 30 * time.Minute; d < 14*time.Hour; d += time.Hour {
		both(d)
	}
	return list
}

// skewOf looks for an offset that explains the files in no session.
func skewOf(stamps []stamp, spans []span) *Skew {
	var good []trial
	best := 0
	for _, d := range offsets() {
		if t := try(d, stamps, spans); t.explains() {
			good = append(good, t)
			best = max(best, t.score())
		}
	}
	good = slices.DeleteFunc(good, func(t trial) bool { return 20*t.score() < 19*best })
	if len(good) == 0 {
		return nil
	}
	byOffset := func(a, b trial) int { return cmp.Compare(a.offset, b.offset) }
	low, high := slices.MinFunc(good, byOffset).offset, slices.MaxFunc(good, byOffset).offset
	if (low < 0) != (high < 0) || high-low > skewSpread {
		return nil
	}
	if high < 0 {
		low, high = high, low
	}
	t := good[0]
	return &Skew{
		Seconds: seconds(t.offset), Least: seconds(low), Most: seconds(high),
		Files: t.gained, Of: t.outside, Sessions: t.sessions, From: t.first, To: t.last,
	}
}

func seconds(d time.Duration) int { return int(d / time.Second) }

// concern tells what to do about a skew.
func (k *Skew) concern(in nexuslims.Instrument) Concern {
	size := func(n int) string { return offsetText(time.Duration(max(n, -n)) * time.Second) }
	clock := "fast"
	verb := "taken from"
	if k.Seconds > 0 {
		clock, verb = "slow", "added to"
	}
	text := fmt.Sprintf("%d of %d files in no session fall into %s when %s are %s their times",
		k.Files, k.Of, counted(k.Sessions, "session"), size(k.Seconds), verb)
	if k.Least != k.Most {
		text += fmt.Sprintf(" (anything from %s to %s does it)", size(k.Least), size(k.Most))
	}
	advice := fmt.Sprintf("check the microscope's clock, which seems %s, and the zones: of its computer, of %s in the database (%s), NX_NEMO_TZ_N",
		clock, in.PID, in.Timezone)
	if k.Seconds > -int(30*time.Minute/time.Second) && k.Seconds < 0 {
		advice += "; or users end their sessions too early"
	}
	return Concern{Kind: ConcernSkew, Instrument: in.PID, Text: text, Advice: advice}
}

// offsetText writes hours and minutes.
func offsetText(d time.Duration) string {
	h, m := int(d/time.Hour), int(d%time.Hour/time.Minute)
	switch {
	case h == 0:
		return fmt.Sprintf("%d min", m)
	case m == 0:
		return fmt.Sprintf("%d h", h)
	}
	return fmt.Sprintf("%d h %d min", h, m)
}
