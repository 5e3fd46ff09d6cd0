// Command invenio is the program with one more destination: everything the module ships,
// and drafts in an InvenioRDM repository such as Zenodo.
package main

import (
	"context"
	"os"

	"github.com/nexuslims/nexuslims-go/cmd"
	"github.com/nexuslims/nexuslims-go/examples/invenio/invenio"
	"github.com/nexuslims/nexuslims-go/nexuslims/builtin"
)

func main() {
	plugins := builtin.Plugins()
	if err := plugins.Destinations.Add(invenio.NewFactory()); err != nil {
		panic(err)
	}
	os.Exit(cmd.Main(context.Background(), plugins, os.Args))
}
