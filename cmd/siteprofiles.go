package cmd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors/profilefile"
)

// withProfiles returns the process with the profiles of a site's folder in place of the
// compiled-in ones, and what is to be said of them. A file with mistakes is left out: the
// other instruments' records must not wait for it.
func (p Process) withProfiles(folder string) (Process, []string) {
	if folder == "" {
		return p, nil
	}
	folder, p = p.absolute(folder), p.withOwnProfiles()
	list, err := profilefile.Read(os.DirFS(folder), &p.Plugins.Profiles)
	notes := problemNotes(err)
	told, err := profilefile.Install(&p.Plugins.Profiles, list)
	notes = append(notes, told...)
	if err != nil {
		notes = append(notes, err.Error())
	}
	return p, append(notes, pythonProfiles(folder)...)
}

// withOwnProfiles returns the process with profiles that can be changed without changing
// those that it was given.
func (p Process) withOwnProfiles() Process {
	plugins := *p.Plugins
	plugins.Profiles = p.Plugins.Profiles.Clone()
	p.Plugins = &plugins
	return p
}

// problemNotes tells what is wrong with profile files.
func problemNotes(err error) []string {
	var problems profilefile.Problems
	if !errors.As(err, &problems) {
		if err != nil {
			return []string{"NX_LOCAL_PROFILES_PATH: " + err.Error()}
		}
		return nil
	}
	notes := make([]string, len(problems))
	for i, one := range problems {
		notes[i] = "profile not used: " + one.Error()
	}
	return notes
}

// pythonProfiles names the profiles that only the Python program can read: one that
// silently does nothing would be missed much later.
func pythonProfiles(folder string) []string {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil // has been told
	}
	var notes []string
	for _, e := range entries {
		if !e.IsDir() && strings.EqualFold(filepath.Ext(e.Name()), ".py") && !strings.HasPrefix(e.Name(), "_") {
			notes = append(notes, fmt.Sprintf("profile %s is not read: it is a Python program; docs/profiles.md shows how to write it as YAML", e.Name()))
		}
	}
	return notes
}
