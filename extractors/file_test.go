package extractors_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestOpenFile(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "in", "sub"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "secret"), []byte("x"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "in", "a.ser"), []byte("hello"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "in", "a.emi"), []byte("side"), 0o600))
	require.NoError(t, os.Symlink("../secret", filepath.Join(dir, "in", "out")))
	root, err := os.OpenRoot(filepath.Join(dir, "in"))
	require.NoError(t, err)
	defer func() { require.NoError(t, root.Close()) }()

	f, err := extractors.OpenFile(root, "a.ser", extractors.Context{})
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	side, err := f.Sibling("a.emi")
	require.NoError(t, err)
	defer func() { require.NoError(t, side.Close()) }()
	head, err := side.Head(100)
	require.NoError(t, err)
	assert.Equal(t, "side", string(head))
	_, err = f.Sibling("b.emi")
	assert.ErrorIs(t, err, nexuslims.NotFound)
	_, err = f.Sibling("../secret")
	assert.ErrorIs(t, err, nexuslims.Invalid)

	_, err = extractors.OpenFile(root, "missing", extractors.Context{})
	assert.ErrorIs(t, err, nexuslims.NotFound)
	_, err = extractors.OpenFile(root, "sub", extractors.Context{})
	assert.ErrorIs(t, err, nexuslims.Unsupported)
	_, err = extractors.OpenFile(root, "out", extractors.Context{})
	assert.Error(t, err, "a link out of the root")
}

func TestFileReads(t *testing.T) {
	f := memory("a.b.DM3", []byte("0123456789"))
	assert.Equal(t, "dm3", f.Ext())
	b, err := f.Read(2, 3)
	require.NoError(t, err)
	assert.Equal(t, "234", string(b))
	for name, r := range map[string][2]int64{
		"beyond": {8, 3}, "negative": {-1, 1}, "negative length": {0, -1}, "huge": {1, 1 << 62}, "overflow": {1 << 62, 1 << 62},
	} {
		_, err := f.Read(r[0], r[1])
		assert.ErrorIs(t, err, nexuslims.Corrupt, name)
	}
	n, err := f.ReadAt(make([]byte, 20), 5)
	assert.Equal(t, 5, n)
	assert.Equal(t, io.EOF, err, "readers compare with ==")
	broken := extractors.NewFile("a", &fault.Failing{R: strings.NewReader("x"), Err: syscall.EIO}, 1, time.Now(), extractors.Context{})
	_, err = broken.ReadAt(make([]byte, 1), 0)
	assert.ErrorIs(t, err, nexuslims.Transient)
	assert.ErrorIs(t, err, syscall.EIO)
	refused := extractors.NewFile("a", &fault.Failing{R: strings.NewReader("x"), Err: os.ErrPermission}, 1, time.Now(), extractors.Context{})
	_, err = refused.Head(1)
	assert.Equal(t, nexuslims.Permission, nexuslims.KindOf(err))
	assert.NotErrorIs(t, err, nexuslims.Transient)
}
