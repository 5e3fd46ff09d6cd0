package folder

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// month is a part of the index in the list of parts.
type month struct {
	Name   string `json:"name"`
	Count  int    `json:"count"`
	Digest string `json:"digest"` // of the part, so that a browser never shows an old one
}

var partForm = regexp.MustCompile(`^([0-9]{4}-[0-9]{2}|undated)\.js$`)

// index puts an entry into a month of the index in place of that of the same folder, or
// takes it out when it is nil.
func (t *tree) index(name, folder string, e *entry) error {
	entries, err := t.part(name)
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(old entry) bool { return old.Folder == folder })
	if e != nil {
		entries = append(entries, *e)
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(b.Start, a.Start), cmp.Compare(a.Folder, b.Folder))
	})
	data, err := script("part", name, entries)
	if err != nil {
		return err
	}
	if err := t.put(path.Join(indexDir, name+".js"), data); err != nil {
		return err
	}
	return t.putMonth(month{Name: name, Count: len(entries), Digest: digest(data, 10)})
}

// part reads a month of the index. One that is missing or unreadable is made anew from
// the records.
func (t *tree) part(name string) ([]entry, error) {
	data, err := t.read(path.Join(indexDir, name+".js"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if !t.hasMonth(name) {
			return nil, nil
		}
	case err != nil:
		return nil, err
	default:
		var entries []entry
		if unscript(data, "part", &entries) == nil {
			return entries, nil
		}
	}
	return t.recover(name)
}

// recover collects the entries of a month from the records themselves.
func (t *tree) recover(name string) ([]entry, error) {
	folders, err := t.list(recordsDir)
	if err != nil {
		return nil, err
	}
	var entries []entry
	for _, folder := range folders {
		doc, err := t.document(folder)
		if err == nil && doc.Month == name && doc.Folder == folder {
			entries = append(entries, doc.Entry)
		}
	}
	return entries, nil
}

// hasMonth reports whether the list of parts names a month.
func (t *tree) hasMonth(name string) bool {
	months, err := t.months()
	return err == nil && slices.ContainsFunc(months, func(m month) bool { return m.Name == name && m.Count > 0 })
}

// months reads the list of parts. One that is missing or unreadable is made anew from
// the parts.
func (t *tree) months() ([]month, error) {
	var months []month
	data, err := t.read(partsFile)
	if err == nil && unscript(data, "parts", &months) == nil {
		return months, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	names, err := t.list(indexDir)
	if err != nil {
		return nil, err
	}
	for _, file := range names {
		if !partForm.MatchString(file) {
			continue
		}
		var entries []entry
		data, err := t.read(path.Join(indexDir, file))
		if err == nil && unscript(data, "part", &entries) == nil {
			months = append(months, month{strings.TrimSuffix(file, ".js"), len(entries), digest(data, 10)})
		}
	}
	return months, nil
}

// putMonth replaces a month in the list of parts, which is kept newest first.
func (t *tree) putMonth(m month) error {
	months, err := t.months()
	if err != nil {
		return err
	}
	months = slices.DeleteFunc(months, func(old month) bool { return old.Name == m.Name })
	if m.Count > 0 {
		months = append(months, m)
	}
	slices.SortFunc(months, func(a, b month) int {
		if (a.Name == undated) != (b.Name == undated) {
			return cmp.Compare(a.Name, b.Name) // letters stand behind digits
		}
		return cmp.Compare(b.Name, a.Name)
	})
	data, err := script("parts", "", months)
	if err != nil {
		return err
	}
	if err := t.put(partsFile, data); err != nil || m.Count > 0 {
		return err
	}
	return t.remove(path.Join(indexDir, m.Name+".js"))
}

// script makes a call of the page's script out of a value, one element a line: pages that
// are opened from disk may not read other files, but may run them.
func script[T any](function, name string, list []T) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("nx." + function + "(")
	if name != "" {
		b.WriteString(`"` + name + `",`)
	}
	b.WriteString("[")
	for i, v := range list {
		data, err := json.Marshal(v)
		if err != nil {
			return nil, nexuslims.E(nexuslims.Internal, "encode index", name, err)
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		b.Write(data)
	}
	b.WriteString("\n]);\n")
	return b.Bytes(), nil
}

// unscript reads back what script wrote.
func unscript(data []byte, function string, list any) error {
	inner, ok := bytes.CutPrefix(data, []byte("nx."+function+"("))
	if !ok {
		return errors.New("not a part of the index")
	}
	inner, ok = bytes.CutSuffix(bytes.TrimSpace(inner), []byte(");"))
	start := bytes.IndexByte(inner, '[')
	if !ok || start < 0 {
		return errors.New("not a whole part of the index")
	}
	return json.Unmarshal(inner[start:], list)
}
