//go:build unix

package cmd_test

import (
	"fmt"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkThousandRecords delivers 1,000 records that are built already to a repository and
// an electronic notebook on this machine, as a process of its own.
func BenchmarkThousandRecords(b *testing.B) {
	s := newSite(b)
	for n := range 1000 {
		s.visit(fmt.Sprintf("s%d", n), "TEM", 2*n, fmt.Sprintf("%d.txt", n))
	}
	s.now = morning.AddDate(1, 0, 0)
	require.Equal(b, 3, s.run("build-records", "--from", "none").code, "there is no destination yet")
	b.ResetTimer()
	for range b.N {
		b.StopTimer()
		cdcs, elab := s.cdcs(), s.elab()
		b.StartTimer()
		p := s.start(nil, "export", "--to", "cdcs", "--to", "elabftw")
		require.Equal(b, 0, p.wait(), p.err)
		require.Len(b, cdcs.Records(), 1000)
		require.Len(b, elab.Experiments(), 1000)
		usage := p.cmd.ProcessState.SysUsage().(*syscall.Rusage)
		b.ReportMetric(float64(usage.Maxrss)/1024, "MB")
		b.ReportMetric(1000/b.Elapsed().Seconds()*float64(b.N), "records/s")
	}
}
