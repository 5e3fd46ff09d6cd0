package emd_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"time"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/emd"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// Each image, each spectrum and the map of a file are signals of their own; a region of the
// map is decoded from the events when it is asked for.
func Example() {
	at := time.Date(2024, 5, 14, 13, 30, 0, 0, time.UTC)
	content := synth.Velox{
		Microscope: synth.Microscope{Name: "Example", Mode: "STEM", Voltage: 200e3, Mag: 1e6, Time: at},
		Images:     []synth.VeloxImage{{Name: "HAADF", Detector: "HAADF", Width: 16, Height: 16, Pixel: 1e-9}},
		Map:        &synth.VeloxMap{Width: 16, Height: 16, Frames: 2, Segments: 1, Pixel: 1e-9},
	}.Bytes()
	f := extractors.NewFile("a.emd", bytes.NewReader(content), int64(len(content)), at, extractors.Context{})
	result, err := emd.New().Extract(context.Background(), f)
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range result.Signals {
		fmt.Println(s.Title, s.Meta.Text("Data Type"), s.Data.Type, s.Data.Shape())
	}
	// Output:
	// SuperXG21 STEM_EDS uint32 [4096]
	// HAADF STEM_Imaging uint16 [16 16]
	// SuperXG2 STEM_EDS_Spectrum_Imaging uint16 [16 16 4096]
}
