package exportertest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/exportertest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const canary = "c4nary/t+ken"

// shelf is a service in memory with real state. A record is made in two steps.
type shelf struct {
	mu       sync.Mutex
	records  []*record
	requests int
	failAt   int
	commit   bool
	refuse   bool
	throttle bool
	stall    bool
}

type record struct {
	id, session string
	document    []byte
	shown       bool
}

// request carries a request out, unless the double misbehaves.
func (s *shelf) request(ctx context.Context, do func()) error {
	s.mu.Lock()
	s.requests++
	fails, refuse, throttle, stall := s.requests == s.failAt, s.refuse, s.throttle, s.stall
	commit := s.commit
	s.mu.Unlock()
	switch {
	case stall:
		<-ctx.Done()
		return ctx.Err()
	case ctx.Err() != nil:
		return ctx.Err()
	case refuse:
		return nexuslims.E(nexuslims.Permission, "ask", "shelf", errors.New("token refused"))
	case throttle:
		return nexuslims.E(nexuslims.Transient, "ask", "shelf", errors.New("too often"))
	case fails && !commit:
		return nexuslims.E(nexuslims.Transient, "ask", "shelf", errors.New("no answer"))
	}
	s.mu.Lock()
	do()
	s.mu.Unlock()
	if fails {
		return nexuslims.E(nexuslims.Transient, "ask", "shelf", errors.New("answer lost"))
	}
	return nil
}

func (s *shelf) site(open func(s *shelf) exporters.Destination) exportertest.Site {
	locked := func(do func()) func() {
		return func() { s.mu.Lock(); defer s.mu.Unlock(); do() }
	}
	return exportertest.Site{
		Open:  func(testing.TB) exporters.Destination { return open(s) },
		Count: func() int { return len(s.records) },
		Documents: func() [][]byte {
			var all [][]byte
			for _, r := range s.records {
				all = append(all, r.document)
			}
			return all
		},
		Edit: locked(func() {
			for _, r := range s.records {
				r.document = append(slices.Clone(r.document), "<!-- edited -->"...)
			}
		}),
		Remove:   locked(func() { s.records = nil }),
		Requests: func() int { return s.requests },
		Fail:     func(n int, carriedOut bool) { s.failAt, s.commit = s.requests+n, carriedOut },
		Refuse:   func() { s.refuse = true },
		Throttle: func() { s.throttle = true },
		Stall:    func() { s.stall = true },
		Heal:     locked(func() { s.failAt, s.refuse, s.throttle, s.stall = 0, false, false, false }),
		Secrets:  []string{canary},
	}
}

// keeper is a destination on a shelf that does everything right.
type keeper struct{ shelf *shelf }

func open(s *shelf) exporters.Destination { return &keeper{s} }

func (k *keeper) Check(ctx context.Context) error { return k.shelf.request(ctx, func() {}) }

func (k *keeper) Export(ctx context.Context, job *exporters.Job) (exporters.Receipt, error) {
	receipt := exporters.Receipt{Step: "made", Partial: true}
	if job.Earlier != nil {
		receipt = *job.Earlier
	} else {
		err := k.shelf.request(ctx, func() {
			receipt.ID = fmt.Sprint(len(k.shelf.records) + 1)
			k.shelf.records = append(k.shelf.records, &record{id: receipt.ID, session: job.Session.ID, document: job.XML})
		})
		if err != nil {
			return exporters.Receipt{}, err
		}
		if job.Progress != nil {
			if err := job.Progress(ctx, receipt); err != nil {
				return receipt, err
			}
		}
	}
	if err := k.shelf.request(ctx, func() { k.named(receipt.ID).shown = true }); err != nil {
		return receipt, err
	}
	return exporters.Receipt{ID: receipt.ID, Step: "shown"}, nil
}

func (k *keeper) named(id string) *record {
	for _, r := range k.shelf.records {
		if r.id == id {
			return r
		}
	}
	return nil
}

func (k *keeper) Find(ctx context.Context, job *exporters.Job) (receipt exporters.Receipt, found bool, err error) {
	err = k.shelf.request(ctx, func() {
		for _, r := range k.shelf.records {
			if r.session == job.Session.ID {
				receipt, found = exporters.Receipt{ID: r.id, Partial: !r.shown}, true
				if string(r.document) == string(job.XML) {
					receipt.Digest = job.Digest
				}
			}
		}
	})
	return receipt, found && err == nil, err
}

func (k *keeper) Update(
	ctx context.Context, job *exporters.Job, existing exporters.Receipt,
) (exporters.Receipt, error) {
	var stored []byte
	err := k.shelf.request(ctx, func() {
		if r := k.named(existing.ID); r != nil {
			stored = r.document
		}
	})
	if err != nil {
		return exporters.Receipt{}, err
	}
	if stored == nil {
		return exporters.Receipt{}, nexuslims.E(nexuslims.NotFound, "update", existing.ID, nil)
	}
	result, err := job.Reconcile(stored)
	if err != nil || result.Current {
		return existing, err
	}
	return existing, k.shelf.request(ctx, func() { k.named(existing.ID).document = result.Document })
}

func (k *keeper) Fetch(ctx context.Context, existing exporters.Receipt) (document []byte, err error) {
	err = k.shelf.request(ctx, func() {
		if r := k.named(existing.ID); r != nil {
			document = r.document
		}
	})
	if err == nil && document == nil {
		err = nexuslims.E(nexuslims.NotFound, "fetch", existing.ID, nil)
	}
	return document, err
}

func (k *keeper) Close() error { return nil }
