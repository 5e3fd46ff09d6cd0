package emsa_test

import (
	"bytes"
	"context"
	"fmt"
	"log"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/emsa"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// The technique comes from the file.
func Example() {
	content := synth.EELSText(1).Bytes()
	f := extractors.NewFile("edge.msa", bytes.NewReader(content), int64(len(content)), at, extractors.Context{})
	result, err := emsa.New().Extract(context.Background(), f)
	if err != nil {
		log.Fatal(err)
	}
	s := result.Signals[0]
	fmt.Println(result.Format, s.Title, s.Meta.Text("Data Type"), s.Data.Shape())
	fmt.Println(s.Data.Axes[0].Name, s.Data.Axes[0].Scale, s.Data.Axes[0].Unit, s.Meta.Get("acceleration_voltage"))
	// Output:
	// EMSA O K edge EELS_Spectrum [512]
	// Energy loss 0.5 eV 300.0 kV
}
