package profilefile_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/dm"
	"github.com/nexuslims/nexuslims-go/extractors/profilefile"
	"github.com/nexuslims/nexuslims-go/extractors/profiles"
	"github.com/nexuslims/nexuslims-go/internal/reference"
)

// TestBuiltinProfilesAreExpressible reads the three built-in profiles written as files, and
// extracts every shared DigitalMicrograph file with both forms.
func TestBuiltinProfilesAreExpressible(t *testing.T) {
	compiled := new(extractors.Profiles)
	require.NoError(t, compiled.AddStep(profiles.TecnaiText()))
	written, err := profilefile.Read(os.DirFS("testdata"), compiled)
	require.NoError(t, err)
	require.Len(t, written, 3)
	ours := reference.Engine(t, []extractors.Extractor{dm.New()})
	for _, p := range written {
		require.NoError(t, ours.Profiles.Add(p))
	}
	theirs := reference.Engine(t, []extractors.Extractor{dm.New()}, profiles.All()...)
	assert.Equal(t, theirs.Profiles.Names(), ours.Profiles.Names())
	for _, name := range reference.Names(t, "gatan-dm", "dm3", "dm4") {
		for _, pid := range ours.Profiles.Names() {
			want := reference.Signals(t, theirs, "gatan-dm/"+name, pid)
			got := reference.Signals(t, ours, "gatan-dm/"+name, pid)
			require.Len(t, got, len(want), name)
			for i := range want {
				assert.Equal(t, string(want[i].JSON()), string(got[i].JSON()), "%s, signal %d, %s", name, i, pid)
			}
		}
	}
}
