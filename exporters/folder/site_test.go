package folder_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters/folder"
	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestFactory(t *testing.T) {
	f := folder.NewFactory()
	assert.Equal(t, "folder", f.Spec().Name)
	assert.Equal(t, 95, f.Spec().Priority)
	assert.True(t, f.Spec().Local)
	require.Len(t, f.Variables(), 1)
	assert.Equal(t, "NX_FOLDER_EXPORT_PATH", f.Variables()[0].Name)
	assert.Equal(t, "folder", f.Variables()[0].Type)

	off, err := f.Configure(settings.Map{}, nexuslims.Host{})
	require.NoError(t, err)
	assert.Nil(t, off)
	path := filepath.Join(t.TempDir(), "site")
	on, err := f.Configure(settings.Map{"NX_FOLDER_EXPORT_PATH": path}, nexuslims.Host{})
	require.NoError(t, err)
	assert.NotNil(t, on)
	assert.NoDirExists(t, path, "configuring changes nothing")
}

func TestNewWithoutPath(t *testing.T) {
	_, err := folder.New(folder.Config{}, nexuslims.Host{})
	assert.ErrorIs(t, err, nexuslims.Invalid)
}

func TestCheck(t *testing.T) {
	ctx := context.Background()
	t.Run("folder is made", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "site")
		require.NoError(t, open(t, path).Check(ctx))
		assert.FileExists(t, filepath.Join(path, "index.html"))
		assert.FileExists(t, filepath.Join(path, "assets", "site.css"))
	})
	t.Run("store is not mounted", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "store", "site")
		assert.ErrorIs(t, open(t, path).Check(ctx), nexuslims.Transient)
		_, found, err := open(t, path).Find(ctx, newStore(t).job(1, day(5, 6), 1))
		require.NoError(t, err)
		assert.False(t, found)
		assert.NoDirExists(t, filepath.Dir(path))
	})
	t.Run("file in the way", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "site")
		require.NoError(t, os.WriteFile(path, nil, 0o600))
		assert.Error(t, open(t, path).Check(ctx))
	})
}

func TestAssetsFollowTheProgram(t *testing.T) {
	path, store := t.TempDir(), newStore(t)
	export(t, path, store.job(1, day(5, 6), 1))
	want := snapshot(t, path)
	for _, name := range []string{"index.html", "assets/site.css", "assets/list.js", "assets/record.js"} {
		require.NoError(t, os.WriteFile(filepath.Join(path, name), []byte("old"), 0o600))
	}
	export(t, path, store.job(1, day(5, 6), 1))
	assert.Equal(t, want, snapshot(t, path))
	assert.Contains(t, want["index.html"], "assets/list.js?v=", "a browser must not use an old one")
}

func TestLeftoversAreSwept(t *testing.T) {
	path, store := t.TempDir(), newStore(t)
	receipt := export(t, path, store.job(1, day(5, 6), 1))
	for _, dir := range []string{".", "assets", "index", "records/" + receipt.ID, "records/" + receipt.ID + "/previews"} {
		file := filepath.Join(path, dir, ".nx-1.tmp")
		require.NoError(t, os.WriteFile(file, nil, 0o600))
		require.NoError(t, os.Chtimes(file, time.Time{}, time.Now().Add(-2*time.Hour)))
	}
	export(t, path, store.job(1, day(5, 6), 1))
	for name := range snapshot(t, path) {
		assert.False(t, strings.HasSuffix(name, ".tmp"), name)
	}
}
