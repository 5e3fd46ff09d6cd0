package exportertest_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/exportertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func harness(open func(s *shelf) exporters.Destination) exportertest.Harness {
	return exportertest.Harness{New: func(testing.TB) exportertest.Site { return new(shelf).site(open) }}
}

func TestAGoodDestinationPasses(t *testing.T) { exportertest.Run(t, harness(open)) }

// modest can only create and replace.
type modest struct{ keeper *keeper }

func (m modest) Export(ctx context.Context, job *exporters.Job) (exporters.Receipt, error) {
	if job.Earlier != nil {
		return m.keeper.Update(ctx, job, *job.Earlier)
	}
	return m.keeper.Export(ctx, job)
}
func (m modest) Close() error { return nil }

func TestAModestDestinationPassesWhatApplies(t *testing.T) {
	exportertest.Run(t, exportertest.Harness{New: func(tb testing.TB) exportertest.Site {
		tb.Helper()
		site := new(shelf).site(func(s *shelf) exporters.Destination { return modest{&keeper{s}} })
		return exportertest.Site{Open: site.Open, Count: site.Count}
	}})
}

// The destinations below each break one rule.
type (
	forgetful struct{ *keeper } // does not look before it creates
	talkative struct{ *keeper } // shows its token
	careless  struct{ *keeper } // overwrites what people wrote
	deaf      struct{ *keeper } // does not hear that it is called off
	merging   struct{ *keeper } // takes two sessions for one
	grabbing  struct{ *keeper } // changes the job
	fragile   struct {          // bears one Close only
		*keeper
		closed *bool
	}
	liar   struct{ *keeper } // says refused where it is out of reach
	boasts struct{ *keeper } // shows what is gone
)

func (forgetful) Find(context.Context, *exporters.Job) (exporters.Receipt, bool, error) {
	return exporters.Receipt{}, false, nil
}

func (d talkative) Export(ctx context.Context, job *exporters.Job) (exporters.Receipt, error) {
	r, err := d.keeper.Export(ctx, job)
	if err != nil {
		err = errors.Join(err, errors.New("sent "+canary))
	}
	return r, err
}

func (d careless) Update(
	ctx context.Context, job *exporters.Job, existing exporters.Receipt,
) (exporters.Receipt, error) {
	return existing, d.shelf.request(ctx, func() { d.named(existing.ID).document = job.XML })
}

func (d deaf) Export(ctx context.Context, job *exporters.Job) (exporters.Receipt, error) {
	return d.keeper.Export(context.WithoutCancel(ctx), job)
}

func (d merging) Find(ctx context.Context, job *exporters.Job) (exporters.Receipt, bool, error) {
	other := *job
	if len(d.shelf.records) > 0 {
		other.Session.ID = d.shelf.records[0].session
	}
	return d.keeper.Find(ctx, &other)
}

func (d grabbing) Export(ctx context.Context, job *exporters.Job) (exporters.Receipt, error) {
	job.Name = "mine"
	return d.keeper.Export(ctx, job)
}

func (d fragile) Close() error {
	if *d.closed {
		return errors.New("closed already")
	}
	*d.closed = true
	return nil
}

func (d liar) Export(ctx context.Context, job *exporters.Job) (exporters.Receipt, error) {
	r, err := d.keeper.Export(ctx, job)
	if err != nil && ctx.Err() == nil {
		err = errors.New("it went wrong")
	}
	return r, err
}

func (d liar) Find(context.Context, *exporters.Job) (exporters.Receipt, bool, error) {
	return exporters.Receipt{}, false, nil
}

func (d boasts) Fetch(ctx context.Context, existing exporters.Receipt) ([]byte, error) {
	document, err := d.keeper.Fetch(ctx, existing)
	if err != nil {
		document = nil
	}
	return document, nil
}

func TestBrokenRulesAreNoticed(t *testing.T) {
	for scenario, open := range map[string]func(s *shelf) exporters.Destination{
		"forgotten by the ledger":           func(s *shelf) exporters.Destination { return forgetful{&keeper{s}} },
		"reply lost after commit":           func(s *shelf) exporters.Destination { return forgetful{&keeper{s}} },
		"killed at any write of the ledger": func(s *shelf) exporters.Destination { return forgetful{&keeper{s}} },
		"request not carried out":           func(s *shelf) exporters.Destination { return talkative{&keeper{s}} },
		"edited there":                      func(s *shelf) exporters.Destination { return careless{&keeper{s}} },
		"merged with edits":                 func(s *shelf) exporters.Destination { return careless{&keeper{s}} },
		"cancelled before":                  func(s *shelf) exporters.Destination { return deaf{&keeper{s}} },
		"several sessions":                  func(s *shelf) exporters.Destination { return merging{&keeper{s}} },
		"hostile names and texts":           func(s *shelf) exporters.Destination { return merging{&keeper{s}} },
		"job left alone":                    func(s *shelf) exporters.Destination { return grabbing{&keeper{s}} },
		"closed twice":                      func(s *shelf) exporters.Destination { return fragile{&keeper{s}, new(bool)} },
		"refused credentials":               func(s *shelf) exporters.Destination { return liar{&keeper{s}} },
		"fetched":                           func(s *shelf) exporters.Destination { return boasts{&keeper{s}} },
		"throttled":                         func(s *shelf) exporters.Destination { return liar{&keeper{s}} },
	} {
		t.Run(scenario, func(t *testing.T) {
			assert.True(t, exportertest.Passes(t, scenario, harness(func(s *shelf) exporters.Destination { return &keeper{s} })))
			assert.False(t, exportertest.Passes(t, scenario, harness(open)), "the broken rule was not noticed")
		})
	}
}

func TestHostileTextsAreDistinct(t *testing.T) {
	seen := map[string]bool{}
	for _, text := range exportertest.Hostile() {
		require.False(t, seen[text], text)
		seen[text] = true
	}
}
