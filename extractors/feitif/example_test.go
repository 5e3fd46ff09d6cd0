package feitif_test

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/feitif"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

func Example() {
	at := time.Date(2024, 5, 14, 13, 30, 0, 0, time.UTC)
	data, err := synth.DefaultFEI(96, 1, at).TIFF()
	if err != nil {
		fmt.Println(err)
		return
	}
	f := extractors.NewFile("grains.tif", bytes.NewReader(data), int64(len(data)), at, extractors.Context{})
	result, err := feitif.New().Extract(context.Background(), f)
	if err != nil {
		fmt.Println(err)
		return
	}
	s := result.Signals[0]
	fmt.Println(s.Meta.Text("Data Type"), s.Meta.Text("Data Dimensions"))
	fmt.Println(s.Meta.Get("acceleration_voltage"), s.Meta.Get("working_distance"))
	fmt.Println(s.Data.Axes[1].Scale, s.Data.Axes[1].Unit)
	// Output:
	// SEM_Imaging (70, 96)
	// 5000.0 V 0.00403466 m
	// 2.5 nm
}
