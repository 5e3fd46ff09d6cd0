package elabftw

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Find implements exporters.Finder. The server is asked for the extra field "Session ID",
// in every experiment that the key's user may read, archived ones included. What it
// answers is compared exactly: its search knows wildcards and no case.
func (d *Destination) Find(ctx context.Context, job *exporters.Job) (exporters.Receipt, bool, error) {
	if err := d.askVersion(ctx); err != nil {
		return exporters.Receipt{}, false, err
	}
	hits, err := d.candidates(ctx, nexuslims.ValidText(job.Session.ID))
	if err != nil {
		return exporters.Receipt{}, false, err
	}
	if len(hits) == 0 {
		return d.findDraft(ctx, job)
	}
	title := titleOf(job.Name)
	slices.SortFunc(hits, func(a, b experiment) int { // copies that people made bear another title
		return cmp.Or(bool2int(sameWords(b.Title, title))-bool2int(sameWords(a.Title, title)), cmp.Compare(b.ID, a.ID))
	})
	e, err := d.client.read(ctx, int(hits[0].ID))
	if err != nil {
		return exporters.Receipt{}, false, err
	}
	receipt, err := d.found(job, e)
	if len(hits) > 1 {
		receipt.Warnings = []string{"the server has several experiments of this session: " + numbers(hits)}
	}
	return receipt, err == nil, err
}

func bool2int(b bool) int {
	if b {
		return 1
	}
	return 0
}

func numbers(hits []experiment) string {
	ids := make([]string, len(hits))
	for i, h := range hits {
		ids[i] = strconv.Itoa(int(h.ID))
	}
	return strings.Join(ids, ", ")
}

// candidates returns the experiments that have a session's identifier as their key.
func (d *Destination) candidates(ctx context.Context, session string) ([]experiment, error) {
	rows, err := d.search(ctx, url.Values{
		"scope": {"3"}, "state": {"1,2"},
		"extended": {fmt.Sprintf(`extrafield:"%s":"%s"`, fieldSession, pattern(session))},
	})
	if err != nil {
		return nil, err
	}
	var hits []experiment
	for _, row := range rows {
		if !row.Metadata.known { // a server that leaves it out of lists
			if row, err = d.client.read(ctx, int(row.ID)); err != nil {
				return nil, err
			}
		}
		if row.Metadata.value(fieldSession) == session && row.ID > 0 {
			hits = append(hits, row)
		}
	}
	return hits, nil
}

func (d *Destination) search(ctx context.Context, query url.Values) ([]experiment, error) {
	var all []experiment
	err := d.client.list(ctx, query, func(page []experiment) bool {
		all = append(all, page...)
		return true
	})
	return all, err
}

// pattern returns a text for the inside of a quoted term of the advanced search. What
// means something there is replaced by the wildcard for one character; underscores are
// that wildcard already. Nothing needs an escape, of which versions have different ideas.
func pattern(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || strings.ContainsRune(`"'\%`, r) {
			return '_'
		}
		return r
	}, text)
}

// found describes an experiment that was found. It is partial where steps are missing.
func (d *Destination) found(job *exporters.Job, e experiment) (exporters.Receipt, error) {
	c, err := contentOf(job, linkOf(job, e.Metadata.value("CDCS Record")))
	if err != nil {
		return exporters.Receipt{}, err
	}
	m := memory{ElabID: e.ElabID, Version: d.version, Link: e.Metadata.value("CDCS Record")}
	r := exporters.Receipt{ID: strconv.Itoa(int(e.ID)), URL: d.client.link(e), Step: StepDone, Time: d.now()}
	current, exists := attached(e.Uploads, m, fileName(job.Name))
	switch {
	case !exists:
		r.Step, r.Partial = StepCreated, true
	case slices.ContainsFunc(c.tags, func(t string) bool { return !contains(e.Tags, t) }):
		r.Step, r.Partial = StepAttached, true
	case current.holds(job.Digest):
		r.Digest = job.Digest
		m.Delivered, m.Tags = []delivered{c.delivered()}, c.tags
	}
	m.Upload, m.File = int(current.ID), fileName(job.Name)
	r.Meta = m.meta()
	return r, nil
}
