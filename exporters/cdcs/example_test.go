package cdcs_test

import (
	"fmt"

	"github.com/nexuslims/nexuslims-go/exporters/cdcs"
	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// A destination that is not configured is off; half a configuration is a fault.
func ExampleNewFactory() {
	factory := cdcs.NewFactory()
	destination, err := factory.Configure(settings.Map{}, nexuslims.Host{})
	fmt.Println(destination, err)

	_, err = factory.Configure(settings.Map{"NX_CDCS_URL": "https://cdcs.example.org/"}, nexuslims.Host{})
	fmt.Println(err)
	// Output:
	// <nil> <nil>
	// NX_CDCS_TOKEN: not configured, although NX_CDCS_URL is
}
