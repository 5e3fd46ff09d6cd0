package reference

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Difference is a row of the table of a format: a value of the metadata, by its flattened
// path, that is not that of the reference, and why. The constructors make rows.
type Difference struct {
	Path, Why string
	// Files are the files that it concerns, as [Suite] names them; nil: all.
	Files []string
	// Check holds the two documents, flattened, to what the row says.
	Check func(tb testing.TB, where, path string, want, got map[string]nexuslims.Value)
}

// In returns the rows for these files alone.
func In(files []string, rows []Difference) []Difference {
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].Files = files
	}
	return rows
}

// Added are values that we have and the reference has not.
func Added(why string, paths ...string) []Difference {
	return rows(why, paths, func(tb testing.TB, where, path string, want, got map[string]nexuslims.Value) {
		tb.Helper()
		assert.Nil(tb, want[path], "%s: %s", where, path)
		assert.NotNil(tb, got[path], "%s: %s", where, path)
	})
}

// Changed are values that are different, or there or not, on purpose; they have tests of
// their own.
func Changed(why string, paths ...string) []Difference {
	return rows(why, paths, func(testing.TB, string, string, map[string]nexuslims.Value, map[string]nexuslims.Value) {})
}

// UnitOnly are the same numbers with another unit, or with one.
func UnitOnly(why string, paths ...string) []Difference {
	return rows(why, paths, func(tb testing.TB, where, path string, want, got map[string]nexuslims.Value) {
		tb.Helper()
		assert.InDelta(tb, Number(want[path]), Number(got[path]), 1e-12, "%s: %s", where, path)
	})
}

// Dropped are values of the reference that we leave out.
func Dropped(why string, paths ...string) []Difference {
	return rows(why, paths, func(tb testing.TB, where, path string, _, got map[string]nexuslims.Value) {
		tb.Helper()
		assert.Nil(tb, got[path], "%s: %s", where, path)
	})
}

// Moved are values of the reference that stand at one of the paths to; what has no unit
// there may have one here.
func Moved(why string, to []string, paths ...string) []Difference {
	return rows(why, paths, func(tb testing.TB, where, path string, want, got map[string]nexuslims.Value) {
		tb.Helper()
		w := want[path]
		found := func(to string) bool { return Same(w, got[to]) || Number(w) == Number(got[to]) }
		if w != nil {
			assert.True(tb, slices.ContainsFunc(to, found), "%s: %s, %v, is not found at %v", where, path, w, to)
		}
	})
}

// Checked are values with a check of their own.
func Checked(
	why string, check func(tb testing.TB, where, path string, want, got map[string]nexuslims.Value), paths ...string,
) []Difference {
	return rows(why, paths, check)
}

func rows(
	why string, paths []string, check func(tb testing.TB, where, path string, want, got map[string]nexuslims.Value),
) []Difference {
	var list []Difference
	for _, p := range paths {
		list = append(list, Difference{Path: p, Why: why, Check: check})
	}
	return list
}

// Number returns a number, that of a quantity, or that of a text that is one or the other;
// -1e99 for what is none.
func Number(v nexuslims.Value) float64 {
	const none = -1e99
	switch v := v.(type) {
	case nexuslims.Quantity:
		return v.Value
	case nexuslims.Text:
		if q, ok := nexuslims.ParseQuantity(string(v)); ok {
			return q.Value
		}
		return none
	}
	if n, ok := nexuslims.Number(v); ok {
		return n
	}
	return none
}

// Same compares strictly: a whole number is no float. Quantities stand as text in the
// output of the reference.
func Same(want, got nexuslims.Value) bool {
	if q, ok := got.(nexuslims.Quantity); ok {
		if text, ok := want.(nexuslims.Text); ok {
			w, ok := nexuslims.ParseQuantity(string(text))
			return ok && w.Equal(q)
		}
	}
	if want == nil || got == nil || kind(want) != kind(got) {
		return want == nil && got == nil
	}
	return nexuslims.Equal(want, got)
}

// kind tells the kinds of values apart that [nexuslims.Equal] does not.
func kind(v nexuslims.Value) string {
	switch v.(type) {
	case nexuslims.Int, nexuslims.Uint:
		return "whole"
	case nexuslims.Float:
		return "float"
	case nexuslims.Bool:
		return "bool"
	}
	return "other"
}
