package dbtest

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// reserve reserves a name and returns what was given.
func (b *bench) reserve(t *testing.T, id, wanted string) string {
	t.Helper()
	name, err := b.store.ReserveRecordName(t.Context(), id, wanted)
	require.NoError(t, err)
	return name
}

func recordNames(t *testing.T, b *bench) {
	t.Helper()
	require.Equal(t, "kit_1", b.reserve(t, "a", "kit_1"))
	require.Equal(t, "kit_1", b.reserve(t, "a", "kit_1"))
	require.Equal(t, "kit_1", b.reserve(t, "a", "kit_2"), "a name is for good")
	other := b.reserve(t, "b", "KIT_1")
	require.NotEqual(t, "kit_1", strings.ToLower(other))
	require.True(t, strings.HasPrefix(other, "KIT_1_"), other)
	require.Equal(t, other, b.reserve(t, "b", "KIT_1"))
	require.NotEqual(t, other, b.reserve(t, "c", "KIT_1"))
	_, err := b.store.ReserveRecordName(t.Context(), "d", "")
	require.ErrorIs(t, err, nexuslims.Invalid)
	taken := db.Record{Session: "d", Name: "Kit_1", State: db.RecordBuilt}
	require.ErrorIs(t, b.store.SaveRecord(t.Context(), taken), nexuslims.Conflict)
	found, ok, err := b.store.RecordNamed(t.Context(), "KIT_1")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "a", found.Session)
}

func records(t *testing.T, b *bench) {
	s := session("a")
	b.harvest(t, s)
	_, found, err := b.store.Record(t.Context(), s.ID)
	require.NoError(t, err)
	require.False(t, found)

	record := db.Record{
		Session: s.ID, Name: b.reserve(t, s.ID, "kit_a"), State: db.RecordBuilt,
		Digest: "d1", Canonical: "c1", From: s.From, To: s.To,
	}
	save := func(r db.Record) db.Record {
		t.Helper()
		require.NoError(t, b.store.SaveRecord(t.Context(), r))
		got, found, err := b.store.Record(t.Context(), s.ID)
		require.NoError(t, err)
		require.True(t, found)
		return got
	}
	got := save(record)
	assert.Equal(t, 1, got.Version)
	assert.Equal(t, "c1", got.Canonical)
	assert.WithinDuration(t, s.From, got.From, 0)
	assert.WithinDuration(t, b.now(), got.BuiltAt, 0)
	b.pass(time.Hour)
	record.Canonical = ""
	again := save(record)
	assert.Equal(t, got, again, "the same digest is the same version")
	record.Digest = "d2"
	got = save(record)
	assert.Equal(t, 2, got.Version)
	assert.WithinDuration(t, b.now(), got.BuiltAt, 0)

	record.State = "somewhere"
	require.ErrorIs(t, b.store.SaveRecord(t.Context(), record), nexuslims.Invalid)
	record.State = db.RecordUploaded
	require.ErrorIs(t, b.store.SettleRecord(t.Context(), record, "DONE"), nexuslims.Invalid)
	kept, _, err := b.store.Record(t.Context(), s.ID)
	require.NoError(t, err)
	require.Equal(t, db.RecordBuilt, kept.State, "both or neither")
	require.NoError(t, b.store.SettleRecord(t.Context(), record, nexuslims.Completed))
	kept, _, err = b.store.Record(t.Context(), s.ID)
	require.NoError(t, err)
	require.Equal(t, db.RecordUploaded, kept.State)
	require.Equal(t, 2, kept.Version)
	b.stored(t, s, nexuslims.Completed)
	all, err := b.store.Records(t.Context())
	require.NoError(t, err)
	require.Contains(t, all, kept)
}

func deliveries(t *testing.T, b *bench) {
	document := bytes.Repeat([]byte("<Experiment>µ</Experiment>\x00"), 1000)
	d := db.Delivery{
		Session: "a", Destination: "cdcs", State: db.DeliveryStarted, Step: "created", RemoteID: "42",
		RemoteURL: "https://cdcs.example.org/42", Digest: "d1", Document: document, Attempts: 3,
		NextAttempt: noon().Add(time.Hour), ErrorKind: "transient", ErrorMessage: "connection reset",
		Meta: map[string]any{"page": "p<1>", "tags": []any{"a"}},
	}
	first := func() db.Delivery {
		t.Helper()
		list, err := b.store.Deliveries(t.Context(), "a")
		require.NoError(t, err)
		require.Len(t, list, 1)
		assert.WithinDuration(t, b.now(), list[0].Updated, 0)
		list[0].Updated = time.Time{}
		return list[0]
	}
	require.NoError(t, b.store.SaveDelivery(t.Context(), d))
	want := d
	want.NextAttempt = d.NextAttempt.UTC()
	require.Equal(t, want, first())

	b.pass(time.Minute)
	d.State, d.Document, d.NextAttempt, d.Meta = db.DeliveryDelivered, nil, time.Time{}, nil
	d.ErrorKind, d.ErrorMessage = "", ""
	require.NoError(t, b.store.SaveDelivery(t.Context(), d))
	want = d
	want.Document = document
	require.Equal(t, want, first(), "the document is kept, the rest is as saved")

	d.ErrorMessage = strings.Repeat("é", 10000)
	require.NoError(t, b.store.SaveDelivery(t.Context(), d))
	require.LessOrEqual(t, len(first().ErrorMessage), 8<<10)
	d.State = "done"
	require.ErrorIs(t, b.store.SaveDelivery(t.Context(), d), nexuslims.Invalid)
	list, err := b.store.Deliveries(t.Context(), "b")
	require.NoError(t, err)
	require.Empty(t, list)
}

