package hdf5

import (
	"errors"
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

// OpenError says, for the operation, why a file is no HDF5 file that can be read.
func OpenError(op string, err error) error {
	switch nexuslims.KindOf(err) {
	case nexuslims.Unsupported:
		return nexuslims.E(nexuslims.Unsupported, op, "", errors.New("not HDF5"))
	case nexuslims.Corrupt:
		return nexuslims.E(nexuslims.Corrupt, "damaged HDF5", "", err)
	}
	return err
}
