package folder_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/folder"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// A site with one record.
func Example() {
	dir, err := os.MkdirTemp("", "site")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	site, err := folder.New(folder.Config{Path: filepath.Join(dir, "records")}, nexuslims.Host{})
	if err != nil {
		fmt.Println(err)
		return
	}
	receipt, err := site.Export(context.Background(), &exporters.Job{
		Session: nexuslims.Session{ID: "https://nemo.example.org/event_details/usage/1001/"},
		Name:    "2018-11-13_FEI-Titan-TEM_1001",
		XML:     []byte("<Experiment/>"),
		Record:  nexuslims.Record{Title: "Grain boundaries", Start: time.Date(2018, 11, 13, 10, 0, 0, 0, time.UTC)},
	})
	fmt.Println(receipt.ID, err)
	fmt.Println(site.Close())
	// Output:
	// 2018-11-13_fei-titan-tem_1001 <nil>
	// <nil>
}
