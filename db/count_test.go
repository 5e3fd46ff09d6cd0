package db_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDeliveriesAtAGlance(t *testing.T) {
	s, clock := newStore(t)
	for _, d := range []db.Delivery{
		{Session: "a", Destination: "cdcs", State: db.DeliveryDelivered, Document: []byte("<a/>")},
		{Session: "b", Destination: "cdcs", State: db.DeliveryDelivered},
		{Session: "c", Destination: "cdcs", State: db.DeliveryFailed, ErrorMessage: "refused", NextAttempt: noon()},
		{Session: "d", Destination: "cdcs", State: db.DeliveryGivenUp, ErrorMessage: "too often"},
		{Session: "c", Destination: "folder", State: db.DeliveryDelivered},
		{Session: "d", Destination: "folder", State: db.DeliveryStarted},
	} {
		clock.t = clock.t.Add(time.Minute)
		require.NoError(t, s.SaveDelivery(t.Context(), d))
	}
	counts, err := s.DeliveryCounts(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []db.DeliveryCount{
		{Destination: "cdcs", State: db.DeliveryDelivered, Deliveries: 2},
		{Destination: "cdcs", State: db.DeliveryFailed, Deliveries: 1},
		{Destination: "cdcs", State: db.DeliveryGivenUp, Deliveries: 1},
		{Destination: "folder", State: db.DeliveryDelivered, Deliveries: 1},
		{Destination: "folder", State: db.DeliveryStarted, Deliveries: 1},
	}, counts)
	list, err := s.OpenDeliveries(t.Context())
	require.NoError(t, err)
	require.Len(t, list, 3)
	assert.Equal(t, "folder", list[0].Destination, "changed last")
	assert.Equal(t, "too often", list[1].ErrorMessage)
	assert.True(t, noon().Equal(list[2].NextAttempt))

	list, err = s.DeliveryStates(t.Context(), "a")
	require.NoError(t, err)
	require.Len(t, list, 1)
	assert.Equal(t, db.DeliveryDelivered, list[0].State)
	assert.Nil(t, list[0].Document)

	require.NoError(t, s.LogUploads(t.Context(), []db.Upload{
		{Session: "a", Destination: "cdcs", Success: false},
		{Session: "a", Destination: "cdcs", Success: true},
		{Session: "a", Destination: "elabftw", Success: true},
	}))
	attempts, err := s.LoggedAttempts(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]int{"cdcs": 2, "elabftw": 1}, attempts)
}

func TestBookmarksAndClaims(t *testing.T) {
	s, clock := newStore(t)
	list, err := s.Bookmarks(t.Context())
	require.NoError(t, err)
	assert.Empty(t, list)
	for _, id := range []string{"https://b/", "https://a/"} {
		_, err := s.StoreHarvest(t.Context(), db.Harvest{Kind: "nemo", ID: id, Bookmark: noon()})
		require.NoError(t, err)
	}
	list, err = s.Bookmarks(t.Context())
	require.NoError(t, err)
	require.Len(t, list, 2)
	assert.Equal(t, "https://a/", list[0].Source)
	assert.True(t, noon().Equal(list[0].Position))
	assert.True(t, noon().Equal(list[0].Updated))

	for _, id := range []string{"b", "a"} {
		_, err := s.Claim(t.Context(), id, "host:1:2", time.Hour)
		require.NoError(t, err)
		clock.t = clock.t.Add(time.Minute)
	}
	held, err := s.Claims(t.Context())
	require.NoError(t, err)
	require.Len(t, held, 2)
	assert.Equal(t, "b", held[0].Session)
	assert.Equal(t, "host:1:2", held[0].Owner)
	assert.True(t, noon().Equal(held[0].Beat))
	assert.True(t, noon().Add(time.Hour).Equal(held[0].Expires))
}

func TestSharedFiles(t *testing.T) {
	s, _ := newStore(t)
	for session, paths := range map[string][]string{"a": {"T/1", "T/2"}, "b": {"T/2", "T/3"}, "c": {"T/3", "T/4"}, "d": {"T/5"}} {
		var files []db.FileClaim
		for _, p := range paths {
			files = append(files, db.FileClaim{Path: p, ModTime: noon(), Size: 1})
		}
		_, err := s.ClaimFiles(t.Context(), session, files)
		require.NoError(t, err)
	}
	list, err := s.SharedFiles(t.Context(), []string{"b", "a", "d"})
	require.NoError(t, err)
	assert.Equal(t, []db.Shared{
		{Path: "T/2", Sessions: [2]string{"a", "b"}}, {Path: "T/3", Sessions: [2]string{"b", "c"}},
	}, list)
	list, err = s.SharedFiles(t.Context(), nil)
	require.NoError(t, err)
	assert.Empty(t, list)
}

func TestReports(t *testing.T) {
	s, _ := newStore(t)
	for i, report := range []string{`{"a":1,"changed":[{"session":"x"}]}`, `{"a":2}`, `{"a":{"changed":3}}`, `{"changed":[],"s":"x"}`, ""} {
		r := db.Run{Kind: "build-records", Started: noon().Add(time.Duration(i) * time.Hour), Report: json.RawMessage(report)}
		require.NoError(t, s.SaveRun(t.Context(), &r))
	}
	parts, err := s.ReportParts(t.Context(), "changed", noon())
	require.NoError(t, err)
	require.Len(t, parts, 2)
	assert.JSONEq(t, `[]`, string(parts[0].Part))
	assert.JSONEq(t, `[{"session":"x"}]`, string(parts[1].Part))
	assert.True(t, noon().Equal(parts[1].Started))
	parts, err = s.ReportParts(t.Context(), "changed", noon().Add(time.Minute))
	require.NoError(t, err)
	assert.Len(t, parts, 1)

	runs, err := s.RunsNaming(t.Context(), "x", 5)
	require.NoError(t, err)
	require.Len(t, runs, 2)
	assert.EqualValues(t, 4, runs[0].ID)
	runs, err = s.RunsNaming(t.Context(), "x", 1)
	require.NoError(t, err)
	assert.Len(t, runs, 1)
}
