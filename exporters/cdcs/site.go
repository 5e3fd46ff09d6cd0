package cdcs

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// namespace is the target namespace of the experiment schema.
const namespace = "https://data.nist.gov/od/dm/nexus/experiment/v1.0"

// manager is a template with its versions.
type manager struct {
	Title    string       `json:"title"`
	Disabled bool         `json:"is_disabled"`
	Current  identifier   `json:"current"`
	Versions []identifier `json:"versions"`
}

// template returns the template of the records, looked up once.
func (d *Destination) template(ctx context.Context) (manager, error) {
	if d.chosen.Current != "" {
		return d.chosen, nil
	}
	var all []manager
	if err := d.client.get(ctx, pathTemplates, &all); err != nil {
		return manager{}, err
	}
	all = slices.DeleteFunc(all, func(m manager) bool { return m.Disabled || !m.Current.valid() })
	chosen, err := d.chooseTemplate(ctx, all)
	if err == nil {
		d.chosen = chosen
	}
	return chosen, err
}

func (d *Destination) chooseTemplate(ctx context.Context, all []manager) (manager, error) {
	var fits []manager
	switch {
	case d.config.Template != "":
		for _, m := range all {
			if m.Title == d.config.Template {
				fits = append(fits, m)
			}
		}
	case len(all) == 1:
		fits = all
	default:
		for _, m := range all {
			ok, err := d.isExperiment(ctx, m)
			if err != nil {
				return m, err
			}
			if ok {
				fits = append(fits, m)
			}
		}
	}
	if len(fits) != 1 {
		return manager{}, nexuslims.E(nexuslims.Invalid, "choose template", d.config.Template,
			fmt.Errorf("%d of the site's templates fit, set NX_CDCS_TEMPLATE to one of %s", len(fits), titles(all)))
	}
	return fits[0], nil
}

func titles(all []manager) string {
	quoted := make([]string, len(all))
	for i, m := range all {
		quoted[i] = fmt.Sprintf("%q", m.Title)
	}
	if len(quoted) == 0 {
		return "(none there)"
	}
	return strings.Join(quoted, ", ")
}

// isExperiment reports whether a template is the experiment schema.
func (d *Destination) isExperiment(ctx context.Context, m manager) (bool, error) {
	var t struct{ Content string }
	if err := d.client.get(ctx, fmt.Sprintf(pathTemplate, m.Current), &t); err != nil {
		return false, err
	}
	decoder := xml.NewDecoder(bytes.NewReader([]byte(t.Content)))
	for {
		token, err := decoder.Token()
		if err != nil {
			return false, nil //nolint:nilerr // what is no XML is another template
		}
		if root, ok := token.(xml.StartElement); ok {
			return attribute(root, "targetNamespace") == namespace, nil
		}
	}
}

// workspace is a place for records.
type workspace struct {
	ID     identifier `json:"id"`
	Title  string     `json:"title"`
	Owner  identifier `json:"owner"`
	Public bool       `json:"is_public"`
}

// workspace returns where records go, looked up once; a zero one when they go nowhere:
// because that is wanted, or because the site has no public workspace.
func (d *Destination) workspace(ctx context.Context) (workspace, error) {
	if !d.config.AssignToPublicWorkspace || d.placed {
		return d.place, nil
	}
	var all []workspace
	if err := d.client.get(ctx, pathWorkspaces, &all); err != nil {
		return workspace{}, err
	}
	place, err := chooseWorkspace(all, d.config.Workspace)
	if err == nil {
		d.place, d.placed = place, true
	}
	return place, err
}

// chooseWorkspace takes the one that the operator named; else the site's own public one;
// else the only public one.
func chooseWorkspace(all []workspace, named string) (workspace, error) {
	all = slices.DeleteFunc(all, func(w workspace) bool { return !w.ID.valid() })
	if named != "" {
		other := func(w workspace) bool { return w.Title != named && string(w.ID) != named }
		fits := slices.DeleteFunc(slices.Clone(all), other)
		if len(fits) != 1 {
			return workspace{}, nexuslims.E(nexuslims.Invalid, "choose workspace", named,
				fmt.Errorf("%d of the workspaces that the account may read fit NX_CDCS_WORKSPACE", len(fits)))
		}
		return fits[0], nil
	}
	public := slices.DeleteFunc(all, func(w workspace) bool { return !w.Public })
	if i := slices.IndexFunc(public, func(w workspace) bool { return w.Owner == "" }); i >= 0 {
		return public[i], nil
	}
	if len(public) == 1 {
		return public[0], nil
	}
	return workspace{}, nil
}
