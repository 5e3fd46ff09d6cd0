package edax_test

import (
	"bytes"
	"context"
	"fmt"
	"log"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/edax"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// Metadata and axes of a spectrum.
func Example() {
	content := synth.EDAXSpectrum(1, at).Bytes()
	f := extractors.NewFile("spot 1.spc", bytes.NewReader(content), int64(len(content)), at, extractors.Context{})
	result, err := edax.New().Extract(context.Background(), f)
	if err != nil {
		log.Fatal(err)
	}
	s := result.Signals[0]
	fmt.Println(result.Format, s.Data.Type, s.Data.Shape(), s.Data.Axes[0].Scale, s.Data.Axes[0].Unit)
	fmt.Println(s.Meta.Get("acceleration_voltage"), s.Meta.Get("live_time"), s.Meta.Get("elements"))
	// Output:
	// EDAX SPC uint32 [4096] 0.005 keV
	// 15.0 kV 30.000002 s [Co O]
}
