// Package dbtest is the conformance kit of package db: it drives a database through
// everything that a site does with one and expects what the package promises.
//
// It is run on new databases, on databases that the Python program made, and on upgraded
// ones: rows that are there already must not disturb it, and it leaves them alone.
//
//	func TestConformance(t *testing.T) {
//		dbtest.Run(t, func(t *testing.T) string {
//			path := filepath.Join(t.TempDir(), "site.db")
//			require.NoError(t, db.Create(t.Context(), path))
//			return path
//		})
//	}
package dbtest
