package exporters

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Set says which files go along with a record.
type Set string

// The sets, each with all that the one before has.
const (
	RecordOnly   Set = "record"          // none: the document alone
	WithPreviews Set = "record+previews" // previews and metadata files
	WithData     Set = "all"             // the instruments' data files too
)

// UnmarshalText reads a set from a setting.
func (s *Set) UnmarshalText(text []byte) error {
	switch set := Set(text); set {
	case RecordOnly, WithPreviews, WithData:
		*s = set
		return nil
	}
	return errors.New("not one of record, record+previews, all")
}

// Part is a file that goes along with a record.
type Part struct {
	// Name is the file's name in an archive: slash-separated, of ASCII letters, digits,
	// blanks, "-", "_" and ".", and unlike that of every other part of the record, case
	// apart. It begins with "previews/", "metadata/" or "data/".
	Name      string
	MediaType string
	// Open opens the file. It may be gone: nexuslims.NotFound.
	Open func() (fs.File, error)
}

// Parts lists the files of a set, in the order of the record. A file of several signals
// is listed once; files of roots that the job has not are left out.
func (j *Job) Parts(set Set) []Part {
	list := partList{seen: map[string]bool{}}
	for _, a := range j.Record.Activities {
		for _, d := range a.Datasets {
			if set != RecordOnly && j.Files.Data != nil {
				list.add("previews", d.Preview, "image/png", func() (fs.File, error) { return j.Files.Preview(d) })
				list.add("metadata", MetadataName(d), "application/json", func() (fs.File, error) { return j.Files.Metadata(d) })
			}
			if set == WithData && j.Files.Instruments != nil {
				list.add("data", d.Location, "application/octet-stream", func() (fs.File, error) { return j.Files.DataFile(d) })
			}
		}
	}
	return list.parts
}

// Sees reports whether the folder is open that the part of a name comes from. Of one that is
// not, nobody can tell what is gone.
func (j *Job) Sees(name string) bool {
	switch folder, _, _ := strings.Cut(name, "/"); folder {
	case "previews", "metadata":
		return j.Files.Data != nil
	case "data":
		return j.Files.Instruments != nil
	}
	return true
}

type partList struct {
	parts []Part
	seen  map[string]bool
}

func (l *partList) add(folder, file, media string, open func() (fs.File, error)) {
	key := folder + "/" + strings.TrimPrefix(file, "/")
	if file == "" || l.seen[key] {
		return
	}
	name := path.Join(folder, safePath(file))
	if l.seen[strings.ToLower(name)] {
		name += "-" + digestOf(file)
	}
	l.seen[key], l.seen[strings.ToLower(name)] = true, true
	l.parts = append(l.parts, Part{name, media, open})
}

func safePath(file string) string {
	segments := strings.Split(strings.Trim(file, "/"), "/")
	for i, s := range segments {
		segments[i] = SafeName(s)
	}
	return path.Join(segments...)
}

// longestName bounds names of files, in bytes, well below what file systems take.
const longestName = 100

// SafeName makes any text a name for a file or folder that every system takes: of ASCII
// letters, digits, "-", "_", "." and inner blanks, neither hidden nor reserved on Windows.
// A text that is one stays as it is; of any other a digest becomes part, so that
// different texts have different names. The ending stays.
func SafeName(text string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("-_. ", r) {
			return r
		}
		return '-'
	}, nexuslims.ValidText(text))
	name = strings.Trim(name, " .")
	if name == text && name != "" && len(name) <= longestName && !reservedName(name) {
		return name
	}
	ending := path.Ext(name)
	if len(ending) > 10 || ending == name {
		ending = ""
	}
	stem := strings.TrimSuffix(name, ending)
	return "_" + strings.Trim(stem[:min(len(stem), longestName-30)], " .") + "-" + digestOf(text) + ending
}

// reservedName reports whether Windows takes a name for a device, with or without ending.
func reservedName(name string) bool {
	stem, _, _ := strings.Cut(strings.ToLower(name), ".")
	stem = strings.TrimSpace(stem)
	switch stem {
	case "con", "prn", "aux", "nul":
		return true
	}
	port := strings.TrimRight(stem, "0123456789")
	return len(stem) == 4 && (port == "com" || port == "lpt")
}

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:4])
}
