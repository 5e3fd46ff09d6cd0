// Command s3 is the program with one more destination: everything the module ships, and an
// archive in an object store (S3 and what speaks like it, Azure, Google, a folder).
package main

import (
	"context"
	"os"

	"github.com/nexuslims/nexuslims-go/cmd"
	"github.com/nexuslims/nexuslims-go/examples/s3/cloud"
	"github.com/nexuslims/nexuslims-go/nexuslims/builtin"
)

func main() {
	plugins := builtin.Plugins()
	if err := plugins.Destinations.Add(cloud.NewFactory()); err != nil {
		panic(err)
	}
	os.Exit(cmd.Main(context.Background(), plugins, os.Args))
}
