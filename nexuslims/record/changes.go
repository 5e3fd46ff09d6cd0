package record

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Changes says in words how a version of a record differs from the one before it, one
// difference a line: the head, samples and projects, the grouping, datasets added and
// removed, and what is said of those in both. Datasets are the same where location and
// signal are; whether a parameter stands with the activity or with the dataset makes no
// difference. Both versions must come from documents (see [Decode]): a record that was just
// built knows more. Documents that say the same have no changes; when the files were read is
// no part of what they say.
func Changes(before, after nexuslims.Record) []string {
	c := new(changes)
	c.head(before, after)
	old, now := datasets(before), datasets(after)
	if a, b := grouping(before, old, now), grouping(after, now, old); a != b {
		c.value("activities", fmt.Sprint(len(before.Activities)), fmt.Sprint(len(after.Activities)), "grouping of datasets")
	}
	for _, key := range slices.SortedFunc(maps.Keys(now), origin.compare) {
		if _, found := old[key]; !found {
			c.add("dataset added: %s", now[key].title())
		}
	}
	for _, key := range slices.SortedFunc(maps.Keys(old), origin.compare) {
		after, found := now[key]
		if !found {
			c.add("dataset removed: %s", old[key].title())
			continue
		}
		c.dataset(old[key], after)
	}
	return c.lines
}

// extractionDate is the parameter that differs whenever a file is read again.
const extractionDate = "NexusLIMS Extraction – Date"

// changes collects differences.
type changes struct{ lines []string }

func (c *changes) add(format string, args ...any) {
	c.lines = append(c.lines, fmt.Sprintf(format, args...))
}

// value tells one value from another; equal ones that stand for unequal things are told
// by other.
func (c *changes) value(what, before, after, other string) {
	switch {
	case before == after && other != "":
		c.add("%s changed", other)
	case before == after:
	case before == "":
		c.add("%s: now %s", what, after)
	case after == "":
		c.add("%s: %s is gone", what, before)
	default:
		c.add("%s: %s → %s", what, before, after)
	}
}

func (c *changes) head(a, b nexuslims.Record) {
	c.value("title", a.Title, b.Title, "")
	c.value("id", a.ID, b.ID, "")
	c.value("reference", a.Ref, b.Ref, "")
	c.value("experimenter", a.Experimenter, b.Experimenter, "")
	c.value("collaborators", strings.Join(a.Collaborators, ", "), strings.Join(b.Collaborators, ", "), "")
	c.value("instrument", strings.TrimSpace(a.InstrumentName+" "+a.InstrumentPID), strings.TrimSpace(b.InstrumentName+" "+b.InstrumentPID), "")
	c.value("reservation start", moment(a.Start), moment(b.Start), "")
	c.value("reservation end", moment(a.End), moment(b.End), "")
	c.value("motivation", a.Motivation, b.Motivation, "")
	list(c, "samples", a.Samples, b.Samples, func(s nexuslims.Sample) string { return s.Name })
	list(c, "projects", a.Projects, b.Projects, func(p nexuslims.Project) string { return p.Name })
}

// list compares lists by all that is in them and tells their names.
func list[T any](c *changes, what string, a, b []T, name func(T) string) {
	if reflect.DeepEqual(a, b) {
		return
	}
	names := func(all []T) string {
		var words []string
		for _, x := range all {
			words = append(words, name(x))
		}
		return strings.Join(words, ", ")
	}
	c.value(what, names(a), names(b), what)
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return nexuslims.Stamp(t)
}

// origin is where a dataset comes from.
type origin struct {
	location string
	signal   int
}

func (o origin) compare(other origin) int {
	if n := strings.Compare(o.location, other.location); n != 0 {
		return n
	}
	return o.signal - other.signal
}

// described is a dataset with all that is said of it.
type described struct {
	nexuslims.Dataset
	sample string
	params map[string]string
}

func (d described) title() string {
	if d.Signals > 1 {
		return fmt.Sprintf("%s (%d of %d)", d.Location, d.Signal+1, d.Signals)
	}
	return d.Location
}

func datasets(r nexuslims.Record) map[origin]described {
	all := map[origin]described{}
	for _, a := range r.Activities {
		for _, d := range a.Datasets {
			x := described{d, a.SampleID, map[string]string{}}
			for _, p := range slices.Concat(a.Setup, d.Meta) {
				text := strings.TrimSpace(p.Text + " " + p.Unit)
				if p.Warning {
					text += " (doubtful)"
				}
				x.params[p.Name] = text
			}
			all[origin{d.Location, d.Signal}] = x
		}
	}
	return all
}

// grouping tells which datasets stand together, of those that both versions have.
func grouping(r nexuslims.Record, own, other map[origin]described) string {
	var groups []string
	for _, a := range r.Activities {
		var names []string
		for _, d := range a.Datasets {
			key := origin{d.Location, d.Signal}
			if _, both := other[key]; both {
				names = append(names, own[key].title())
			}
		}
		if len(names) > 0 {
			groups = append(groups, strings.Join(names, "\n"))
		}
	}
	return strings.Join(groups, "\n\n")
}

func (c *changes) dataset(a, b described) {
	name := b.title() + ": "
	c.value(name+"type", string(a.Type), string(b.Type), "")
	c.value(name+"format", a.Format, b.Format, "")
	c.value(name+"preview", a.Preview, b.Preview, "")
	c.value(name+"role", a.Role, b.Role, "")
	c.value(name+"description", a.Description, b.Description, "")
	keys := maps.Clone(a.params)
	maps.Copy(keys, b.params)
	delete(keys, extractionDate)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		c.value(name+key, a.params[key], b.params[key], "")
	}
}
