package exporters

import (
	"context"
	"errors"
	"io/fs"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// route finds out what exists already, before anything is created: the ledger says it, or
// else the destination itself.
func (d *delivery) route(ctx context.Context) (Receipt, error) {
	if len(d.job.XML) == 0 {
		return Receipt{}, nexuslims.E(nexuslims.NotFound, "deliver record", d.job.Name, fs.ErrNotExist)
	}
	if d.entry.Receipt.ID != "" {
		return d.bring(ctx, d.entry.Receipt, false)
	}
	found, exists, err := d.find(ctx)
	if err != nil {
		return Receipt{}, err
	}
	if exists {
		return d.adopt(ctx, found)
	}
	return d.create(ctx)
}

// find asks the destination for its record of the session.
func (d *delivery) find(ctx context.Context) (Receipt, bool, error) {
	finder, ok := d.open.Destination.(Finder)
	if !ok {
		return Receipt{}, false, nil
	}
	found, exists, err := finder.Find(ctx, d.job)
	return found.cleaned(), exists, err
}

// adopt takes a record that the destination has and the ledger did not know.
func (d *delivery) adopt(ctx context.Context, found Receipt) (Receipt, error) {
	d.log.Info("destination has a record of the session already", "id", found.ID, "url", found.URL)
	if err := d.note(ctx, found); err != nil {
		return Receipt{}, err
	}
	if !found.Partial && found.Digest == d.job.Digest {
		return found, nil
	}
	return d.bring(ctx, found, true)
}

// bring turns what exists into what should. Asked is true when the destination itself
// just said that it exists.
func (d *delivery) bring(ctx context.Context, existing Receipt, asked bool) (Receipt, error) {
	d.job.Earlier = &existing
	if existing.Partial {
		return d.open.Destination.Export(ctx, d.job)
	}
	updater, ok := d.open.Destination.(Updater)
	if !ok {
		return d.replace(ctx, existing)
	}
	receipt, err := updater.Update(ctx, d.job, existing)
	if !errors.Is(err, nexuslims.NotFound) || asked {
		return receipt, err
	}
	return d.again(ctx, existing, err)
}

// again creates a record that is gone. The destination is asked first: what it still finds
// under the same id was not what the update missed.
func (d *delivery) again(ctx context.Context, gone Receipt, missed error) (Receipt, error) {
	d.job.Earlier = nil
	found, exists, err := d.find(ctx)
	switch {
	case err != nil:
		return Receipt{}, err
	case exists && found.ID == gone.ID:
		return Receipt{}, missed
	case exists:
		return d.adopt(ctx, found)
	}
	d.log.Warn("record is gone at the destination and is created anew", "id", gone.ID)
	return d.create(ctx)
}

// replace delivers a new version to a destination that cannot update. Of a record whose
// version is unknown it is believed that it is the right one: a second record beside it
// would be worse.
func (d *delivery) replace(ctx context.Context, existing Receipt) (Receipt, error) {
	if existing.Digest == "" {
		existing.Warnings = append(existing.Warnings, "the record was there already and cannot be compared or updated")
		return existing, nil
	}
	return d.open.Destination.Export(ctx, d.job)
}

// create makes a record that does not exist. What is about to be sent is noted before: if
// the answer is lost, it is known what people's edits are to be compared with.
func (d *delivery) create(ctx context.Context) (Receipt, error) {
	err := d.gate.pass(func() error {
		d.entry.Receipt, d.entry.Document = Receipt{}, d.job.XML
		return d.save(ctx)
	})
	if err != nil {
		return Receipt{}, err
	}
	return d.open.Destination.Export(ctx, d.job)
}

// note makes what exists durable. A record on its way is incomplete until the destination
// returns; one that was adopted is what the destination says.
func (d *delivery) note(ctx context.Context, r Receipt) error {
	return d.gate.pass(func() error {
		digest := d.entry.Receipt.Digest
		d.entry.Receipt = r.cleaned()
		if r.Partial || r.Digest == "" {
			d.entry.Receipt.Digest = digest
		}
		return d.save(ctx)
	})
}
