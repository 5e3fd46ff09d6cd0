package elabftw_test

import (
	"fmt"

	"github.com/nexuslims/nexuslims-go/exporters/elabftw"
	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// A destination that is not configured is off; half a configuration is a fault.
func ExampleNewFactory() {
	factory := elabftw.NewFactory()
	destination, err := factory.Configure(settings.Map{}, nexuslims.Host{})
	fmt.Println(destination, err)

	_, err = factory.Configure(settings.Map{"NX_ELABFTW_URL": "https://elab.example.org"}, nexuslims.Host{})
	fmt.Println(err)
	// Output:
	// <nil> <nil>
	// NX_ELABFTW_API_KEY: not configured, although NX_ELABFTW_URL is
}
