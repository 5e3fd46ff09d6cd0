package record_test

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims/record"
)

// referenceRecords are the records that the reference implementation made.
func referenceRecords(t testing.TB) map[string][]byte {
	dir := filepath.Join(testdata.Dir(t), "reference-output")
	found := map[string][]byte{}
	for _, pattern := range []string{"*.xml", "session-1001/*.xml", "facility/records/*.xml"} {
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		require.NoError(t, err)
		for _, name := range names {
			doc, err := os.ReadFile(name)
			require.NoError(t, err)
			found[filepath.Base(name)] = doc
		}
	}
	require.GreaterOrEqual(t, len(found), 28)
	return found
}

// validator is shared: it compiles its schema once.
var validator record.Validator

func requireValid(t testing.TB, doc []byte) {
	t.Helper()
	found, err := validator.Validate(t.Context(), bytes.NewReader(doc))
	require.NoError(t, err)
	require.Empty(t, found)
}

func TestReferenceRecordsAreReadAndWrittenEqual(t *testing.T) {
	for name, doc := range referenceRecords(t) {
		t.Run(name, func(t *testing.T) {
			requireValid(t, doc)
			rec, err := record.Decode(doc)
			require.NoError(t, err)
			again, warnings, err := record.Encode(rec)
			require.NoError(t, err)
			assert.Empty(t, warnings)
			requireValid(t, again)
			back, err := record.Decode(again)
			require.NoError(t, err)
			assert.Equal(t, rec, back)
			if out := os.Getenv("NX_RECORD_OUT"); out != "" {
				require.NoError(t, os.WriteFile(filepath.Join(out, name), again, 0o600))
			}
			if name != "example_record.xml" { // indented by tabs, other versions of the program
				assert.Equal(t, string(doc), string(again))
			}
		})
	}
}

func inf() float64 { return math.Inf(1) }
