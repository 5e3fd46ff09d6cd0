package cmd

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// unreadProfiles tells of site profiles that this release does not read: a profile that
// silently does nothing would be missed much later.
func unreadProfiles(folder string) []string {
	if folder == "" {
		return nil
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return []string{"NX_LOCAL_PROFILES_PATH cannot be read: " + err.Error()}
	}
	var notes []string
	for _, e := range entries {
		switch ext := strings.ToLower(filepath.Ext(e.Name())); {
		case e.IsDir() || strings.HasPrefix(e.Name(), "_"):
		case ext == ".py" || ext == ".yaml" || ext == ".yml":
			notes = append(notes, fmt.Sprintf(
				"profile %s is not read: profiles are compiled into the program, see docs/extending.md", e.Name()))
		}
	}
	return notes
}
