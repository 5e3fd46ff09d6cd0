//go:build unix

package cmd_test

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/internal/cdcstest"
)

// TestSignalEndsARun sends the signal that service managers send. The run ends cleanly
// and tells so, and the next one finishes the work.
func TestSignalEndsARun(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"harvested", "extracted", "record built", "delivered", "settled"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			s, server := killSite(t)
			p := s.start(map[string]string{childPause: step}, "build-records", "--from", "none", "--json")
			p.expect("paused: " + step)
			require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
			require.Equal(t, 1, p.wait(), p.err.String())
			assert.Contains(t, p.out.String(), `"cancelled": true`)
			s.look(func(store *db.Store) {
				runs, err := store.Runs(t.Context(), 0)
				require.NoError(t, err)
				require.Len(t, runs, 1, "its report is kept")
				assert.Equal(t, 1, runs[0].ExitCode)
			})
			s.settleDown()
			assert.Len(t, server.cdcs.Records(), 2)
			assert.Equal(t, []string{"uploaded/2024-05-06_SEM_s2.xml", "uploaded/2024-05-06_TEM_s1.xml"}, s.files("data/records"))
		})
	}
}

// TestSignalReachesTheProgram sends it to the program as it is installed, while a server
// lets it wait.
func TestSignalReachesTheProgram(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]syscall.Signal{"terminate": syscall.SIGTERM, "interrupt": syscall.SIGINT} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, server := killSite(t)
			stalled := make(chan struct{})
			server.cdcs.Inject(cdcstest.Fault{Method: "POST", Path: "rest/data/", Times: 1, Stall: true, Before: func() { close(stalled) }})
			p := s.start(map[string]string{childNow: ""}, "build-records", "--from", "none")
			<-stalled
			require.NoError(t, p.cmd.Process.Signal(signal))
			require.Equal(t, 1, p.wait(), p.err.String())
			assert.Contains(t, p.out.String(), "Run failed: ")
			s.now = s.now.AddDate(10, 0, 0) // after what the program's clock said
			s.settleDown()
			assert.Len(t, server.cdcs.Records(), 2)
		})
	}
}
