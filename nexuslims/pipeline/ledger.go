package pipeline

import (
	"context"
	"encoding/json"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/exporters"
)

// Ledger keeps the deliveries of a runner in the database.
func Ledger(store *db.Store) exporters.Ledger { return ledger{store} }

type ledger struct{ store *db.Store }

// metaKey is where a receipt keeps what has no column of its own.
const metaKey = "receipt"

type receiptMeta struct {
	Partial  bool           `json:"partial,omitempty"`
	Warnings []string       `json:"warnings,omitempty"`
	Meta     map[string]any `json:"meta,omitempty"`
}

// Load implements exporters.Ledger. Of a session that the Python program delivered, the
// newest successful upload stands in: what was sent is not known then.
func (l ledger) Load(ctx context.Context, session, destination string) (exporters.Entry, bool, error) {
	list, err := l.store.Deliveries(ctx, session)
	if err != nil {
		return exporters.Entry{}, false, err
	}
	for _, d := range list {
		if d.Destination == destination {
			return entryOf(d), true, l.complete(ctx, d)
		}
	}
	u, found, err := l.store.LastUpload(ctx, session, destination)
	if err != nil || !found {
		return exporters.Entry{}, false, err
	}
	return exporters.Entry{
		Session: session, Destination: destination, State: exporters.Delivered,
		Receipt: exporters.Receipt{ID: u.RecordID, URL: u.RecordURL, Digest: u.Digest, Time: u.Time},
	}, true, nil
}

// complete writes the attempt down that a killed run had no time for: the Python program
// knows of a delivery by its row only.
func (l ledger) complete(ctx context.Context, d db.Delivery) error {
	if d.State != db.DeliveryDelivered {
		return nil
	}
	_, found, err := l.store.LastUpload(ctx, d.Session, d.Destination)
	if err != nil || found {
		return err
	}
	return l.store.LogUploads(ctx, []db.Upload{{
		Session: d.Session, Destination: d.Destination, Success: true, Time: d.Updated,
		RecordID: d.RemoteID, RecordURL: d.RemoteURL, Digest: d.Digest,
	}})
}

func entryOf(d db.Delivery) exporters.Entry {
	e := exporters.Entry{
		Session: d.Session, Destination: d.Destination, State: exporters.State(d.State), Document: d.Document,
		Kind: d.ErrorKind, Message: d.ErrorMessage, Attempts: d.Attempts, NextAttempt: d.NextAttempt,
		Receipt: exporters.Receipt{ID: d.RemoteID, URL: d.RemoteURL, Step: d.Step, Digest: d.Digest, Time: d.Updated},
	}
	var m receiptMeta
	if text, ok := d.Meta[metaKey].(string); ok && json.Unmarshal([]byte(text), &m) == nil {
		e.Receipt.Partial, e.Receipt.Warnings, e.Receipt.Meta = m.Partial, m.Warnings, m.Meta
	}
	return e
}

// Save implements exporters.Ledger.
func (l ledger) Save(ctx context.Context, e exporters.Entry) error {
	b, err := json.Marshal(receiptMeta{e.Receipt.Partial, e.Receipt.Warnings, e.Receipt.Meta})
	if err != nil {
		b = []byte("{}") // a destination's notes that JSON cannot hold are no reason to lose the delivery
	}
	return l.store.SaveDelivery(ctx, db.Delivery{
		Session: e.Session, Destination: e.Destination, State: db.DeliveryState(e.State), Document: e.Document,
		Step: e.Receipt.Step, RemoteID: e.Receipt.ID, RemoteURL: e.Receipt.URL, Digest: e.Receipt.Digest,
		Attempts: e.Attempts, NextAttempt: e.NextAttempt, ErrorKind: e.Kind, ErrorMessage: e.Message,
		Meta: map[string]any{metaKey: string(b)},
	})
}

// Log implements exporters.Ledger.
func (l ledger) Log(ctx context.Context, session string, attempts []exporters.Attempt) error {
	uploads := make([]db.Upload, len(attempts))
	for i, a := range attempts {
		uploads[i] = db.Upload{
			Session: session, Destination: a.Destination, Success: a.Success, Time: a.Time, Error: a.Message,
			RecordID: a.Receipt.ID, RecordURL: a.Receipt.URL, Digest: a.Receipt.Digest, Meta: a.Receipt.Meta,
		}
	}
	return l.store.LogUploads(ctx, uploads)
}

var _ exporters.Ledger = ledger{}
