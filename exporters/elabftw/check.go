package elabftw

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Check implements exporters.Checker: the key, its right to write, and that category,
// status and template exist. Nothing is changed.
func (d *Destination) Check(ctx context.Context) error {
	var some []experiment
	err := d.client.get(ctx, pathExperiments+"?limit=1&offset=0", &some)
	if refusedWith(err, http.StatusUnauthorized, http.StatusForbidden) {
		return nexuslims.E(nexuslims.Permission, "eLabFTW authentication failed", "",
			fmt.Errorf("Authentication failed - check API key: %w", err)) //nolint:staticcheck // the words that operators know
	}
	for _, look := range []func(context.Context) error{d.askVersion, d.checkKey, d.checkChoices, d.checkTemplate} {
		if err == nil {
			err = look(ctx)
		}
	}
	if err != nil {
		return nexuslims.E(nexuslims.KindOf(err), "eLabFTW configuration error", "", err)
	}
	d.ready = true
	return nil
}

// askVersion asks once for the server's version, for log and receipts. A server that does
// not tell is no worse.
func (d *Destination) askVersion(ctx context.Context) error {
	if d.asked {
		return nil
	}
	var info struct {
		Version string `json:"elabftw_version"`
	}
	err := d.client.get(ctx, pathInfo, &info)
	if refusedWith(err, http.StatusForbidden, http.StatusBadRequest, http.StatusNotFound, http.StatusInternalServerError) {
		err = nil
	}
	if err != nil {
		return err
	}
	d.asked, d.version = true, d.client.clean(info.Version)
	d.log.Debug("server answers", "destination", Name, "version", d.version)
	return nil
}

func (d *Destination) versionOr(known string) string {
	if d.version == "" {
		return known
	}
	return d.version
}

// checkKey finds out that a key may only read. The server lists the keys of the key's
// user, with hashes: nothing but what is decoded here is looked at. A key of the old form
// cannot be told among them.
func (d *Destination) checkKey(ctx context.Context) error {
	id, _, found := strings.Cut(d.config.Key.Reveal(), "-")
	if !found {
		return nil
	}
	var keys []struct {
		ID       number `json:"id"`
		CanWrite number `json:"can_write"`
	}
	err := d.client.get(ctx, pathKeys, &keys)
	if refusedWith(err, http.StatusForbidden, http.StatusNotFound, http.StatusInternalServerError) {
		return nil
	}
	for _, k := range keys {
		if fmt.Sprint(int(k.ID)) == id && k.CanWrite == 0 {
			err := errors.New("NX_ELABFTW_API_KEY may only read; make a key that may write")
			return nexuslims.E(nexuslims.Permission, "", "", err)
		}
	}
	return err
}

// checkChoices makes sure that category and status exist in the team: an unknown category
// is stored without complaint, an unknown status is an internal error of the server.
func (d *Destination) checkChoices(ctx context.Context) error {
	for _, c := range []struct {
		variable, path string
		id             int
	}{
		{"NX_ELABFTW_EXPERIMENT_CATEGORY", pathCategories, chosen(d.config.Category)},
		{"NX_ELABFTW_EXPERIMENT_STATUS", pathStatuses, chosen(d.config.Status)},
	} {
		if c.id == 0 {
			continue
		}
		if err := d.checkChoice(ctx, c.variable, c.path, c.id); err != nil {
			return err
		}
	}
	return nil
}

func (d *Destination) checkChoice(ctx context.Context, variable, path string, id int) error {
	var all []struct {
		ID    number `json:"id"`
		Title string `json:"title"`
	}
	if err := d.client.get(ctx, path, &all); err != nil {
		return err
	}
	var choices []string
	for _, c := range all {
		if int(c.ID) == id {
			return nil
		}
		choices = append(choices, fmt.Sprintf("%d (%s)", c.ID, d.client.clean(c.Title)))
	}
	return nexuslims.E(nexuslims.Invalid, "", "",
		fmt.Errorf("%s: the team has no %d, it has %s", variable, id, strings.Join(choices, ", ")))
}

func (d *Destination) checkTemplate(ctx context.Context) error {
	if d.config.Template == nil {
		return nil
	}
	var template experiment
	err := d.client.get(ctx, fmt.Sprintf("%s/%d", pathTemplates, *d.config.Template), &template)
	if errors.Is(err, nexuslims.NotFound) {
		return nexuslims.E(nexuslims.Invalid, "", "",
			fmt.Errorf("NX_ELABFTW_EXPERIMENT_TEMPLATE: the server has no template %d", *d.config.Template))
	}
	return err
}
