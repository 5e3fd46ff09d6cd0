package rocrate_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/rocrate"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// A crate of one record, as .eln.
func Example() {
	dir, err := os.MkdirTemp("", "crates")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	store, err := rocrate.New(rocrate.Config{Path: dir}, nexuslims.Host{})
	if err != nil {
		fmt.Println(err)
		return
	}
	receipt, err := store.Export(context.Background(), &exporters.Job{
		Session: nexuslims.Session{
			ID: "https://nemo.example.org/event_details/usage/1001/", Instrument: "FEI-Titan-TEM",
			From: time.Date(2018, 11, 13, 10, 0, 0, 0, time.UTC),
		},
		Name:   "2018-11-13_FEI-Titan-TEM_1001",
		XML:    []byte("<Experiment/>"),
		Record: nexuslims.Record{Title: "Grain boundaries", InstrumentPID: "FEI-Titan-TEM"},
	})
	fmt.Println(receipt.ID, err)
	fmt.Println(store.Close())
	// Output:
	// FEI-Titan-TEM/2018/2018-11-13_FEI-Titan-TEM_1001.eln <nil>
	// <nil>
}
