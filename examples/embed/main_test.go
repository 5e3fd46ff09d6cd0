package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestEmbed(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	write("instruments.csv", "instrument_pid,api_url,calendar_url,location,display_name,property_tag,filestore_path,harvester,timezone\n"+
		"TEM-1,https://demo.example.org/1,https://demo.example.org/,Room 1,TEM,t1,TEM,sessionfile,Europe/Berlin\n")
	write("sessions.csv", "session_id,instrument,start,end,user,title,consent\n"+
		"s1,TEM-1,2024-05-06T09:00:00+02:00,2024-05-06T10:00:00+02:00,mcurie,Grains,yes\n")
	write("instruments/TEM/a.dm3", "no image")
	at := time.Date(2024, 5, 6, 7, 30, 0, 0, time.UTC)
	require.NoError(t, os.Chtimes(filepath.Join(dir, "instruments/TEM/a.dm3"), at, at))
	for range 2 {
		report, err := run(t.Context(), dir)
		require.NoError(t, err)
		assert.Zero(t, report.ExitCode())
		for _, s := range report.Sessions {
			assert.Equal(t, nexuslims.Completed, s.Status)
		}
	}
	assert.FileExists(t, filepath.Join(dir, "site", "index.html"))
}
