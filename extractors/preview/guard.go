package preview

import (
	"fmt"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// guarded turns a panic in a goroutine, which nobody else could catch, into an error.
func guarded(f func() error) func() error {
	return func() (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = nexuslims.E(nexuslims.Internal, op, "", fmt.Errorf("panic: %v", r))
			}
		}()
		return f()
	}
}
