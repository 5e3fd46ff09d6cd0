package cdcs

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Find implements exporters.Finder. The title is asked for first, then the session's
// address, in case the record was given another title; what is found is confirmed by the
// session's number and address in the document.
func (d *Destination) Find(ctx context.Context, job *exporters.Job) (exporters.Receipt, bool, error) {
	hits, err := d.candidates(ctx, job)
	if err != nil || len(hits) == 0 {
		return exporters.Receipt{}, false, err
	}
	slices.SortStableFunc(hits, func(a, b stored) int { return b.Modified.Compare(a.Modified) })
	d.client.learn(hits[0])
	receipt := d.receipt(hits[0], job)
	if !bytes.Equal(hits[0].document(), job.XML) {
		receipt.Digest = "" // an earlier version, or rewritten by site or people
	}
	receipt.Meta = map[string]any{"title": hits[0].Title}
	if len(hits) > 1 {
		ids := make([]string, len(hits))
		for i, h := range hits {
			ids[i] = string(h.ID)
		}
		receipt.Warnings = []string{"the site has several records of this session, newest first: " + strings.Join(ids, ", ")}
	}
	unowned, err := d.unowned(ctx, job, hits[0])
	if unowned {
		receipt.Step, receipt.Partial = StepAssigned, true
	}
	return receipt, err == nil, err
}

// unowned reports whether a record still belongs to the service account although it
// should be given away, as after an interrupted delivery: only the caller's own records
// are listed without a query.
func (d *Destination) unowned(ctx context.Context, job *exporters.Job, s stored) (bool, error) {
	if !d.config.UserOwnedRecords || job.Reservation.Username == "" && job.Session.User == "" {
		return false, nil
	}
	var own struct{ Results []stored }
	if err := d.client.get(ctx, pathRecords+"?title="+url.QueryEscape(s.Title), &own); err != nil {
		return false, err
	}
	return slices.ContainsFunc(own.Results, func(o stored) bool { return o.ID == s.ID }), nil
}

// candidates returns the records that are confirmed to be the session's.
func (d *Destination) candidates(ctx context.Context, job *exporters.Job) ([]stored, error) {
	ours, ok := identify(job.XML)
	if !ok {
		return nil, nexuslims.E(nexuslims.Invalid, "find record", job.Name, errors.New("the document is no experiment"))
	}
	name, err := title(job.Name)
	if err != nil {
		return nil, err
	}
	template, err := d.template(ctx)
	if err != nil {
		return nil, err
	}
	hits, err := d.client.query(ctx, map[string]any{"query": map[string]any{}, "title": name, "templates": template.all()})
	var r *refusal
	if err != nil && (!errors.As(err, &r) || r.status != http.StatusBadRequest) {
		return nil, err // with 400 the site has more of this title than it lists
	}
	if hits = confirmed(hits, ours); len(hits) > 0 {
		return hits, nil
	}
	return d.byAddress(ctx, template, ours, err)
}

// byAddress asks for the session's address, for records that lost their title. The site
// takes a value between slashes for a pattern and refuses one with a dollar sign.
func (d *Destination) byAddress(ctx context.Context, template manager, ours identity, tooMany error) ([]stored, error) {
	if !strings.Contains(ours.ref, "://") || strings.HasPrefix(ours.ref, "/") || strings.Contains(ours.ref, "$") {
		return nil, tooMany
	}
	hits, err := d.client.query(ctx, map[string]any{
		"query": map[string]any{"Experiment.summary.@ref": ours.ref}, "templates": template.all(),
	})
	if errors.Is(err, nexuslims.Invalid) && tooMany == nil {
		d.log.Warn("the site cannot search by address", "destination", Name, "err", err)
		return nil, nil
	}
	return confirmed(hits, ours), err
}

func confirmed(hits []stored, ours identity) []stored {
	return slices.DeleteFunc(hits, func(s stored) bool {
		theirs, ok := identify(s.document())
		return !ok || !s.ID.valid() || !ours.same(theirs)
	})
}

// all returns the versions of the template in the form of a query: records stay with the
// version that they were made with.
func (m manager) all() []map[string]string {
	ids := []map[string]string{{"id": string(m.Current)}}
	for _, v := range m.Versions {
		if v != m.Current && v.valid() {
			ids = append(ids, map[string]string{"id": string(v)})
		}
	}
	return ids
}
