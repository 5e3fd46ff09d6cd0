package folder_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/exportertest"
	"github.com/nexuslims/nexuslims-go/exporters/folder"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/stretchr/testify/require"
)

// open returns a site in a folder, which does not wait for the disk.
func open(tb testing.TB, path string) *folder.Site {
	tb.Helper()
	site := durable(tb, path)
	site.Quick()
	return site
}

// durable returns a site in a folder, as operators have it.
func durable(tb testing.TB, path string) *folder.Site {
	tb.Helper()
	site, err := folder.New(folder.Config{Path: path}, nexuslims.Host{})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, site.Close()) })
	return site
}

// documents returns the documents of all records of a site.
func documents(tb testing.TB, path string) [][]byte {
	tb.Helper()
	names, err := filepath.Glob(filepath.Join(path, "records", "*", "record.xml"))
	require.NoError(tb, err)
	var all [][]byte
	for _, name := range names {
		data, err := os.ReadFile(name)
		require.NoError(tb, err)
		all = append(all, bytes.Clone(data))
	}
	return all
}

func TestConformance(t *testing.T) {
	exportertest.Run(t, exportertest.Harness{New: func(tb testing.TB) exportertest.Site {
		tb.Helper()
		path := filepath.Join(tb.TempDir(), "site")
		return exportertest.Site{
			Open: func(tb testing.TB) exporters.Destination {
				tb.Helper()
				return durable(tb, path)
			},
			Count:     func() int { return len(documents(tb, path)) },
			Documents: func() [][]byte { return documents(tb, path) },
			Remove:    func() { require.NoError(tb, os.RemoveAll(filepath.Join(path, "records"))) },
		}
	}})
}
