package exporters

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Standing says how what a destination holds compares with what the ledger says.
type Standing string

// The standings of a record.
const (
	Same     Standing = "same"     // it holds the document that was delivered last
	Edited   Standing = "edited"   // people changed it there
	Differs  Standing = "differs"  // it holds something else under that id
	Missing  Standing = "missing"  // it has no such record any more
	Unproven Standing = "unproven" // it could not be asked, or cannot answer
)

// Standings lists the standings, the best first.
func Standings() []Standing { return []Standing{Same, Edited, Unproven, Differs, Missing} }

// Verification is what a destination says of a record that the ledger calls delivered.
type Verification struct {
	Destination string
	Standing    Standing
	Receipt     Receipt // as the ledger has it
	// Digest is the SHA-256 of the document that stands there, "" when there is none.
	Digest string
	Edits  []string // what people changed, in words
	Err    error    // why it is not Same or Edited
}

// Verify asks each destination that has a record of the session, by the ledger, whether it
// has it. Nothing is changed, there or in the ledger. The error is that of the ledger, or
// cancellation.
func (r *Runner) Verify(ctx context.Context, session string) ([]Verification, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.prepare(); err != nil {
		return nil, err
	}
	known, err := r.load(ctx, session)
	if err != nil {
		return nil, err
	}
	var all []Verification
	for _, o := range r.Destinations {
		e := known[o.Spec.Name]
		if !e.present() || len(r.Only) > 0 && !slices.Contains(r.Only, o.Spec.Name) {
			continue
		}
		v := r.verify(ctx, o, e)
		if err := ctx.Err(); err != nil {
			return all, nexuslims.E(nexuslims.Canceled, "verify", session, err)
		}
		all = append(all, v)
	}
	return all, nil
}

// verify asks one destination.
func (r *Runner) verify(ctx context.Context, o Open, e Entry) Verification {
	v := Verification{Destination: o.Spec.Name, Standing: Unproven, Receipt: e.Receipt}
	fetcher, ok := o.Destination.(Fetcher)
	switch {
	case !ok:
		v.Err = nexuslims.E(nexuslims.Unsupported, "verify", o.Spec.Name, errors.New("it cannot show what it holds"))
		return v
	case r.down[o.Spec.Name] != nil:
		v.Err = r.down[o.Spec.Name]
		return v
	}
	stored, err := r.fetch(ctx, o.Spec.Name, fetcher, e.Receipt)
	if err != nil {
		v.Err = tame(err)
		if nexuslims.KindOf(err) == nexuslims.NotFound {
			v.Standing = Missing
		}
		return v
	}
	r.compare(&v, e, stored)
	return v
}

// fetched is what a Fetcher answered.
type fetched struct {
	document []byte
	err      error
}

// fetch asks a destination for a document, with the time limit of an attempt. One that is
// out of reach is left alone for the rest of the run.
func (r *Runner) fetch(ctx context.Context, name string, f Fetcher, existing Receipt) ([]byte, error) {
	a, returned, over := within(ctx, limits{r.Timeout, r.Grace}, func(ctx context.Context) (a fetched) {
		defer func() {
			if v := recover(); v != nil {
				r.Logger.Error("destination panicked", "destination", name, "err", clean(fmt.Sprint(v)), "stack", string(debug.Stack()))
				a = fetched{err: nexuslims.E(nexuslims.Internal, "panic", "", fmt.Errorf("%v", v))}
			}
		}()
		a.document, a.err = f.Fetch(ctx, existing)
		return a
	})
	if !returned {
		a.err = nexuslims.E(nexuslims.Transient, "fetch record from", name, fmt.Errorf("it did not return: %w", over))
	}
	err := explain(ctx, over, r.Timeout, a.err)
	if ctx.Err() == nil && nexuslims.KindOf(err) == nexuslims.Transient {
		r.leave(name, tame(err))
	}
	return a.document, err
}

// compare tells a document that says the same from an edited one and from another one.
func (r *Runner) compare(v *Verification, e Entry, stored []byte) {
	sum := sha256.Sum256(stored)
	v.Digest = hex.EncodeToString(sum[:])
	if v.Digest == e.Receipt.Digest && !e.Receipt.Partial {
		v.Standing = Same
		return
	}
	if e.Receipt.Partial {
		v.Err = nexuslims.E(nexuslims.Transient, "verify", v.Destination,
			fmt.Errorf("its delivery is incomplete after step %q", e.Receipt.Step))
		return
	}
	v.Standing = Differs
	if r.Reconcile == nil || len(e.Document) == 0 {
		v.Err = nexuslims.E(nexuslims.Conflict, "verify", v.Destination, errors.New("it holds another document than was delivered"))
		return
	}
	same, err := r.Reconcile(e.Document, stored, e.Document)
	switch {
	case err != nil:
		v.Err = tame(err)
	case len(same.Edits) > 0:
		v.Standing, v.Edits = Edited, same.Edits
	case same.Current:
		v.Standing = Same // in other words: the service writes XML its own way
	default:
		v.Err = nexuslims.E(nexuslims.Conflict, "verify", v.Destination, errors.New("it holds another document than was delivered"))
	}
}
