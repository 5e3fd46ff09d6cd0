package find_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/nexuslims/find"
)

// manyFiles makes 100,000 files in 1,000 folders, one in a hundred within the window.
func manyFiles(b *testing.B) string {
	b.Helper()
	root := b.TempDir()
	for d := range 1000 {
		dir := filepath.Join(root, "TEM", fmt.Sprintf("user_%02d", d%40), fmt.Sprintf("day_%03d", d))
		require.NoError(b, os.MkdirAll(dir, 0o755))
		for f := range 100 {
			path := filepath.Join(dir, fmt.Sprintf("image_%03d.dm3", f))
			require.NoError(b, os.WriteFile(path, nil, 0o644))
			at := noon.Add(-24 * time.Hour)
			if f == 0 {
				at = noon.Add(time.Duration(d) * time.Second)
			}
			require.NoError(b, os.Chtimes(path, at, at))
		}
	}
	return root
}

// BenchmarkWalk walks 100,000 files with a window; BenchmarkWalk/find is GNU find with
// the same window over the same files.
func BenchmarkWalk(b *testing.B) {
	root := manyFiles(b)
	windows := []find.Window{{From: noon.Add(-time.Second), To: noon.Add(time.Hour)}}
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			tree, err := find.Store{Root: root, Known: []string{"dm3", "dm4"}}.Walk(b.Context(), "TEM", windows)
			require.NoError(b, err)
			require.Len(b, tree.Files, 1000)
		}
	})
	b.Run("find", func(b *testing.B) {
		gnu, err := exec.LookPath("find")
		require.NoError(b, err)
		for b.Loop() {
			cmd := exec.CommandContext(b.Context(), gnu, filepath.Join(root, "TEM"), "-type", "f", "(", "-iname", "*.dm3", "-o", "-iname", "*.dm4", ")",
				"-newermt", noon.Add(-time.Second).Format(time.RFC3339), "-not", "-newermt", noon.Add(time.Hour).Format(time.RFC3339))
			_, err := cmd.Output()
			require.NoError(b, err)
		}
	})
}
