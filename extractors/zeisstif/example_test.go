package zeisstif_test

import (
	"bytes"
	"context"
	"fmt"
	"log"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/zeisstif"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// Metadata and scale of a picture of an electron microscope.
func Example() {
	content := synth.SEMImage(512, 1, taken).Bytes()
	f := extractors.NewFile("particles 01.tif", bytes.NewReader(content), int64(len(content)), taken, extractors.Context{})
	result, err := zeisstif.New().Extract(context.Background(), f)
	if err != nil {
		log.Fatal(err)
	}
	s := result.Signals[0]
	fmt.Println(s.Data.Type, s.Data.Shape(), s.Data.Axes[1].Scale, s.Data.Axes[1].Unit)
	fmt.Println(s.Meta.Get("acceleration_voltage"), s.Meta.Get("working_distance"), s.Meta.Get("detector_type"))
	// Output:
	// uint8 [384 512] 0.0125 µm
	// 1.8 kV 4.5 mm InLens
}
