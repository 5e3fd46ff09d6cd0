//go:build unix

package find_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/find"
)

var noon = time.Date(2024, 5, 6, 12, 0, 0, 0, time.UTC)

// put writes a file with a modification time, minutes after noon.
func put(t *testing.T, root, name string, minutes float64) {
	t.Helper()
	path := filepath.Join(root, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(name), 0o644))
	at := noon.Add(time.Duration(minutes * float64(time.Minute)))
	require.NoError(t, os.Chtimes(path, at, at))
}

func store(t *testing.T, root string, known []string, ignore ...string) find.Store {
	t.Helper()
	p, err := find.CompilePatterns(ignore)
	require.NoError(t, err)
	return find.Store{Root: root, Known: known, Ignore: p, Workers: 3}
}

func hour() []find.Window { return []find.Window{{From: noon, To: noon.Add(time.Hour)}} }

func paths(files []find.File) []string {
	out := make([]string, len(files))
	for i, f := range files {
		out[i] = f.Path
	}
	return out
}

func TestWindow(t *testing.T) {
	root := t.TempDir()
	put(t, root, "TEM/at-start.dm3", 0)
	put(t, root, "TEM/after.dm3", 1.0/60/1000)
	put(t, root, "TEM/b/.hidden.dm3", 30)
	put(t, root, "TEM/a/same.DM3", 30)
	put(t, root, "TEM/at-end.Dm4", 60)
	put(t, root, "TEM/late.dm3", 60.001)
	put(t, root, "SEM/other.dm3", 30)
	tree, err := store(t, root, []string{"dm3", "dm4"}).Walk(t.Context(), "TEM", hour())
	require.NoError(t, err)
	assert.Equal(t, []string{"TEM/after.dm3", "TEM/a/same.DM3", "TEM/b/.hidden.dm3", "TEM/at-end.Dm4"}, paths(tree.Files))
	assert.True(t, tree.Complete())
	assert.Equal(t, []string{"TEM/a/same.DM3", "TEM/b/.hidden.dm3"},
		paths(tree.Within(find.Window{From: noon.Add(time.Minute), To: noon.Add(30 * time.Minute)})))
	assert.Empty(t, tree.Within(find.Window{From: noon.Add(30 * time.Minute), To: noon}))
	assert.EqualValues(t, len("TEM/after.dm3"), tree.Files[0].Size)
	b, err := os.ReadFile(filepath.Join(tree.Files[1].Root, tree.Files[1].Name))
	require.NoError(t, err)
	assert.Equal(t, "TEM/a/same.DM3", string(b))
}

func TestStrategiesAndPatterns(t *testing.T) {
	root := t.TempDir()
	for _, n := range []string{"a.dm3", "b.txt", "c.mib", "Thumbs.db", "d", "~$e.txt", "f.tar.gz", "x.Mib", "[z].txt"} {
		put(t, root, "TEM/"+n, 5)
	}
	all, err := store(t, root, nil).Walk(t.Context(), "TEM", hour())
	require.NoError(t, err)
	assert.Len(t, all.Files, 9)
	some, err := store(t, root, nil, "*.MIB", "thumbs.db", "~$*", "[[]z*").Walk(t.Context(), "TEM", hour())
	require.NoError(t, err)
	assert.Equal(t, []string{"TEM/a.dm3", "TEM/b.txt", "TEM/d", "TEM/f.tar.gz"}, paths(some.Files))
	exclusive, err := store(t, root, []string{"dm3", "gz"}).Walk(t.Context(), "TEM", hour())
	require.NoError(t, err)
	assert.Equal(t, []string{"TEM/a.dm3", "TEM/f.tar.gz"}, paths(exclusive.Files))
}

func TestPatternsAreThoseOfFnmatch(t *testing.T) {
	for _, c := range []struct {
		glob, name string
		match      bool
	}{
		{"*.db", "Thumbs.DB", true},
		{"*.db", "db", false},
		{"?.txt", "é.txt", true},
		{"[!a]*", "b", true},
		{"[!a]*", "abc", false},
		{"{a,b}", "a", false},
		{"{a,b}", "{a,b}", true},
		{`a\b`, `a\b`, true},
		{"*", ".hidden", true},
		{"a*b*c", "aXbYc", true},
		{"[0-9]*", "7", true},
	} {
		p, err := find.CompilePatterns([]string{c.glob})
		require.NoError(t, err, c.glob)
		assert.Equal(t, c.match, p.Match(c.name), "%s on %s", c.glob, c.name)
	}
	_, err := find.CompilePatterns([]string{"[a"})
	assert.ErrorIs(t, err, nexuslims.Invalid)
}

