package extractors

import (
	"fmt"
	"log/slog"
	"math"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// FallbackName is the name of the extractor of files that no other one takes.
const FallbackName = "basic_file_info_extractor"

// CreationTime returns the modification time of a file in the zone of its instrument,
// the value of "Creation Time" for formats that store none of their own.
func CreationTime(f *File) nexuslims.Text {
	return nexuslims.Text(nexuslims.Stamp(f.ModTime().In(f.Zone())))
}

// basicMeta is the metadata of a file of which nothing but its name and time is known.
func basicMeta(f *File) *nexuslims.Object {
	meta := nexuslims.NewObject(4)
	meta.Set("DatasetType", nexuslims.Text(nexuslims.UnknownType))
	meta.Set("Data Type", nexuslims.Text("Unknown"))
	meta.Set("Creation Time", CreationTime(f))
	return meta
}

// BasicDocument returns the document of a file of which nothing but its name and time
// is known; extractors may build on it.
func BasicDocument(f *File) Document { return Document{Meta: basicMeta(f)} }

// The stages that metadata go through after the extractor, as explanations name them.
const (
	stageExtracted = "extractor"
	stageMigrated  = "migration"
	stagePlaced    = "schema"
)

// finish takes the metadata of one signal from the format's own names to the schema. It
// tells seen, which may be nil, after each stage.
func (e *Engine) finish(log *slog.Logger, f *File, s *Signal, migrator Migrator, failed bool, seen watcher) []Note {
	if s.Meta == nil {
		s.Meta = new(nexuslims.Object)
	}
	defaults(f, s.Meta)
	seen.after(stageExtracted, s, nil)
	e.applyProfile(log, f, s, failed, seen)
	if migrator != nil && !failed {
		e.guard(log, "migration", s, func(d *Document) error {
			d.Raw = s.Raw // not concerned
			migrator.Migrate(d.Meta)
			return nil
		})
		seen.after(stageMigrated, s, nil)
	}
	finite(s.Document, s.Meta, nil)
	notes := Place(s.Meta)
	defaults(f, s.Meta) // what a profile took away, or Place found to be something else
	checkCreation(log, f, s.Meta)
	for _, n := range notes {
		tell := log.Debug
		if n.Action == "dropped" {
			tell = log.Info
		}
		tell("metadata field has no place in the schema", "field", n.Field, "action", n.Action, "reason", n.Reason)
	}
	checkTime(log, f, s)
	s.Meta.Sort()
	seen.after(stagePlaced, s, notes)
	return notes
}

// watcher is told of the metadata of a signal after each stage.
type watcher func(stage string, s *Signal, notes []Note)

func (w watcher) after(stage string, s *Signal, notes []Note) {
	if w != nil {
		w(stage, s, notes)
	}
}

// defaults fills in what every document has.
func defaults(f *File, meta *nexuslims.Object) {
	set := func(key string, v nexuslims.Value) {
		if !meta.Has(key) {
			meta.Set(key, v)
		}
	}
	if !meta.Has("DatasetType") {
		meta.Set("DatasetType", nexuslims.Text(nexuslims.Misc))
		meta.Set("Data Type", nexuslims.Text("Miscellaneous"))
	}
	if strings.TrimSpace(meta.Text("Data Type")) == "" {
		meta.Set("Data Type", nexuslims.Text("Miscellaneous"))
	}
	set("Creation Time", CreationTime(f))
	set("warnings", nexuslims.List{})
	if in, ok := f.Instrument(); ok {
		set("Instrument ID", nexuslims.Text(in.PID))
	}
}

// guard applies a change to a copy of the document and keeps it only when it worked.
func (e *Engine) guard(log *slog.Logger, what string, s *Signal, change func(*Document) error) {
	copied := Document{Meta: s.Meta.Clone()}
	if s.Raw != nil {
		copied.Raw = s.Raw.Clone()
	}
	err := func() (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = nexuslims.E(nexuslims.Internal, "panic", "", fmt.Errorf("%v\n%s", r, debug.Stack()))
			}
		}()
		return change(&copied)
	}()
	if err == nil && copied.Meta == nil {
		err = nexuslims.E(nexuslims.Invalid, what, "", fmt.Errorf("the metadata are gone"))
	}
	if err != nil {
		log.Warn("step failed and changed nothing", "step", what, "err", err)
		return
	}
	s.Document = copied
}

