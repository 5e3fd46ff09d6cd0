package extractors

import (
	"context"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Extractor reads one family of formats.
//
// All methods may be called concurrently, for different files and for the same one.
type Extractor interface {
	// Info describes the extractor; it always answers the same.
	Info() Info
	// Match reports whether the file is one that Extract should be asked about, from its
	// name, size and first bytes alone. It is called only for files with one of the
	// extractor's extensions.
	Match(f *File) bool
	// Extract reads metadata of every signal in file order, and no pixels. An error
	// together with a result means that part of the file could be read. Errors of kind
	// Corrupt, Unsupported, Transient and Canceled are expected.
	Extract(ctx context.Context, f *File) (*Result, error)
}

// Migrator is implemented by extractors whose metadata carries the format's own names.
//
// Profiles are written against those names, so migration comes after them: Migrate
// renames what has a schema field ("Voltage" to "acceleration_voltage") and leaves the
// rest; [Place] then moves to extensions what the schema of the dataset type lacks.
type Migrator interface {
	Migrate(meta *nexuslims.Object)
}

// Priorities of extractors; the highest that matches is taken. Every number between
// these is allowed.
const (
	PriorityFallback    = 0
	PriorityNormal      = 100
	PrioritySpecialised = 150
	PriorityForced      = 250
)

// Info describes an extractor.
type Info struct {
	// Name identifies the extractor in output ("dm3_extractor") and never changes.
	Name string
	// Priority from 0 to 1000.
	Priority int
	// Formats lists what is read, with the file name extensions of each.
	Formats []Format
	// Wildcard extractors are asked about every file that no other extractor took.
	Wildcard bool
	// Reserves are extensions whose files belong to a record even when only exclusive
	// strategies are asked, although the extractor does not read the format.
	Reserves []string
	// Source names where the knowledge of the format comes from, in one line.
	Source string
}

// Format is one file format.
type Format struct {
	Name       string   // short name as people say it: "DM3", "TIA SER"
	Extensions []string // lower case, without dot
	MIME       string   // media type; empty where none is registered
	// SideCar says that such files belong to others as a rule: their extensions do not become
	// known.
	SideCar bool
	// Reads, Draws and Limits are phrases for the table of formats: what is read of a
	// file, what the preview shows, and what is not read or bounded.
	Reads, Draws, Limits string
}

// Extensions returns all extensions, sorted.
func (i Info) Extensions() []string {
	var exts []string
	for _, f := range i.Formats {
		exts = append(exts, f.Extensions...)
	}
	slices.Sort(exts)
	return slices.Compact(exts)
}

// FormatOf returns the short name of the format with that extension, "" for none.
func (i Info) FormatOf(ext string) string {
	ext = strings.ToLower(ext)
	for _, f := range i.Formats {
		if slices.Contains(f.Extensions, ext) {
			return f.Name
		}
	}
	return ""
}

// Result is what an extractor read from one file.
type Result struct {
	// Format is the short name of the format found; empty: by extension, from Info.
	Format string
	// Signals are the datasets of the file, in file order; at least one.
	Signals []*Signal
	// Warnings tell about the reading: what was skipped, cut or contradicts itself.
	Warnings []string
}
