package tescantif_test

import (
	"bytes"
	"context"
	"fmt"
	"log"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/tescantif"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// Metadata and scale of a picture.
func Example() {
	content := synth.TescanImage(256, 1, taken).Bytes()
	f := extractors.NewFile("particles 01.tif", bytes.NewReader(content), int64(len(content)), taken, extractors.Context{})
	result, err := tescantif.New().Extract(context.Background(), f)
	if err != nil {
		log.Fatal(err)
	}
	s := result.Signals[0]
	fmt.Println(s.Data.Type, s.Data.Shape(), s.Data.Axes[1].Scale, s.Data.Axes[1].Unit)
	fmt.Println(s.Meta.Get("acceleration_voltage"), s.Meta.Get("working_distance"), s.Meta.Get("detector_type"))
	// Output:
	// uint16 [288 256] 1.5625 nm
	// 15.0 kV 5.947501 mm E-T
}
