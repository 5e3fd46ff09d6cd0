// Command nexuslims makes records of visits to microscopes.
package main

import (
	"context"
	"os"

	"github.com/nexuslims/nexuslims-go/cmd"
	"github.com/nexuslims/nexuslims-go/nexuslims/builtin"
)

func main() { os.Exit(cmd.Main(context.Background(), builtin.Plugins(), os.Args)) }
