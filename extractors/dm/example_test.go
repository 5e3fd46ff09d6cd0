package dm_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"time"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/dm"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// Any program can read the metadata and, when it wants to, the pixels.
func Example() {
	at := time.Date(2024, 5, 14, 13, 30, 0, 0, time.UTC)
	content, err := synth.TEMImage(64, 1, synth.DefaultMicroscope(at)).Bytes()
	if err != nil {
		log.Fatal(err)
	}
	f := extractors.NewFile("a.dm3", bytes.NewReader(content), int64(len(content)), at, extractors.Context{})
	result, err := dm.New().Extract(context.Background(), f)
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range result.Signals {
		fmt.Println(result.Format, s.Title, s.Data.Type, s.Data.Shape())
		fmt.Println(s.Meta.Text("Data Type"), s.Meta.Get("Voltage"), s.Meta.Get("pixel_width"))
	}
	// Output:
	// DM3 Au particles int32 [64 64]
	// TEM_Imaging 300000.0 V 0.5 nm
}
