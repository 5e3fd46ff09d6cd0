package tia_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors/preview"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

func BenchmarkMetadata(b *testing.B) {
	for name, s := range map[string]synth.TIA{
		"image": synth.TIAStack(2048, 1, 1, microscope()), "stack": synth.TIAStack(256, 20, 1, microscope()),
		"map": synth.TIAMap(10, 10, 1024, 1, microscope()),
	} {
		b.Run(name, func(b *testing.B) {
			d := folderWith(b, true, []synth.EMIObject{synth.TIASurvey(1024, 1, microscope())}, s)
			b.ReportAllocs()
			for b.Loop() {
				_, err := d.raw(b, "map_1.ser")
				require.NoError(b, err)
			}
			b.ReportMetric(float64(d.read.Bytes())/float64(b.N), "read-bytes/op")
		})
	}
}

func BenchmarkPreview(b *testing.B) {
	for name, s := range map[string]synth.TIA{
		"image": synth.TIAStack(2048, 1, 1, microscope()), "pattern": synth.TIAPattern(2048, 1, microscope()),
		"map": synth.TIAMap(10, 10, 1024, 1, microscope()),
	} {
		b.Run(name, func(b *testing.B) {
			signal := folderWith(b, true, nil, s).signal(b, "map_1.ser")
			b.ReportAllocs()
			for b.Loop() {
				_, err := preview.Draw(context.Background(), signal, preview.Options{})
				require.NoError(b, err)
			}
		})
	}
}
