package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Source says where texts come from. The zero value reads nothing.
type Source struct {
	// EnvFile is the .env file; it must exist. Empty: ".env" in Folder, if there.
	EnvFile string
	// Folder is the working directory.
	Folder string
	// Environment is the process environment, "NAME=text" each, as os.Environ gives it.
	Environment []string
}

// Texts are the variables that are set, with their sources. It implements
// nexuslims.Settings.
type Texts struct {
	// File is the .env file that was read; empty when there was none.
	File string
	// Warnings tell of lines that were skipped and of files that were not read.
	Warnings []string
	values   map[string]text
	folded   map[string]string // upper-cased name to name as written
}

type text struct{ value, source string }

const maxEnvFile = 4 << 20

// Read gathers the texts of a source. A .env file that was asked for and cannot be read
// is an Invalid error.
func Read(s Source) (*Texts, error) {
	t := &Texts{values: map[string]text{}, folded: map[string]string{}}
	environment := map[string]string{}
	for _, pair := range s.Environment {
		if name, value, ok := strings.Cut(pair, "="); ok {
			environment[name] = value
		}
	}
	path := s.EnvFile
	if path == "" {
		path = filepath.Join(s.Folder, ".env")
	} else if !filepath.IsAbs(path) {
		path = filepath.Join(s.Folder, path)
	}
	if err := t.readFile(path, s, environment); err != nil {
		return nil, err
	}
	for name, value := range environment {
		t.set(name, value, "environment")
	}
	return t, nil
}

func (t *Texts) readFile(path string, s Source, environment map[string]string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) && s.EnvFile == "" {
		t.warnParents(s.Folder)
		return nil
	}
	if err != nil {
		return nexuslims.E(nexuslims.Invalid, "read", path, unwrapped(err))
	}
	if info.Size() > maxEnvFile {
		return nexuslims.E(nexuslims.Invalid, "read", path, fmt.Errorf("file of over %d bytes", maxEnvFile))
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nexuslims.E(nexuslims.Invalid, "read", path, unwrapped(err))
	}
	t.File = path
	lines, faults := ParseDotenv(string(b), func(name string) (string, bool) {
		v, ok := environment[name]
		return v, ok
	})
	for _, l := range lines {
		if l.Set {
			t.set(l.Name, l.Value, fmt.Sprintf("%s:%d", filepath.Base(path), l.Number))
		}
	}
	for _, f := range faults {
		t.Warnings = append(t.Warnings, filepath.Base(path)+": "+f)
	}
	return nil
}

func unwrapped(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// warnParents tells of a .env file in a parent folder: some commands of the Python
// program looked there.
func (t *Texts) warnParents(folder string) {
	for dir := filepath.Dir(folder); folder != "" && dir != folder; folder, dir = dir, filepath.Dir(dir) {
		if path := filepath.Join(dir, ".env"); regular(path) {
			t.Warnings = append(t.Warnings, fmt.Sprintf("%s is not read: run in its folder, or name it with --env-file", path))
			return
		}
	}
}

func regular(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// set lays a text over what is known. An empty one hides nothing: it counts as unset.
func (t *Texts) set(name, value, source string) {
	if value == "" {
		return
	}
	t.values[name] = text{value, source}
	t.folded[strings.ToUpper(name)] = name
}

// Lookup implements nexuslims.Settings. Case matters only where two variables differ by
// nothing else.
func (t *Texts) Lookup(name string) (value, source string, ok bool) {
	v, ok := t.values[name]
	if !ok {
		v, ok = t.values[t.folded[strings.ToUpper(name)]]
	}
	return v.value, v.source, ok
}

// Names implements nexuslims.Settings; names are in upper case as they are looked up.
func (t *Texts) Names() []string { return slices.Sorted(maps.Keys(t.folded)) }

// Only returns the texts of the named variables alone, for what must work although others
// are wrong. Secrets that stand in files are among them.
func (t *Texts) Only(names ...string) *Texts {
	only := &Texts{File: t.File, Warnings: t.Warnings, values: map[string]text{}, folded: map[string]string{}}
	for _, name := range names {
		for _, n := range []string{name, name + "_FILE"} {
			if value, source, ok := t.Lookup(n); ok {
				only.set(n, value, source)
			}
		}
	}
	return only
}

var _ nexuslims.Settings = (*Texts)(nil)
