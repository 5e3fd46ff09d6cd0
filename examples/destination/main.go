// Command destination is the program with one more destination: everything this module
// ships, and the WebDAV folder of package webdav. docs/writing-a-destination.md tells how
// to get there.
package main

import (
	"context"
	"os"

	"github.com/nexuslims/nexuslims-go/cmd"
	"github.com/nexuslims/nexuslims-go/examples/destination/webdav"
	"github.com/nexuslims/nexuslims-go/nexuslims/builtin"
)

func main() {
	plugins := builtin.Plugins()
	if err := plugins.Destinations.Add(webdav.NewFactory()); err != nil {
		panic(err)
	}
	os.Exit(cmd.Main(context.Background(), plugins, os.Args))
}
