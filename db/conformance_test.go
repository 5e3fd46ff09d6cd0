package db_test

import (
	"path/filepath"
	"testing"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/db/dbtest"
	"github.com/stretchr/testify/require"
)

func TestConformance(t *testing.T) {
	t.Run("new", func(t *testing.T) {
		dbtest.Run(t, func(t *testing.T) string {
			path := filepath.Join(t.TempDir(), "folder", "site.db")
			require.NoError(t, db.Create(t.Context(), path))
			return path
		})
	})
	t.Run("of the reference", func(t *testing.T) {
		dbtest.Run(t, func(t *testing.T) string { return reference(t, "v2_5_0b.sql") })
	})
	t.Run("of the reference, upgraded", func(t *testing.T) {
		dbtest.Run(t, func(t *testing.T) string { return reference(t, "v2_5_0b-from-v1-script.sql") })
	})
}