// finite turns not-a-number and infinities into null, with a warning for each.
func finite(doc Document, o *nexuslims.Object, path []string) {
	for _, key := range o.Keys() {
		here := append(path[:len(path):len(path)], key)
		v := o.Get(key)
		if g, ok := v.(*nexuslims.Object); ok {
			finite(doc, g, here)
			continue
		}
		if kept, changed := finiteValue(v); changed {
			o.Set(key, kept)
			doc.AddWarning(warned(here)...)
		}
	}
}

// finiteValue returns v with null in place of what is no finite number, in lists too,
// and whether there was such.
func finiteValue(v nexuslims.Value) (kept nexuslims.Value, changed bool) {
	switch v := v.(type) {
	case nexuslims.Float:
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nexuslims.Null{}, true
		}
	case nexuslims.Quantity:
		if !v.IsFinite() {
			return nexuslims.Null{}, true
		}
	case nexuslims.List:
		for i := range v {
			if item, bad := finiteValue(v[i]); bad {
				if !changed {
					v = slices.Clone(v)
				}
				v[i], changed = item, true
			}
		}
		return v, changed
	}
	return v, false
}

// warned is the path of a field as warnings name it: without the extensions.
func warned(path []string) []string {
	if len(path) > 1 && path[0] == "extensions" {
		return path[1:]
	}
	return path
}

// checkTime compares the time that the file stores with that of the file system.
func checkTime(log *slog.Logger, f *File, s *Signal) {
	const key = "Acquisition Timestamp"
	text, _ := s.Meta.At("extensions", key).(nexuslims.Text)
	stored, err := time.Parse(time.RFC3339Nano, string(text))
	if text == "" || err != nil {
		return
	}
	if apart := stored.Sub(f.ModTime()).Abs(); apart > 24*time.Hour {
		s.AddWarning(key)
		log.Info("time stored in the file is more than a day from that of the file", "stored", stored, "file time", f.ModTime())
	}
}

// checkCreation replaces a creation time without zone: the schema demands one.
func checkCreation(log *slog.Logger, f *File, meta *nexuslims.Object) {
	const key = "Creation Time"
	text := meta.Text(key)
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		log.Warn("creation time is no instant with a zone; the file's time stands in", "found", text)
		meta.Set(key, CreationTime(f))
		return
	}
	if strings.HasSuffix(text, "Z") {
		meta.Set(key, nexuslims.Text(nexuslims.Stamp(t)))
	}
}

// ownWarnings takes the warnings that an extractor or profile left among the metadata.
func ownWarnings(meta *nexuslims.Object) []string {
	const key = "Extractor Warnings"
	ext := meta.Group("extensions")
	text := ext.Text(key)
	if text == "" {
		return nil
	}
	ext.Delete(key)
	if ext.Len() == 0 {
		meta.Delete("extensions")
	}
	return []string{text}
}

// block is the entry that says who extracted what when.
func (e *Engine) block(name string, warnings []string) *nexuslims.Object {
	b := nexuslims.NewObject(4)
	b.Set("Date", nexuslims.Text(e.Now().Format("2006-01-02T15:04:05.000000-07:00")))
	if len(warnings) > 0 {
		b.Set("Extractor Warnings", nexuslims.Text(strings.Join(warnings, "; ")))
	}
	b.Set("Module", nexuslims.Text(nexuslims.ModulePrefix+name))
	b.Set("Version", nexuslims.Text(nexuslims.Version))
	return b
}
