package labarchives

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Check implements exporters.Checker: one call, which proves the credentials and lists
// the notebooks of the account. Nothing is changed.
func (d *Destination) Check(ctx context.Context) error {
	p, err := d.client.account(ctx)
	switch kind := nexuslims.KindOf(err); {
	case err == nil:
		err = d.hasNotebook(p)
	case kind == nexuslims.Permission:
		return nexuslims.E(kind, "LabArchives authentication failed", "", err)
	case kind == nexuslims.Internal: // its own trouble, not that of the settings
		return nexuslims.E(nexuslims.Transient, "LabArchives does not answer as it should", "", err)
	case kind == nexuslims.Transient:
		return nexuslims.E(kind, "LabArchives is out of reach", "", err)
	}
	if err != nil {
		return nexuslims.E(nexuslims.KindOf(err), "LabArchives configuration error", "", err)
	}
	return nil
}

func (d *Destination) hasNotebook(p person) error {
	if d.inbox() {
		d.log.Warn("NX_LABARCHIVES_NOTEBOOK_ID is not set: records go to the inbox, where they cannot be found again",
			"destination", Name)
		return nil
	}
	if slices.ContainsFunc(p.Notebooks, func(n notebook) bool { return n.ID == d.notebook }) {
		return nil
	}
	names := make([]string, len(p.Notebooks))
	for i, n := range p.Notebooks {
		names[i] = fmt.Sprintf("%q (%s)", squeeze(n.Name), n.ID)
	}
	if len(names) == 0 {
		return nexuslims.E(nexuslims.Invalid, "choose notebook", d.notebook, errors.New("the account has none"))
	}
	return nexuslims.E(nexuslims.Invalid, "choose notebook", d.notebook, fmt.Errorf(
		"it is not one of the account's, set NX_LABARCHIVES_NOTEBOOK_ID to the id of one: %s",
		clean(strings.Join(names, ", "), d.client.secrets())))
}
