package rocrate_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/rocrate"
	"github.com/nexuslims/nexuslims-go/internal/atomicfile"
	"github.com/nexuslims/nexuslims-go/internal/rocratetest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// including is a configuration with data files inside.
func including(dir string, form rocrate.Form) rocrate.Config {
	return rocrate.Config{Path: dir, Forms: rocrate.Forms{form}, Data: rocrate.Include, Limit: 1 << 20}
}

func TestDataInside(t *testing.T) {
	for _, form := range allForms {
		t.Run(string(form), func(t *testing.T) {
			dir, f := t.TempDir(), newFacility(t)
			r, err := open(t, including(dir, form)).Export(t.Context(), f.job())
			require.NoError(t, err)
			assert.Equal(t, map[string]any{"included": 2, "referenced": 0, "missing": 0}, r.Meta["data"])
			crate := cratesOf(t, dir, form)[0]
			rocratetest.Require(t, crate)
			assert.Equal(t, bytes.Repeat([]byte{1}, 100), contents(t, crate)["record/grain_1.tif"])
			graph := graphOf(t, crate)
			assert.Equal(t, "image/tiff", graph["./record/grain_1.tif"]["encodingFormat"])
			assert.Equal(t, "application/octet-stream", graph["./record/map.dm4"]["encodingFormat"])
			assert.NotContains(t, graph, "#file-1")
		})
	}
}

func TestDataOverTheLimit(t *testing.T) {
	dir, f := t.TempDir(), newFacility(t)
	config := including(dir, rocrate.ELN)
	config.Limit = 150
	r, err := open(t, config).Export(t.Context(), f.job())
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"included": 1, "referenced": 1, "missing": 0}, r.Meta["data"])
	require.Len(t, r.Warnings, 1)
	assert.Contains(t, r.Warnings[0], "map.dm4")
	graph := graphOf(t, cratesOf(t, dir, rocrate.ELN)[0])
	assert.Equal(t, "100", graph["#file-2"]["contentSize"])
	assert.Contains(t, graph["#file-2"]["description"], "over the limit")
}

func TestLostFiles(t *testing.T) {
	dir, f := t.TempDir(), newFacility(t)
	job := f.job()
	require.NoError(t, os.Remove(filepath.Join(f.instruments, "SEM_A/aquill/map.dm4")))
	require.NoError(t, os.Remove(filepath.Join(f.data, "SEM_A/aquill/grain 1.tif.json")))
	require.NoError(t, os.Remove(filepath.Join(f.data, "SEM_A/aquill/grain 1.tif.thumb.png")))
	r, err := open(t, rocrate.Config{Path: dir, Checksum: true}).Export(t.Context(), job)
	require.NoError(t, err)
	assert.Equal(t, []string{
		"metadata of grain 1.tif could not be read", "preview of grain 1.tif could not be read", "data file map.dm4 is missing",
	}, r.Warnings)
	assert.Equal(t, map[string]any{"included": 0, "referenced": 1, "missing": 1}, r.Meta["data"])
	crate := cratesOf(t, dir, rocrate.ELN)[0]
	rocratetest.Require(t, crate)
	graph := graphOf(t, crate)
	assert.Contains(t, graph["#file-2"]["description"], "missing")
	assert.NotContains(t, graph["#file-2"], "contentSize")
	assert.Len(t, graph["#file-1"]["sha256"], 64)
}

// TestDataOutsideOfItsRoot: no path leads out of the instrument data.
func TestDataOutsideOfItsRoot(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte("secret"), 0o600))
	for name, change := range map[string]func(f *facility, d *nexuslims.Dataset){
		"dots": func(_ *facility, d *nexuslims.Dataset) { d.Location = "../" + filepath.Base(secret) },
		"link": func(f *facility, _ *nexuslims.Dataset) {
			path := filepath.Join(f.instruments, "SEM_A/aquill/grain 1.tif")
			require.NoError(t, os.Remove(path))
			require.NoError(t, os.Symlink(secret, path))
		},
	} {
		dir, f := t.TempDir(), newFacility(t)
		job := f.job()
		change(f, &job.Record.Activities[0].Datasets[0])
		_, err := open(t, including(dir, rocrate.ELN)).Export(t.Context(), job)
		require.ErrorIs(t, err, nexuslims.Invalid, name)
		assert.Empty(t, tree(t, dir), name)
	}
}

