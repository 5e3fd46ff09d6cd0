package record_test

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/record"
)

func Example() {
	ctx := context.Background()
	meta := new(nexuslims.Object)
	meta.Set("DatasetType", nexuslims.Text("Image"))
	meta.Set("acceleration_voltage", nexuslims.Q(15, "kV"))
	at := time.Date(2024, 5, 6, 13, 10, 0, 0, time.UTC)
	rec, err := record.Build(ctx, record.Input{
		Session:     nexuslims.Session{ID: "s5120", From: at, To: at.Add(time.Hour)},
		Instrument:  nexuslims.Instrument{PID: "SEM-A", DisplayName: "Desk SEM A", Timezone: "America/New_York"},
		Reservation: nexuslims.Reservation{Title: "Grain map", FullName: "Ada Quill (aquill)"},
		Signals:     []record.Signal{{Location: "SEM_A/grain 1.tif", Time: at, Format: "TIFF", Meta: meta}},
		Sensitivity: 1,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	doc, _, err := record.Encode(rec)
	if err != nil {
		fmt.Println(err)
		return
	}
	violations, err := new(record.Validator).Validate(ctx, bytes.NewReader(doc))
	fmt.Println(violations, err)
	fmt.Println(string(doc[bytes.Index(doc, []byte("  <acquisitionActivity")):]))
	// Output:
	// [] <nil>
	//   <acquisitionActivity seqno="0">
	//     <startTime>2024-05-06T09:10:00-04:00</startTime>
	//     <setup/>
	//     <dataset type="Image" role="Experimental">
	//       <name>grain 1.tif</name>
	//       <location>/SEM_A/grain%201.tif</location>
	//       <format>TIFF</format>
	//       <meta name="Acceleration Voltage" unit="kV">15.0</meta>
	//     </dataset>
	//   </acquisitionActivity>
	// </Experiment>
}
