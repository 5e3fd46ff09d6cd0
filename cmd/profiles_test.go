package cmd

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSiteProfilesAreNotPassedOverInSilence(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"titan.py", "_helper.py", "notes.txt", "helios.yaml"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	notes := unreadProfiles(dir)
	require.Len(t, notes, 2)
	assert.Contains(t, notes[0], "helios.yaml")
	assert.Contains(t, notes[1], "titan.py")
	assert.Empty(t, unreadProfiles(""))
}
