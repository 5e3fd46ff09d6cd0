package elabftw

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// copyTemplate makes an experiment from the configured template: a copy that gets its
// content, and with it its key, in the next step. When the answer is lost, the copy is
// looked for among the user's newest experiments.
func (d *Destination) copyTemplate(ctx context.Context, job *exporters.Job) (exporters.Receipt, error) {
	newest, err := d.newest(ctx)
	if err != nil {
		return exporters.Receipt{}, err
	}
	id, err := d.client.made(ctx, pathExperiments, copied{Template: *d.config.Template, Title: titleOf(job.Name)})
	if errors.Is(err, nexuslims.Transient) || errors.Is(err, errNoID) {
		if lost, searchErr := d.lost(ctx, newest, job); searchErr == nil && lost > 0 {
			id, err = lost, nil
		}
	}
	if err != nil {
		return exporters.Receipt{}, err
	}
	r := d.drafted(id)
	return r, note(ctx, job, r)
}

func (d *Destination) drafted(id int) exporters.Receipt {
	return exporters.Receipt{
		ID: strconv.Itoa(id), URL: d.client.page(id), Step: StepDrafted, Partial: true, Time: d.now(),
		Meta: memory{Version: d.version}.meta(),
	}
}

// own is the query of the user's own experiments, newest first.
func own(states string) url.Values {
	return url.Values{"scope": {"1"}, "order": {"id"}, "sort": {"desc"}, "state": {states}}
}

// newest returns the greatest id among the user's experiments, 0 where there are none.
func (d *Destination) newest(ctx context.Context) (int, error) {
	top := 0
	err := d.client.list(ctx, own("1,2,3"), func(page []experiment) bool {
		for _, e := range page {
			top = max(top, int(e.ID))
		}
		return false
	})
	return top, err
}

// lost looks for the copy whose making was not answered: newer than all that there was,
// without a key, with our title or the template's. Several are too many.
func (d *Destination) lost(ctx context.Context, after int, job *exporters.Job) (int, error) {
	var template experiment
	if err := d.client.get(ctx, fmt.Sprintf("%s/%d", pathTemplates, *d.config.Template), &template); err != nil {
		return 0, err
	}
	var ids []int
	err := d.client.list(ctx, own("1"), func(page []experiment) bool {
		for _, e := range page {
			if int(e.ID) > after && (sameWords(e.Title, titleOf(job.Name)) || e.Title == template.Title) {
				ids = append(ids, int(e.ID))
			}
		}
		return len(page) > 0 && int(page[len(page)-1].ID) > after
	})
	if err != nil || len(ids) != 1 {
		return 0, err
	}
	return d.unclaimed(ctx, ids[0])
}

// unclaimed returns the id of an experiment without a key, 0 for one that has a key.
func (d *Destination) unclaimed(ctx context.Context, id int) (int, error) {
	e, err := d.client.read(ctx, id)
	if err != nil || e.State != stateNormal || e.Metadata.value(fieldSession) != "" {
		return 0, err
	}
	return id, nil
}

// findDraft looks for a copy of the template that has our title but no key yet, as an
// interrupted delivery leaves it behind. Up to 5.3 copies have the template's title, so
// none is found there.
func (d *Destination) findDraft(ctx context.Context, job *exporters.Job) (exporters.Receipt, bool, error) {
	if d.config.Template == nil {
		return exporters.Receipt{}, false, nil
	}
	title := titleOf(job.Name)
	query := own("1")
	query.Set("extended", fmt.Sprintf(`title:"%s"`, pattern(title)))
	rows, err := d.search(ctx, query)
	if err != nil {
		return exporters.Receipt{}, false, err
	}
	for _, row := range rows {
		if !sameWords(row.Title, title) {
			continue
		}
		id, err := d.unclaimed(ctx, int(row.ID))
		if err != nil {
			return exporters.Receipt{}, false, err
		}
		if id > 0 {
			return d.drafted(id), true, nil
		}
	}
	return exporters.Receipt{}, false, nil
}
