package labarchives_test

import (
	"fmt"

	"github.com/nexuslims/nexuslims-go/exporters/labarchives"
	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// A destination that is not configured is off; a part of a configuration is a fault.
func ExampleNewFactory() {
	factory := labarchives.NewFactory()
	destination, err := factory.Configure(settings.Map{"NX_LABARCHIVES_NOTEBOOK_ID": "MTU2"}, nexuslims.Host{})
	fmt.Println(destination, err)

	_, err = factory.Configure(settings.Map{"NX_LABARCHIVES_ACCESS_PASSWORD": "secret", "NX_LABARCHIVES_USER_ID": "28548"}, nexuslims.Host{})
	fmt.Println(err)
	// Output:
	// <nil> <nil>
	// NX_LABARCHIVES_ACCESS_KEY_ID: not configured
}
