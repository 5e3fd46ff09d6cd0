package db

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"zombiezen.com/go/sqlite"
)

// DeliveryState says how far the delivery of a record to a destination is.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryWaiting   DeliveryState = "waiting"   // nothing was tried yet
	DeliveryStarted   DeliveryState = "started"   // an attempt began, its end is not known
	DeliveryDelivered DeliveryState = "delivered" // the destination has the record
	DeliveryFailed    DeliveryState = "failed"    // the last attempt failed, another will come
	DeliveryGivenUp   DeliveryState = "given_up"  // no attempt will come by itself
)

func deliveryStates() []DeliveryState {
	return []DeliveryState{DeliveryWaiting, DeliveryStarted, DeliveryDelivered, DeliveryFailed, DeliveryGivenUp}
}

// Delivery is what is known of one record at one destination.
type Delivery struct {
	Session     string
	Destination string
	State       DeliveryState
	Step        string // last step that was completed
	RemoteID    string
	RemoteURL   string
	Digest      string // of the record that was delivered last
	// Document is what was delivered last, to be compared with what stands there now. It
	// is stored compressed. In SaveDelivery nil keeps what is stored.
	Document     []byte
	Attempts     int
	NextAttempt  time.Time // zero: at any time
	ErrorKind    string
	ErrorMessage string
	Updated      time.Time // set by the store
	Meta         map[string]any
}

// maxDocument bounds a document when it is read back.
const maxDocument = 1 << 30

const selectDelivery = `SELECT session_identifier, destination, state, step, remote_id, remote_url,
	digest, attempts, next_attempt, error_kind, error_message, updated, meta, document FROM nx_deliveries `

// SaveDelivery stores a delivery, in place of an earlier one of that session and
// destination.
func (s *Store) SaveDelivery(ctx context.Context, d Delivery) error {
	const op = "save delivery of"
	if d.Session == "" || d.Destination == "" || !slices.Contains(deliveryStates(), d.State) {
		return nexuslims.E(nexuslims.Invalid, op, d.Session,
			fmt.Errorf("it needs session, destination and a state, not %q, %q and %q", d.Session, d.Destination, d.State))
	}
	meta, err := metaText(d.Meta)
	if err != nil {
		return nexuslims.E(nexuslims.Invalid, op, d.Session, err)
	}
	document, err := pack(d.Document)
	if err != nil {
		return nexuslims.E(nexuslims.Internal, op, d.Session, err)
	}
	return s.write(ctx, op, d.Session, func(conn *sqlite.Conn) error {
		return exec(conn, `INSERT INTO nx_deliveries (session_identifier, destination, state, step, remote_id,
			remote_url, digest, document, attempts, next_attempt, error_kind, error_message, updated, meta)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (session_identifier, destination) DO UPDATE SET state = excluded.state,
			step = excluded.step, remote_id = excluded.remote_id, remote_url = excluded.remote_url,
			digest = excluded.digest, document = coalesce(excluded.document, document),
			attempts = excluded.attempts, next_attempt = excluded.next_attempt, error_kind = excluded.error_kind,
			error_message = excluded.error_message, updated = excluded.updated, meta = excluded.meta`,
			d.Session, d.Destination, string(d.State), d.Step, d.RemoteID, d.RemoteURL, d.Digest, document,
			d.Attempts, formatInstant(d.NextAttempt), d.ErrorKind, trimError(d.ErrorMessage),
			formatInstant(s.options.Now()), meta)
	})
}

// Deliveries lists the deliveries of a session by destination, documents included.
func (s *Store) Deliveries(ctx context.Context, session string) ([]Delivery, error) {
	return s.deliveries(ctx, true, "WHERE session_identifier = ? ORDER BY destination", session)
}

// DueDeliveries lists the deliveries that are not done, not given up and whose time has
// come at now, the longest waiting first. Their documents are left out.
func (s *Store) DueDeliveries(ctx context.Context, now time.Time) ([]Delivery, error) {
	return s.deliveries(ctx, false, `WHERE state IN ('waiting', 'started', 'failed')
		AND (next_attempt IS NULL OR next_attempt <= ?)
		ORDER BY coalesce(next_attempt, ''), session_identifier, destination`, formatInstant(now))
}

func (s *Store) deliveries(
	ctx context.Context, documents bool, condition string, arg any,
) (list []Delivery, err error) {
	err = s.read(ctx, "list deliveries", "", func(conn *sqlite.Conn) error {
		list = nil
		return each(conn, selectDelivery+condition, func(row *sqlite.Stmt) error {
			d, err := scanDelivery(row, documents)
			list = append(list, d)
			return err
		}, arg)
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

func scanDelivery(row *sqlite.Stmt, documents bool) (Delivery, error) {
	d := Delivery{
		Session: row.ColumnText(0), Destination: row.ColumnText(1), State: DeliveryState(row.ColumnText(2)),
		Step: row.ColumnText(3), RemoteID: row.ColumnText(4), RemoteURL: row.ColumnText(5), Digest: row.ColumnText(6),
		Attempts: row.ColumnInt(7), NextAttempt: parseInstant(row.ColumnText(8)), ErrorKind: row.ColumnText(9),
		ErrorMessage: row.ColumnText(10), Updated: parseInstant(row.ColumnText(11)),
	}
	var err error
	if d.Meta, err = parseMeta(row.ColumnText(12)); err == nil && documents {
		d.Document, err = unpack(row.ColumnReader(13), row.ColumnLen(13))
	}
	if err != nil {
		err = nexuslims.E(nexuslims.Corrupt, "read delivery of", d.Session, fmt.Errorf("to %s: %w", d.Destination, err))
	}
	return d, err
}

// pack compresses a document; nil stays nil.
func pack(document []byte) (any, error) {
	if document == nil {
		return nil, nil
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(document)
	err = errors.Join(err, w.Close())
	return b.Bytes(), err
}

func unpack(r io.Reader, size int) ([]byte, error) {
	if size == 0 {
		return nil, nil
	}
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("document: %w", err)
	}
	document, err := io.ReadAll(io.LimitReader(z, maxDocument+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("document: %w", err)
	case len(document) > maxDocument:
		return nil, errors.New("document is too large")
	}
	return document, nil
}

// metaText returns a map as JSON with its keys sorted, "" when there is nothing in it.
func metaText(meta map[string]any) (string, error) {
	if len(meta) == 0 {
		return "", nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(meta)
	return string(bytes.TrimSpace(b.Bytes())), err
}

func parseMeta(text string) (meta map[string]any, err error) {
	if text == "" {
		return nil, nil
	}
	err = json.Unmarshal([]byte(text), &meta)
	return meta, err
}
