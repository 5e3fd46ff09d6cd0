package hspy_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"time"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/hspy"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// Each experiment of a file is a signal, whose pixels are read when they are asked for.
func Example() {
	at := time.Date(2024, 5, 14, 13, 30, 0, 0, time.UTC)
	content := synth.HyperSpy{Version: "3.1", Signals: []synth.HyperSpySignal{{
		Title: "map",
		Axes: []synth.HyperSpyAxis{
			{Name: "x", Unit: "nm", Size: 5, Scale: 2, Navigate: true},
			{Name: "Energy", Unit: "keV", Size: 64, Scale: 0.01},
		},
		Metadata: map[string]any{
			"Signal":                 map[string]any{"signal_type": "EDS_SEM"},
			"Acquisition_instrument": map[string]any{"SEM": map[string]any{"beam_energy": 15.0}},
		},
	}}}.Bytes()
	f := extractors.NewFile("a.hspy", bytes.NewReader(content), int64(len(content)), at, extractors.Context{})
	result, err := hspy.New().Extract(context.Background(), f)
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range result.Signals {
		fmt.Println(s.Title, s.Meta.Text("Data Type"), s.Data.Type, s.Data.Shape(), s.Meta.Get("acceleration_voltage"))
	}
	// Output:
	// map SEM_EDS_Spectrum_Imaging float32 [5 64] 15.0 kV
}
