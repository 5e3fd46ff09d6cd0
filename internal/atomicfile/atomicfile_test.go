package atomicfile_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/atomicfile"
)

func TestWriteReplaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b.txt")
	require.NoError(t, atomicfile.Write(path, []byte("one"), 0o644))
	require.NoError(t, atomicfile.Write(path, []byte("two"), 0o600))
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "two", string(got))
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, entries, 1, "no temporary file is left")
}

var errDisk = errors.New("no space left on device")

// failing fails its n-th operation.
type failing struct {
	atomicfile.OS
	n    int
	seen []string
}

func (f *failing) step(op string) error {
	f.seen = append(f.seen, op)
	if f.n--; f.n == 0 {
		return errDisk
	}
	return nil
}

func (f *failing) MkdirAll(p string, m fs.FileMode) error {
	return errors.Join(f.step("mkdir"), f.OS.MkdirAll(p, m))
}

func (f *failing) CreateTemp(dir, pattern string) (atomicfile.File, error) {
	if err := f.step("create"); err != nil {
		return nil, err
	}
	file, err := f.OS.CreateTemp(dir, pattern)
	return failingFile{file, f}, err
}

func (f *failing) Chmod(p string, m fs.FileMode) error {
	if err := f.step("chmod"); err != nil {
		return err
	}
	return f.OS.Chmod(p, m)
}

func (f *failing) Rename(a, b string) error {
	if err := f.step("rename"); err != nil {
		return err
	}
	return f.OS.Rename(a, b)
}

func (f *failing) SyncDir(d string) error { return errors.Join(f.step("sync folder"), f.OS.SyncDir(d)) }

type failingFile struct {
	atomicfile.File
	fs *failing
}

func (f failingFile) Write(p []byte) (int, error) {
	if err := f.fs.step("write"); err != nil {
		n, _ := f.File.Write(p[:len(p)/2])
		return n, err
	}
	return f.File.Write(p)
}

func (f failingFile) Sync() error { return errors.Join(f.fs.step("sync"), f.File.Sync()) }

func (f failingFile) Close() error { return errors.Join(f.File.Close(), f.fs.step("close")) }

func TestEveryFailureLeavesOldOrNew(t *testing.T) {
	for n := 1; ; n++ {
		path := filepath.Join(t.TempDir(), "record.xml")
		require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
		fsys := &failing{n: n}
		err := atomicfile.WriteFS(fsys, path, []byte("new content"), 0o644)
		got, readErr := os.ReadFile(path)
		require.NoError(t, readErr)
		if fsys.n > 0 {
			require.NoError(t, err)
			assert.Equal(t, "new content", string(got))
			assert.Equal(t, 9, n, "operations: %v", fsys.seen)
			return
		}
		op := fsys.seen[len(fsys.seen)-1]
		require.ErrorIs(t, err, errDisk, "%s", op)
		want := "old"
		if op == "sync folder" {
			want = "new content"
		}
		assert.Equal(t, want, string(got), "after a failing %s", fsys.seen[n-1])
		left, readErr := filepath.Glob(filepath.Join(filepath.Dir(path), ".nx-*"))
		require.NoError(t, readErr)
		assert.Empty(t, left, "after a failing %s", fsys.seen[n-1])
	}
}

func TestMove(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "a"), filepath.Join(dir, "uploaded", "a")
	stamp := time.Date(2020, 2, 2, 2, 2, 2, 0, time.UTC)
	require.NoError(t, os.WriteFile(from, []byte("x"), 0o600))
	require.NoError(t, os.Chtimes(from, stamp, stamp))
	require.NoError(t, atomicfile.Move(from, to))
	info, err := os.Stat(to)
	require.NoError(t, err)
	assert.True(t, info.ModTime().Equal(stamp))
	_, err = os.Stat(from)
	assert.ErrorIs(t, err, fs.ErrNotExist)
	assert.ErrorIs(t, atomicfile.Move(from, to), fs.ErrNotExist)
}

func TestRemoveStale(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	for name, age := range map[string]time.Duration{".nx-1.tmp": 2 * time.Hour, ".nx-2.tmp": 0, "keep.tmp": 2 * time.Hour} {
		p := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(p, nil, 0o600))
		require.NoError(t, os.Chtimes(p, now.Add(-age), now.Add(-age)))
	}
	require.NoError(t, atomicfile.RemoveStale(dir, time.Hour, now))
	left, err := filepath.Glob(filepath.Join(dir, "*.tmp"))
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{filepath.Join(dir, ".nx-2.tmp"), filepath.Join(dir, "keep.tmp")}, left)
	assert.NoError(t, atomicfile.RemoveStale(filepath.Join(dir, "absent"), time.Hour, now))
}

func TestRoot(t *testing.T) {
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	defer func() { require.NoError(t, root.Close()) }()
	fsys := atomicfile.Root{Dir: root}
	require.NoError(t, atomicfile.WriteFS(fsys, filepath.Join("a", "b.txt"), []byte("one"), 0o640))
	got, err := os.ReadFile(filepath.Join(dir, "a", "b.txt"))
	require.NoError(t, err)
	assert.Equal(t, "one", string(got))
	info, err := os.Stat(filepath.Join(dir, "a", "b.txt"))
	require.NoError(t, err)
	assert.Equal(t, fs.FileMode(0o640), info.Mode().Perm())

	err = atomicfile.FillFS(fsys, filepath.Join("a", "b.txt"), 0o640, func(w io.Writer) error {
		_, err := io.WriteString(w, "half")
		return errors.Join(err, errDisk)
	})
	require.ErrorIs(t, err, errDisk)
	got, err = os.ReadFile(filepath.Join(dir, "a", "b.txt"))
	require.NoError(t, err)
	assert.Equal(t, "one", string(got), "what could not be written whole replaces nothing")
	left, err := os.ReadDir(filepath.Join(dir, "a"))
	require.NoError(t, err)
	assert.Len(t, left, 1)

	outside := t.TempDir()
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "out")))
	require.Error(t, atomicfile.WriteFS(fsys, filepath.Join("out", "x"), []byte("x"), 0o644))
	left, err = os.ReadDir(outside)
	require.NoError(t, err)
	assert.Empty(t, left, "a link leads nowhere")
}
