package pipeline

import (
	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims/record"
)

// Reconcile merges what people edited in a stored record with a new version of it; it is
// what a runner's destinations ask before they overwrite anything.
func Reconcile(delivered, stored, built []byte) (exporters.Reconciled, error) {
	merged, current, edits, err := record.Reconcile(delivered, stored, built)
	return exporters.Reconciled{Document: merged, Current: current, Edits: edits}, err
}