// meddling runs a function when a crate begins to be written, once or each time.
type meddling struct {
	faultyDisk
	meddle func()
}

func (m *meddling) wrap(d rocrate.Disk) rocrate.Disk {
	m.Disk = d
	return m
}

func (m *meddling) CreateTemp(dir, pattern string) (atomicfile.File, error) {
	m.meddle()
	return m.faultyDisk.CreateTemp(dir, pattern)
}

func (m *meddling) Mkdir(name string, perm os.FileMode) error {
	m.meddle()
	return m.faultyDisk.Mkdir(name, perm)
}

// TestDataThatChanges: what changes or vanishes while a crate is made stays outside, and
// the crate is whole.
func TestDataThatChanges(t *testing.T) {
	for name, change := range map[string]func(path string, n int) error{
		"grows": func(path string, n int) error { return os.WriteFile(path, bytes.Repeat([]byte{9}, 100+n), 0o600) },
		"same size": func(path string, n int) error {
			return os.WriteFile(path, bytes.Repeat([]byte{byte(n + 50)}, 100), 0o600)
		},
		"shrinks":           func(path string, n int) error { return os.WriteFile(path, bytes.Repeat([]byte{9}, 90-n), 0o600) },
		"vanishes":          func(path string, _ int) error { return os.RemoveAll(path) },
		"becomes something": func(path string, n int) error { return swap(path, n) },
	} {
		for _, form := range allForms {
			t.Run(name+" "+string(form), func(t *testing.T) {
				dir, f := t.TempDir(), newFacility(t)
				job, times := f.job(), 0
				disk := &meddling{meddle: func() {
					times++
					require.NoError(t, change(filepath.Join(f.instruments, "SEM_A/aquill/map.dm4"), times))
				}}
				store := open(t, including(dir, form))
				store.Wrap(disk.wrap)
				r, err := store.Export(t.Context(), job)
				require.NoError(t, err)
				require.Len(t, r.Warnings, 1)
				assert.Contains(t, r.Warnings[0], "map.dm4")
				crate := cratesOf(t, dir, form)[0]
				rocratetest.Require(t, crate)
				graph := graphOf(t, crate)
				assert.Contains(t, graph, "./record/grain_1.tif", "the others are inside")
				assert.Contains(t, graph["#file-2"]["description"], "Not in this crate; it")
				left, err := filepath.Glob(filepath.Join(dir, "*", "*", ".nx-*"))
				require.NoError(t, err)
				assert.Empty(t, left)
			})
		}
	}
}

// TestDataThatChangesBetweenForms: the forms of a crate hold the same, as one version.
func TestDataThatChangesBetweenForms(t *testing.T) {
	for _, order := range []rocrate.Forms{{rocrate.ELN, rocrate.Zip, rocrate.Folder}, {rocrate.Folder, rocrate.Zip}} {
		dir, f := t.TempDir(), newFacility(t)
		job := f.job()
		disk := &meddling{meddle: func() {
			if len(cratesOf(t, dir, order[0])) == 1 {
				require.NoError(t, os.RemoveAll(filepath.Join(f.instruments, "SEM_A/aquill/map.dm4")))
			}
		}}
		config := including(dir, order[0])
		config.Forms = order
		store := open(t, config)
		store.Wrap(disk.wrap)
		_, err := store.Export(t.Context(), job)
		require.NoError(t, err)
		first := contents(t, cratesOf(t, dir, order[0])[0])
		for _, form := range order {
			crate := cratesOf(t, dir, form)[0]
			rocratetest.Require(t, crate)
			assert.Equal(t, first, contents(t, crate))
			assert.Equal(t, "1", graphOf(t, crate)["./"]["version"])
		}
		old, err := filepath.Glob(filepath.Join(dir, "*", "*", "*.v*"))
		require.NoError(t, err)
		assert.Empty(t, old)
	}
}