func dueDeliveries(t *testing.T, b *bench) {
	save := func(destination string, state db.DeliveryState, next time.Time) {
		t.Helper()
		require.NoError(t, b.store.SaveDelivery(t.Context(), db.Delivery{
			Session: "a", Destination: destination,
			State: state, NextAttempt: next, Document: []byte("x"),
		}))
	}
	now := b.now()
	save("late", db.DeliveryFailed, now.In(time.FixedZone("", 9*3600)))
	save("later", db.DeliveryFailed, now.Add(time.Second))
	save("early", db.DeliveryFailed, now.Add(-time.Hour))
	save("new", db.DeliveryWaiting, time.Time{})
	save("killed", db.DeliveryStarted, time.Time{})
	save("done", db.DeliveryDelivered, time.Time{})
	save("lost", db.DeliveryGivenUp, time.Time{})
	list, err := b.store.DueDeliveries(t.Context(), now)
	require.NoError(t, err)
	var names []string
	for _, d := range list {
		names = append(names, d.Destination)
		require.Nil(t, d.Document)
	}
	require.Equal(t, []string{"killed", "new", "early", "late"}, names)
}

func uploads(t *testing.T, b *bench) {
	s := session("a")
	_, found, err := b.store.LastUpload(t.Context(), s.ID, "cdcs")
	require.NoError(t, err)
	require.False(t, found)
	attempts := []db.Upload{
		{
			Session: s.ID, Destination: "cdcs", Success: true, Time: noon(), RecordID: "1", RecordURL: "https://x.example.org/1",
			Digest: "d1", Meta: map[string]any{"note": "<b>"},
		},
		{Session: s.ID, Destination: "cdcs", Success: true, Time: noon(), RecordID: "2"},
		{Session: s.ID, Destination: "cdcs", Error: strings.Repeat("long ", 5000)},
		{Session: s.ID, Destination: "elabftw", Success: true, Time: noon(), RecordID: "3"},
	}
	require.NoError(t, b.store.LogUploads(t.Context(), attempts))
	require.NoError(t, b.store.LogUploads(t.Context(), nil))
	list, err := b.store.Uploads(t.Context(), s.ID)
	require.NoError(t, err)
	require.Len(t, list, 4)
	attempts[0].Version = nexuslims.Version
	require.WithinDuration(t, noon(), list[0].Time, 0)
	list[0].Time = attempts[0].Time
	require.Equal(t, attempts[0], list[0])
	require.WithinDuration(t, b.now(), list[2].Time, 0)
	require.LessOrEqual(t, len(list[2].Error), 8<<10)
	last, found, err := b.store.LastUpload(t.Context(), s.ID, "cdcs")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, "2", last.RecordID, "the newest success")
	counts, err := b.store.UploadCounts(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, counts)
}

func runs(t *testing.T, b *bench) {
	run := db.Run{Kind: "build-records", Started: noon()}
	require.NoError(t, b.store.SaveRun(t.Context(), &run))
	require.NotZero(t, run.ID)
	next := db.Run{Kind: "export", Started: noon().Add(time.Hour)}
	require.NoError(t, b.store.SaveRun(t.Context(), &next))
	run.Ended, run.ExitCode, run.Report = noon().Add(time.Minute), 3, json.RawMessage(`{"sessions": []}`)
	require.NoError(t, b.store.SaveRun(t.Context(), &run))
	list, err := b.store.Runs(t.Context(), 0)
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, next.ID, list[0].ID)
	require.True(t, list[0].Ended.IsZero())
	run.Started, run.Ended = run.Started.UTC(), run.Ended.UTC()
	require.Equal(t, run, list[1])
	list, err = b.store.Runs(t.Context(), 1)
	require.NoError(t, err)
	require.Len(t, list, 1)
	bad := db.Run{Report: json.RawMessage("{")}
	require.ErrorIs(t, b.store.SaveRun(t.Context(), &bad), nexuslims.Invalid)
	gone := db.Run{ID: 12345}
	require.ErrorIs(t, b.store.SaveRun(t.Context(), &gone), nexuslims.NotFound)
}

func externalIDs(t *testing.T, b *bench) {
	x := db.ExternalID{User: "kit user", System: "nemo", ID: "kit-7", Email: "kit@example.org"}
	require.NoError(t, b.store.SetExternalID(t.Context(), x))
	x.ID, x.Email = "kit-8", ""
	require.NoError(t, b.store.SetExternalID(t.Context(), x))
	ids, err := b.store.ExternalIDs(t.Context(), x.User)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"nemo": "kit-8"}, ids)
	user, err := b.store.UserOf(t.Context(), "nemo", "kit-8")
	require.NoError(t, err)
	require.Equal(t, x.User, user)
	_, err = b.store.UserOf(t.Context(), "nemo", "kit-7")
	require.ErrorIs(t, err, nexuslims.NotFound)
	for _, bad := range []db.ExternalID{{User: "other", System: "nemo", ID: "kit-8"}, {User: "other", System: "slack", ID: "1"}} {
		require.ErrorIs(t, b.store.SetExternalID(t.Context(), bad), nexuslims.Conflict)
	}
}
