package folder_test

import (
	"context"
	"encoding/json"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestExport(t *testing.T) {
	site, store := t.TempDir(), newStore(t)
	job := store.job(7, day(5, 6), 2)
	receipt := export(t, site, job)

	assert.Equal(t, "2024-05-06_test-tool_7", receipt.ID)
	assert.Equal(t, job.Digest, receipt.Digest)
	assert.False(t, receipt.Time.IsZero())
	assert.Empty(t, receipt.Warnings)
	u, err := url.Parse(receipt.URL)
	require.NoError(t, err)
	assert.Equal(t, "file", u.Scheme)
	assert.FileExists(t, filepath.FromSlash(u.Path))

	files := snapshot(t, site)
	home := "records/" + receipt.ID + "/"
	assert.Equal(t, string(job.XML), files[home+"record.xml"])
	var doc struct {
		Session, Name, Digest, Month string
		Record                       struct {
			Title      string
			Activities []struct {
				Datasets []struct{ Location, Preview, Metadata string }
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(files[home+"record.json"]), &doc))
	assert.Equal(t, job.Session.ID, doc.Session)
	assert.Equal(t, job.Name, doc.Name)
	assert.Equal(t, job.Digest, doc.Digest)
	assert.Equal(t, "2024-05", doc.Month)
	require.Len(t, doc.Record.Activities[0].Datasets, 2)
	for i, d := range doc.Record.Activities[0].Datasets {
		want := job.Record.Activities[0].Datasets[i]
		assert.Equal(t, want.Location, d.Location)
		preview, err := os.ReadFile(filepath.Join(store.path, want.Preview))
		require.NoError(t, err)
		assert.Equal(t, string(preview), files[home+d.Preview])
		assert.Contains(t, files[home+d.Metadata], "shade")
	}
	assert.Contains(t, files["index/2024-05.js"], "Grain boundaries 7")
	assert.Contains(t, files["index/parts.js"], `"2024-05","count":1`)
	requireWhole(t, site)
}

var reference = regexp.MustCompile(`(?:href|src)="([^"#]+)"`)

// requireWhole requires that whatever a page leads to within the site is there and that
// the index lists records that are there, once each.
func requireWhole(t *testing.T, site string) {
	t.Helper()
	files := snapshot(t, site)
	listed := make(map[string]bool)
	for name, content := range files {
		switch {
		case strings.HasSuffix(name, ".html"):
			for _, m := range reference.FindAllStringSubmatch(content, -1) {
				address, _, _ := strings.Cut(m[1], "?")
				if strings.Contains(address, ":") || address == "record.json" {
					continue
				}
				assert.Contains(t, files, path.Join(path.Dir(name), address), "%s leads to %s", name, address)
			}
		case strings.HasPrefix(name, "index/") && strings.HasSuffix(name, ".js") && name != "index/parts.js":
			for _, e := range entries(t, content) {
				assert.False(t, listed[e.Folder], "%s is listed twice", e.Folder)
				listed[e.Folder] = true
				assert.Contains(t, files, "records/"+e.Folder+"/index.html")
				if e.Cover != "" {
					assert.Contains(t, files, "records/"+e.Folder+"/"+e.Cover)
				}
			}
		}
	}
}

type listing struct {
	Folder string `json:"f"`
	Title  string `json:"t"`
	Person string `json:"u"`
	Cover  string `json:"c"`
	Start  string `json:"s"`
}

// entries reads a month of the index.
func entries(t *testing.T, content string) []listing {
	t.Helper()
	from, to := strings.Index(content, "["), strings.LastIndex(content, "]")
	require.True(t, strings.HasPrefix(content, `nx.part("`) && from > 0 && to > 0, content)
	assert.Equal(t, ");\n", content[to+1:])
	var list []listing
	require.NoError(t, json.Unmarshal([]byte(content[from:to+1]), &list))
	return list
}

func TestAgainChangesNothing(t *testing.T) {
	site, store := t.TempDir(), newStore(t)
	job := store.job(7, day(5, 6), 2)
	export(t, site, job)
	before := snapshot(t, site)
	killed := open(t, site)
	over := killed.Limit(0)
	receipt, err := killed.Export(context.Background(), job)
	require.NoError(t, err)
	assert.False(t, over(), "nothing is written a second time")
	assert.Equal(t, job.Digest, receipt.Digest)
	assert.Equal(t, before, snapshot(t, site))
}

func TestUpdateLeavesNothingBehind(t *testing.T) {
	site, fresh, store := t.TempDir(), t.TempDir(), newStore(t)
	export(t, site, store.job(7, day(5, 6), 5))
	changed := store.job(7, day(5, 6), 2)
	store.add(changed.Record.Activities[0].Datasets[1].Location, 99)
	changed.Record.Title = "Fewer"
	seal(changed)
	s := open(t, site)
	existing, found, err := s.Find(context.Background(), changed)
	require.NoError(t, err)
	require.True(t, found)
	receipt, err := s.Update(context.Background(), changed, existing)
	require.NoError(t, err)
	assert.Equal(t, existing.ID, receipt.ID)
	assert.Equal(t, changed.Digest, receipt.Digest)
	export(t, fresh, changed)
	assert.Equal(t, snapshot(t, fresh), snapshot(t, site), "the same as if it had always been so")
}

func TestRecordMovesToAnotherMonth(t *testing.T) {
	site, store := t.TempDir(), newStore(t)
	first := export(t, site, store.job(7, day(5, 31), 1))
	other := export(t, site, store.job(8, day(5, 30), 1))
	moved := store.job(7, day(6, 1), 1)
	receipt := export(t, site, moved)
	assert.Equal(t, first.ID, receipt.ID, "a session keeps its folder whatever the record is called")
	files := snapshot(t, site)
	assert.Equal(t, other.ID, entries(t, files["index/2024-05.js"])[0].Folder)
	assert.Len(t, entries(t, files["index/2024-05.js"]), 1)
	assert.Len(t, entries(t, files["index/2024-06.js"]), 1)

	export(t, site, store.job(8, day(6, 2), 1))
	files = snapshot(t, site)
	assert.NotContains(t, files, "index/2024-05.js")
	assert.NotContains(t, files["index/parts.js"], "2024-05")
	list := entries(t, files["index/2024-06.js"])
	require.Len(t, list, 2)
	assert.Greater(t, list[0].Start, list[1].Start, "newest first")
	requireWhole(t, site)
}

func TestFind(t *testing.T) {
	ctx := context.Background()
	site, store := t.TempDir(), newStore(t)
	job := store.job(7, day(5, 6), 1)
	_, found, err := open(t, site).Find(ctx, job)
	require.NoError(t, err)
	assert.False(t, found)
	want := export(t, site, job)

	renamed := store.job(7, day(5, 7), 1)
	receipt, found, err := open(t, site).Find(ctx, renamed)
	require.NoError(t, err)
	require.True(t, found)
	assert.Equal(t, want.ID, receipt.ID)
	assert.Equal(t, job.Digest, receipt.Digest, "that of the document that is there")

	_, found, err = open(t, site).Find(ctx, store.job(8, day(5, 6), 1))
	require.NoError(t, err)
	assert.False(t, found)

	require.NoError(t, os.RemoveAll(filepath.Join(site, "index", "sessions")))
	_, found, err = open(t, site).Find(ctx, job)
	require.NoError(t, err)
	assert.True(t, found, "by its name")
}

func TestDamagedRecordIsReplaced(t *testing.T) {
	site, store := t.TempDir(), newStore(t)
	job := store.job(7, day(5, 6), 1)
	receipt := export(t, site, job)
	want := snapshot(t, site)
	file := filepath.Join(site, "records", receipt.ID, "record.json")
	require.NoError(t, os.WriteFile(file, []byte("{"), 0o600))
	_, found, err := open(t, site).Find(context.Background(), job)
	require.NoError(t, err)
	assert.False(t, found)
	assert.Equal(t, receipt.ID, export(t, site, job).ID)
	assert.Equal(t, want, snapshot(t, site))
}

func TestDelete(t *testing.T) {
	ctx := context.Background()
	site, store := t.TempDir(), newStore(t)
	export(t, site, store.job(7, day(5, 6), 1))
	before := snapshot(t, site)
	gone := export(t, site, store.job(8, day(5, 7), 2))
	require.NoError(t, open(t, site).Delete(ctx, gone))
	assert.Equal(t, before, snapshot(t, site))
	assert.NoDirExists(t, filepath.Join(site, "records", gone.ID))
	assert.ErrorIs(t, open(t, site).Delete(ctx, gone), nexuslims.NotFound)
	assert.ErrorIs(t, open(t, site).Delete(ctx, exporters.Receipt{ID: "../index"}), nexuslims.NotFound)
	assert.Equal(t, before, snapshot(t, site))
}

func TestMissingFilesAreSaid(t *testing.T) {
	site, store := t.TempDir(), newStore(t)
	job := store.job(7, day(5, 6), 14)
	for _, d := range job.Record.Activities[0].Datasets[1:] {
		require.NoError(t, os.Remove(filepath.Join(store.path, d.Preview)))
	}
	receipt := export(t, site, job)
	assert.Len(t, receipt.Warnings, 11)
	assert.Equal(t, "preview of grain 1.tif could not be read", receipt.Warnings[0])
	assert.Equal(t, "3 more files could not be read", receipt.Warnings[10])
	requireWhole(t, site)

	job = store.job(8, day(5, 6), 2)
	job.Files = exporters.Files{}
	assert.Empty(t, export(t, site, job).Warnings, "no files were promised")
	requireWhole(t, site)
}

func TestCancelled(t *testing.T) {
	site, store := t.TempDir(), newStore(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := open(t, site).Export(ctx, store.job(7, day(5, 6), 1))
	assert.ErrorIs(t, err, context.Canceled)
	assert.Empty(t, snapshot(t, site))
}

// Killed before any change of the disk, the site is whole, and the next export makes of it
// what an undisturbed one makes.
func TestKilledAtAnyPoint(t *testing.T) {
	store := newStore(t)
	other := store.job(3, day(5, 1), 1)
	old := store.job(7, day(5, 31), 3)
	changed := store.job(7, day(6, 1), 2)
	store.add(changed.Record.Activities[0].Datasets[0].Location, 77)
	cases := []struct {
		name string
		have []*exporters.Job
	}{
		{"into an empty site", nil},
		{"into a month with others", []*exporters.Job{other}},
		{"in place of an older version", []*exporters.Job{other, old}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			undisturbed := t.TempDir()
			for _, job := range append(c.have, changed) {
				export(t, undisturbed, job)
			}
			want := snapshot(t, undisturbed)
			for n := 0; ; n++ {
				site := t.TempDir()
				for _, job := range c.have {
					export(t, site, job)
				}
				victim := open(t, site)
				killed := victim.Limit(n)
				_, err := victim.Export(context.Background(), changed)
				if !killed() {
					require.NoError(t, err)
					require.Greater(t, n, 5)
					return
				}
				require.Error(t, err)
				checkKilled(t, site, changed, len(c.have) > 1)
				export(t, site, changed)
				require.Equal(t, want, snapshot(t, site), "killed before change %d", n)
			}
		})
	}
}

// checkKilled checks a site whose export was killed: pages that lead nowhere missing, and
// no claim that the new version is there.
func checkKilled(t *testing.T, site string, job *exporters.Job, had bool) {
	t.Helper()
	files := snapshot(t, site)
	for name, content := range files {
		if !strings.HasPrefix(name, "records/") || !strings.HasSuffix(name, ".html") {
			continue
		}
		for _, m := range reference.FindAllStringSubmatch(content, -1) {
			if strings.HasPrefix(m[1], "previews/") || strings.HasPrefix(m[1], "metadata/") {
				require.Contains(t, files, path.Join(path.Dir(name), m[1]))
			}
		}
	}
	receipt, found, err := open(t, site).Find(context.Background(), job)
	require.NoError(t, err)
	require.Equal(t, had, found)
	require.NotEqual(t, job.Digest, receipt.Digest)
}