func TestLinks(t *testing.T) {
	root, outside := t.TempDir(), t.TempDir()
	put(t, root, "TEM/own/a.dm3", 1)
	put(t, root, "shared/b.dm3", 2)
	put(t, root, "shared/deep/c.dm3", 3)
	put(t, root, "notes/d.dm3", 4)
	put(t, outside, "e.dm3", 5)
	link := func(target, name string) {
		require.NoError(t, os.Symlink(target, filepath.Join(root, filepath.FromSlash(name))))
	}
	link("../shared", "TEM/to-shared")
	link("../../shared", "TEM/own/again")                    // the same folder by another way
	link("../..", "TEM/own/loop")                            // a loop
	link(filepath.Join(root, "notes", "d.dm3"), "TEM/x.dm3") // to a file
	link(filepath.Join(root, "TEM", "own", "a.dm3"), "TEM/z.dm3")
	link(outside, "TEM/out")
	link("nowhere", "TEM/broken")
	tree, err := store(t, root, nil).Walk(t.Context(), "TEM", hour())
	require.NoError(t, err)
	got := paths(tree.Files)
	slices.Sort(got)
	assert.Equal(t, []string{
		"TEM/own/a.dm3", "TEM/own/again/b.dm3", "TEM/own/again/deep/c.dm3", "TEM/own/loop/notes/d.dm3",
	}, got, "each file once, under the first way to it")
	assert.Equal(t, []find.Warning{
		{Path: "TEM/broken", Reason: "broken link"},
		{Path: "TEM/out", Reason: "link leads out of the instrument data"},
	}, tree.Warnings)
	assert.True(t, tree.Complete())
}

func TestInstrumentFolderIsALink(t *testing.T) {
	root, share := t.TempDir(), t.TempDir()
	put(t, share, "a.dm3", 1)
	require.NoError(t, os.Symlink(share, filepath.Join(root, "TEM")))
	tree, err := store(t, root, nil).Walk(t.Context(), "TEM", hour())
	require.NoError(t, err)
	assert.Equal(t, []string{"TEM/a.dm3"}, paths(tree.Files), "the operator named the folder")
}

func TestStoreIsNotThere(t *testing.T) {
	root := t.TempDir()
	for _, c := range []struct{ name, root, folder string }{
		{"no root", filepath.Join(root, "absent"), "TEM"},
		{"no folder", root, "TEM"},
		{"empty folder", root, "empty"},
	} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, "empty"), 0o755))
		_, err := store(t, c.root, nil).Walk(t.Context(), c.folder, hour())
		assert.ErrorIs(t, err, nexuslims.Transient, c.name)
	}
}

func TestOnlyRegularFiles(t *testing.T) {
	root := t.TempDir()
	put(t, root, "TEM/a.dm3", 1)
	require.NoError(t, syscall.Mkfifo(filepath.Join(root, "TEM", "pipe.dm3"), 0o644))
	tree, err := store(t, root, nil).Walk(t.Context(), "TEM", []find.Window{{}})
	require.NoError(t, err)
	assert.Equal(t, []string{"TEM/a.dm3"}, paths(tree.Files))
}

func TestCancel(t *testing.T) {
	root := t.TempDir()
	put(t, root, "TEM/a.dm3", 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := store(t, root, nil).Walk(ctx, "TEM", hour())
	assert.ErrorIs(t, err, nexuslims.Canceled)
}

// TestMain lets the test binary walk as another user, for whom permissions hold.
func TestMain(m *testing.M) {
	if root := os.Getenv("FIND_TEST_WALK"); root != "" {
		tree, err := find.Store{Root: root}.Walk(context.Background(), "TEM", []find.Window{{}})
		if err != nil || len(tree.Files) != 1 || tree.Complete() || tree.Warnings[0].Path != "TEM/closed" {
			_, _ = os.Stdout.WriteString("unexpected result\n")
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestUnreadableFolder(t *testing.T) {
	root, err := os.MkdirTemp("", "find") //nolint:usetesting // readable for another user
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	require.NoError(t, os.Chmod(root, 0o755))
	put(t, root, "TEM/a.dm3", 1)
	put(t, root, "TEM/closed/b.dm3", 1)
	require.NoError(t, os.Chmod(filepath.Join(root, "TEM", "closed"), 0))
	binary := filepath.Join(root, "walker")
	b, err := os.ReadFile(os.Args[0])
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(binary, b, 0o755))
	child := exec.CommandContext(t.Context(), binary)
	child.Env = []string{"FIND_TEST_WALK=" + root}
	if os.Geteuid() == 0 {
		child.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := child.CombinedOutput()
	assert.NoError(t, err, "%s", out)
}
