package objects_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/memblob"

	"github.com/nexuslims/nexuslims-go/exporters/exportertest"
)

type exporterSite = exportertest.Site

func TestConformanceInMemory(t *testing.T) {
	exportertest.Run(t, exportertest.Harness{New: func(tb testing.TB) exportertest.Site {
		tb.Helper()
		return newStore(tb, memblob.OpenBucket(nil)).site(tb)
	}})
}

func TestConformanceInAFolder(t *testing.T) {
	exportertest.Run(t, exportertest.Harness{New: func(tb testing.TB) exportertest.Site {
		tb.Helper()
		kept, err := fileblob.OpenBucket(tb.TempDir(), &fileblob.Options{NoTempDir: true})
		require.NoError(tb, err)
		return newStore(tb, kept).site(tb)
	}})
}
