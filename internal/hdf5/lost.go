package hdf5

import (
	"slices"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// IsLost reports whether an error concerns a part of the file alone, which is missing,
// damaged or of a kind that is not read: the rest is worth reading. Nothing, a failing store
// and a canceled context are none.
func IsLost(err error) bool {
	kinds := []nexuslims.Kind{nexuslims.Corrupt, nexuslims.Unsupported, nexuslims.NotFound}
	return err != nil && slices.Contains(kinds, nexuslims.KindOf(err))
}
