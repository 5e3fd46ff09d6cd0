package exporters

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Open is a destination that is switched on, under the name that it was registered with.
type Open struct {
	Spec        Spec
	Destination Destination
}

// Configure opens all destinations of the registry that the settings switch on, in the
// order of their turn, and collects the faults of the others. It uses no network. One
// that panics counts as off and is logged. The caller closes what was opened, faults or
// not.
func Configure(r *Registry, s nexuslims.Settings, host nexuslims.Host) ([]Open, nexuslims.Faults) {
	if host.Logger == nil {
		host.Logger = slog.New(slog.DiscardHandler)
	}
	var open []Open
	var faults nexuslims.Faults
	for _, f := range r.All() {
		d, err := configure(f, s, host)
		if err != nil {
			faults = append(faults, faultsOf(f.Spec().Name, err)...)
			continue
		}
		if d != nil {
			open = append(open, Open{f.Spec(), d})
		}
	}
	return open, faults
}

func configure(f Factory, s nexuslims.Settings, host nexuslims.Host) (d Destination, err error) {
	defer func() {
		if v := recover(); v != nil {
			host.Logger.Error("destination panicked while it was configured, it is off",
				"destination", f.Spec().Name, "err", clean(fmt.Sprint(v)), "stack", string(debug.Stack()))
			d, err = nil, nil
		}
	}()
	return f.Configure(s, host)
}

func faultsOf(name string, err error) nexuslims.Faults {
	var many nexuslims.Faults
	var one nexuslims.Fault
	switch {
	case errors.As(err, &many):
		return many
	case errors.As(err, &one):
		return nexuslims.Faults{one}
	}
	return nexuslims.Faults{{Variable: name, Reason: clean(err.Error())}}
}
