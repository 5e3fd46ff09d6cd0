package exporters_test

import (
	"context"
	"fmt"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// board pins records to a board; it can do nothing else.
type board struct{ pinned []string }

func (b *board) Export(_ context.Context, job *exporters.Job) (exporters.Receipt, error) {
	b.pinned = append(b.pinned, job.Name)
	return exporters.Receipt{ID: fmt.Sprint(len(b.pinned))}, nil
}

func (b *board) Close() error { return nil }

func ExampleRunner() {
	b := new(board)
	runner := exporters.Runner{Destinations: []exporters.Open{{Spec: exporters.Spec{Name: "board"}, Destination: b}}}
	job := &exporters.Job{
		Session: nexuslims.Session{ID: "s-1"}, Name: "2024-05-06_Titan_1", XML: []byte("<Experiment/>"), Digest: "0c3f",
	}
	for range 2 { // the second time there is nothing to do
		out, err := runner.Deliver(context.Background(), job)
		fmt.Println(out.Exported, out.Results[0].Attempted, out.Results[0].Receipt.ID, err)
	}
	fmt.Println(b.pinned)
	// Output:
	// true true 1 <nil>
	// true false 1 <nil>
	// [2024-05-06_Titan_1]
}
