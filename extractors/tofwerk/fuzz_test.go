package tofwerk_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/tofwerk"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

func FuzzExtract(f *testing.F) {
	for _, change := range []func(m *synth.TOFWERK){
		func(*synth.TOFWERK) {},
		func(m *synth.TOFWERK) { m.Simple, m.Processed = true, false },
		func(m *synth.TOFWERK) { m.Raw, m.Images = false, 0 },
	} {
		m := small()
		m.Writes, m.Lines, m.Pixels, m.Peaks = 2, 2, 2, 6
		change(&m)
		f.Add(m.Bytes())
	}
	f.Fuzz(func(_ *testing.T, b []byte) {
		file := extractors.NewFile("a.h5", bytes.NewReader(b), int64(len(b)), modified, extractors.Context{})
		tofwerk.New().Match(file)
		result, err := tofwerk.New().Extract(context.Background(), file)
		if err != nil {
			return
		}
		m := result.Signals[0].MassMap
		if m.Spectrum != nil && len(b) < 1<<20 {
			_, _, _ = m.Spectrum(context.Background())
		}
		if m.Counts != nil && m.Width*m.Height*m.Writes < 1<<16 && m.Peaks < 1<<10 {
			_, _ = m.Counts(context.Background())
		}
	})
}
