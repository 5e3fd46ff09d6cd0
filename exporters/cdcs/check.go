package cdcs

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Check implements exporters.Checker: credentials, template, workspace, and the right to
// manage accounts where records are given to users. Nothing is changed.
func (d *Destination) Check(ctx context.Context) error {
	var all []workspace
	err := d.client.get(ctx, pathWorkspaces, &all)
	var r *refusal
	if errors.As(err, &r) && (r.status == http.StatusUnauthorized || r.status == http.StatusForbidden) {
		return nexuslims.E(nexuslims.Permission, "CDCS authentication failed", "",
			fmt.Errorf("Could not authenticate to CDCS: %w", err)) //nolint:staticcheck // the words that operators know
	}
	if err == nil {
		err = d.checkSite(ctx)
	}
	if err != nil {
		return nexuslims.E(nexuslims.KindOf(err), "CDCS configuration error", "", err)
	}
	return nil
}

func (d *Destination) checkSite(ctx context.Context) error {
	if _, err := d.template(ctx); err != nil {
		return err
	}
	place, err := d.workspace(ctx)
	if err != nil {
		return err
	}
	if d.config.AssignToPublicWorkspace && place.ID == "" {
		return nexuslims.E(nexuslims.Invalid, "choose workspace", "",
			errors.New("no single public one; set NX_CDCS_WORKSPACE, or NX_CDCS_ASSIGN_TO_PUBLIC_WORKSPACE to false"))
	}
	if !d.config.UserOwnedRecords {
		return nil
	}
	d.log.Info("records are given to their users, which needs the token of a superuser", "destination", Name)
	if err := d.loadUsers(ctx); err != nil {
		return fmt.Errorf("list accounts for NX_CDCS_USER_OWNED_RECORDS: %w", err)
	}
	return nil
}