// swap puts a folder in a file's place.
func swap(path string, n int) error {
	if n > 1 {
		return nil
	}
	if err := os.Remove(path); err != nil {
		return err
	}
	return os.Mkdir(path, 0o700)
}

// TestPreviewThatChanges: our own files change when a record is built anew; the next run
// delivers that.
func TestPreviewThatChanges(t *testing.T) {
	dir, f := t.TempDir(), newFacility(t)
	job := f.job()
	disk := &meddling{meddle: func() {
		f.write(filepath.Join(f.data, "SEM_A/aquill/map.dm4.thumb.png"), []byte(fmt.Sprint("other ", len(tree(t, dir)))))
	}}
	store := open(t, rocrate.Config{Path: dir})
	store.Wrap(disk.wrap)
	_, err := store.Export(t.Context(), job)
	require.ErrorIs(t, err, nexuslims.Transient)
	assert.Empty(t, tree(t, dir))
}

// TestKilled kills an update at each change of the disk; the next run ends with the new
// version in its place, the old one beside it, and every crate that is seen meanwhile whole.
func TestKilled(t *testing.T) {
	for _, form := range allForms {
		t.Run(string(form), func(t *testing.T) {
			for n := 1; ; n++ {
				require.Less(t, n, 100)
				dir, f := t.TempDir(), newFacility(t)
				config := rocrate.Config{Path: dir, Forms: rocrate.Forms{form}}
				first := deliver(t, config, f.job(), exporters.Receipt{})
				next := f.job()
				next.Record.Title = "Grain map, second thoughts"
				seal(next)
				faults := &faultyDisk{at: n, dead: true}
				store := open(t, config)
				store.Wrap(faults.wrap)
				_, err := store.Update(t.Context(), next, first)
				for _, c := range cratesOf(t, dir, form) {
					rocratetest.Require(t, c)
				}
				survived := err == nil
				second := deliver(t, config, next, first)
				assert.Equal(t, first.ID, second.ID)
				crates := cratesOf(t, dir, form)
				require.Len(t, crates, 1)
				rocratetest.Require(t, crates[0])
				assert.Equal(t, string(next.XML), string(recordOf(t, crates[0])))
				old, err := filepath.Glob(filepath.Join(dir, "*", "*", "*.v1*"))
				require.NoError(t, err)
				require.Len(t, old, 1, "killed at change %d", n)
				assert.Equal(t, string(f.job().XML), string(recordOf(t, old[0])))
				if survived {
					return
				}
			}
		})
	}
}

// TestStaleFiles: what killed processes left goes after an hour.
func TestStaleFiles(t *testing.T) {
	dir, f := t.TempDir(), newFacility(t)
	home := filepath.Join(dir, "SEM-A", "2024")
	require.NoError(t, os.MkdirAll(filepath.Join(home, ".nx-OLD.tmp", "record"), 0o700))
	f.write(filepath.Join(home, ".nx-NEW.tmp"), []byte("x"))
	long := f.job().Record.Start
	require.NoError(t, os.Chtimes(filepath.Join(home, ".nx-OLD.tmp"), long, long))
	deliver(t, rocrate.Config{Path: dir}, f.job(), exporters.Receipt{})
	assert.NoDirExists(t, filepath.Join(home, ".nx-OLD.tmp"))
	assert.FileExists(t, filepath.Join(home, ".nx-NEW.tmp"), "another process may be at work")
}

func TestCancelledWhileReading(t *testing.T) {
	dir, f := t.TempDir(), newFacility(t)
	job := f.job()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	disk := &meddling{meddle: cancel}
	store := open(t, including(dir, rocrate.Zip))
	store.Wrap(disk.wrap)
	_, err := store.Export(ctx, job)
	require.Equal(t, nexuslims.Canceled, nexuslims.KindOf(err), "%v", err)
	assert.Empty(t, tree(t, dir))
	assert.False(t, strings.Contains(err.Error(), "changed"))
}
