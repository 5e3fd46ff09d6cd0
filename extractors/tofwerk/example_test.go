package tofwerk_test

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/tofwerk"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func ExampleExtractor() {
	b := synth.DefaultTOFWERK(time.Date(2024, 5, 14, 13, 30, 0, 0, time.UTC)).Bytes()
	f := extractors.NewFile("map.h5", bytes.NewReader(b), int64(len(b)), time.Now(), extractors.Context{})
	result, err := tofwerk.New().Extract(context.Background(), f)
	if err != nil {
		fmt.Println(err)
		return
	}
	meta := result.Signals[0].Meta
	for _, name := range []string{"Data Dimensions", "Creation Time", "File Variant", "Ion Mode"} {
		fmt.Println(name, nexuslims.TextOf(meta.Get(name)))
	}
	// Output:
	// Data Dimensions (12, 24, 24)
	// Creation Time 2024-05-14T13:30:00+00:00
	// File Variant pre-processed
	// Ion Mode positive
}
