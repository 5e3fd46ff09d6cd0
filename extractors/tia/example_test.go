package tia_test

import (
	"bytes"
	"context"
	"fmt"
	"log"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/tia"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// Any program can read the metadata and, when it wants to, the pixels. Where there is an
// .emi file, [extractors.OpenFile] finds it.
func Example() {
	content, err := synth.TIAStack(64, 3, 1, microscope()).SER.Bytes()
	if err != nil {
		log.Fatal(err)
	}
	f := extractors.NewFile("a_1.ser", bytes.NewReader(content), int64(len(content)), at, extractors.Context{})
	result, err := tia.New().Extract(context.Background(), f)
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range result.Signals {
		fmt.Println(s.Data.Type, s.Data.Shape(), s.Data.Axes[2].Unit)
		fmt.Println(s.Meta.Text("Data Type"), s.Meta.Get("pixel_width"))
	}
	// Output:
	// uint16 [3 64 64] nm
	// TEM_Imaging 2.5 nm
}
