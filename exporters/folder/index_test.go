package folder_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestIndexIsMadeAnew(t *testing.T) {
	store := newStore(t)
	damages := map[string]func(path string) error{
		"missing":    os.Remove,
		"broken off": func(path string) error { return os.Truncate(path, 30) },
		"not ours":   func(path string) error { return os.WriteFile(path, []byte("alert(1)"), 0o600) },
	}
	for _, file := range []string{"2024-05.js", "parts.js"} {
		for name, damage := range damages {
			t.Run(file+" "+name, func(t *testing.T) {
				site := t.TempDir()
				for i := range 3 {
					export(t, site, store.job(i, day(5, 6+i), 1))
				}
				export(t, site, store.job(9, day(4, 1), 1))
				want := snapshot(t, site)
				require.NoError(t, damage(filepath.Join(site, "index", file)))
				export(t, site, store.job(1, day(5, 7), 1))
				assert.Equal(t, want, snapshot(t, site))
			})
		}
	}
}

func TestOneMoreRecordTouchesItsMonthOnly(t *testing.T) {
	site, store := t.TempDir(), newStore(t)
	export(t, site, store.job(1, day(4, 6), 1))
	export(t, site, store.job(2, day(5, 6), 1))
	before := snapshot(t, site)
	receipt := export(t, site, store.job(3, day(5, 7), 1))
	changed := make(map[string]bool)
	for name, content := range snapshot(t, site) {
		if old, there := before[name]; there && old != content {
			changed[name] = true
		}
		delete(before, name)
	}
	assert.Empty(t, before, "nothing goes")
	assert.Equal(t, map[string]bool{"index/2024-05.js": true, "index/parts.js": true}, changed)
	assert.FileExists(t, filepath.Join(site, "records", receipt.ID, "index.html"))
}

func TestRecordWithoutTimesOrDatasets(t *testing.T) {
	site, store := t.TempDir(), newStore(t)
	job := store.job(1, time.Time{}, 0)
	job.Record.Activities = nil
	job.Record.Start, job.Record.End, job.Record.Title = time.Time{}, time.Time{}, "No matching calendar event found"
	job.Record.InstrumentName, job.Record.InstrumentPID = "", ""
	receipt := export(t, site, job)
	files := snapshot(t, site)
	list := entries(t, files["index/undated.js"])
	require.Len(t, list, 1)
	assert.Equal(t, "Untitled experiment", list[0].Title)
	page := files["records/"+receipt.ID+"/index.html"]
	assert.Contains(t, page, "Unknown instrument")
	assert.Contains(t, page, "This record has no datasets.")
	export(t, site, store.job(2, day(5, 6), 1))
	parts := snapshot(t, site)["index/parts.js"]
	assert.Regexp(t, `(?s)2024-05.*undated`, parts, "what has no date comes last")
	requireWhole(t, site)
}
