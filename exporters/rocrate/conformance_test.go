package rocrate_test

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/exportertest"
	"github.com/nexuslims/nexuslims-go/exporters/rocrate"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// TestConformance runs the kit of all destinations on each form. What it calls a request is
// a change of the disk.
func TestConformance(t *testing.T) {
	for _, form := range []rocrate.Form{rocrate.ELN, rocrate.Zip, rocrate.Folder} {
		t.Run(string(form), func(t *testing.T) {
			t.Parallel()
			exportertest.Run(t, exportertest.Harness{New: func(tb testing.TB) exportertest.Site {
				tb.Helper()
				return siteOf(tb, form)
			}})
		})
	}
}

func siteOf(tb testing.TB, form rocrate.Form) exportertest.Site {
	tb.Helper()
	path, faults := tb.TempDir(), &faultyDisk{}
	crates := func() []string { return cratesOf(tb, path, form) }
	return exportertest.Site{
		Open: func(tb testing.TB) exporters.Destination {
			tb.Helper()
			store := open(tb, rocrate.Config{Path: path, Forms: rocrate.Forms{form}})
			store.Wrap(faults.wrap)
			return store
		},
		Count: func() int { return len(crates()) },
		Documents: func() (all [][]byte) {
			for _, c := range crates() {
				all = append(all, recordOf(tb, c))
			}
			return all
		},
		Edit: func() {
			for _, c := range crates() {
				rewrite(tb, c, func(name string, data []byte) []byte {
					if strings.HasSuffix(name, ".xml") {
						return append(data, "<!-- edited -->"...)
					}
					return data
				})
			}
		},
		Remove: func() {
			for _, c := range crates() {
				require.NoError(tb, os.RemoveAll(c))
			}
		},
		Requests: func() int { return faults.changes },
		Fail:     faults.fail,
		Refuse:   func() { faults.all = fs.ErrPermission },
		Throttle: func() { faults.all = syscall.EBUSY },
		Heal:     func() { *faults = faultyDisk{changes: faults.changes} },
	}
}

// open returns a store.
func open(tb testing.TB, c rocrate.Config) *rocrate.Store {
	tb.Helper()
	store, err := rocrate.New(c, nexuslims.Host{})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, store.Close()) })
	return store
}

// cratesOf lists the current crates of a form, without earlier versions.
func cratesOf(tb testing.TB, path string, form rocrate.Form) []string {
	tb.Helper()
	all, err := filepath.Glob(filepath.Join(path, "*", "*", "*"))
	require.NoError(tb, err)
	var crates []string
	for _, name := range all {
		if strings.HasPrefix(filepath.Base(name), ".nx-") {
			continue // not finished
		}
		info, err := os.Stat(name)
		require.NoError(tb, err)
		stem, ending := name, ""
		if !info.IsDir() {
			ending = filepath.Ext(name)
			stem = strings.TrimSuffix(name, ending)
		}
		if mark := filepath.Ext(stem); strings.HasPrefix(mark, ".v") || strings.HasPrefix(mark, ".edited-") {
			continue
		}
		if ending == "."+string(form) || form == rocrate.Folder && info.IsDir() {
			crates = append(crates, name)
		}
	}
	return crates
}

// contents returns the files of a crate by their names below it.
func contents(tb testing.TB, crate string) map[string][]byte {
	tb.Helper()
	files := map[string][]byte{}
	fsys := os.DirFS(crate)
	if ending := filepath.Ext(crate); ending == ".eln" || ending == ".zip" {
		z, err := zip.OpenReader(crate)
		require.NoError(tb, err)
		defer func() { require.NoError(tb, z.Close()) }()
		fsys = z
		if ending == ".eln" {
			top, err := fs.ReadDir(z, ".")
			require.NoError(tb, err)
			require.Len(tb, top, 1, "an .eln holds one folder")
			fsys, err = fs.Sub(z, top[0].Name())
			require.NoError(tb, err)
		}
	}
	require.NoError(tb, fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files[name], err = fs.ReadFile(fsys, name)
		return err
	}))
	return files
}

func recordOf(tb testing.TB, crate string) []byte {
	tb.Helper()
	for name, data := range contents(tb, crate) {
		if strings.HasSuffix(name, ".xml") {
			return data
		}
	}
	tb.Errorf("no record in %s", crate)
	return nil
}

// rewrite changes files of a crate as people do.
func rewrite(tb testing.TB, crate string, change func(name string, data []byte) []byte) {
	tb.Helper()
	files := contents(tb, crate)
	info, err := os.Stat(crate)
	require.NoError(tb, err)
	if info.IsDir() {
		for name, data := range files {
			require.NoError(tb, os.WriteFile(filepath.Join(crate, name), change(name, data), 0o600))
		}
		return
	}
	z, err := zip.OpenReader(crate)
	require.NoError(tb, err)
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(tb, err)
		data, err := io.ReadAll(r)
		require.NoError(tb, err)
		out, err := w.Create(f.Name)
		require.NoError(tb, err)
		if !strings.HasSuffix(f.Name, "/") {
			_, err = out.Write(change(f.Name, data))
			require.NoError(tb, err)
		}
	}
	require.NoError(tb, z.Close())
	require.NoError(tb, w.Close())
	require.NoError(tb, os.WriteFile(crate, b.Bytes(), 0o600))
}
