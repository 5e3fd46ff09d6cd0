package exporters

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Configure opens every destination that the settings switch on, in the order of their
// turn. Faults of all of them are returned together. One that panics is off, with an
// error in the log.
func Configure(r *Registry, s nexuslims.Settings, host nexuslims.Host) ([]Open, nexuslims.Faults) {
	var open []Open
	var faults nexuslims.Faults
	for _, f := range r.All() {
		d, err := configure(f, s, host)
		var found nexuslims.Faults
		switch {
		case errors.As(err, &found):
			faults = append(faults, found...)
		case err != nil:
			faults = append(faults, nexuslims.Fault{Variable: f.Spec().Name, Reason: err.Error()})
		case d != nil:
			open = append(open, Open{f.Spec(), d})
		}
	}
	return open, faults
}

func configure(f Factory, s nexuslims.Settings, host nexuslims.Host) (d Destination, err error) {
	defer func() {
		if p := recover(); p != nil {
			log := host.Logger
			if log == nil {
				log = slog.New(slog.DiscardHandler)
			}
			log.Error("destination panicked while it was configured; it is off", "destination", f.Spec().Name,
				"panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			d, err = nil, nil
		}
	}()
	return f.Configure(s, host)
}
