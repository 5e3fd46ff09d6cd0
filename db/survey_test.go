package db_test

import (
	"testing"
	"time"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// use is START and END rows of a session of two hours in a status.
func use(id, start, status string) [][6]string {
	from, err := time.Parse(time.RFC3339, start)
	if err != nil {
		panic(err)
	}
	return [][6]string{
		{id, tem, start, "START", status, "ada"},
		{id, tem, from.Add(2 * time.Hour).Format(time.RFC3339), "END", status, "ada"},
	}
}

func ids(list []db.Queued) []string {
	var out []string
	for _, q := range list {
		out = append(out, q.ID)
	}
	return out
}

func TestSurvey(t *testing.T) {
	s, _ := newStore(t)
	logged(t, s, use("old", "2026-01-05T09:00:00-05:00", "COMPLETED")...)
	logged(t, s, use("far east", "2026-03-01T09:00:00+14:00", "COMPLETED")...)
	logged(t, s, use("far west", "2026-02-28T09:00:00-12:00", "COMPLETED")...)
	logged(t, s, use("old and open", "2025-03-01T09:00:00-05:00", "BUILT_NOT_EXPORTED")...)
	logged(t, s, use("failed", "2026-03-05T09:00:00-05:00", "ERROR")...)
	logged(t, s, use("failed long ago", "2025-03-05T09:00:00-05:00", "ERROR")...)
	logged(t, s,
		[6]string{"not ended", "JEOL-2", "2025-01-05 09:00:00", "START", "WAITING_FOR_END", ""},
		[6]string{"half", tem, "2026-03-01T10:00:00-05:00", "START", "TO_BE_BUILT", "ada"},
		[6]string{"other half", tem, "2026-03-01T10:00:00-05:00", "END", "TO_BE_BUILT", "ada"},
		[6]string{"far east", tem, "2026-03-02T00:00:00+00:00", "RECORD_GENERATION", "COMPLETED", "nexuslims"})

	since := time.Date(2026, 2, 28, 21, 0, 0, 0, time.UTC) // the end in the far east
	v, err := s.Survey(t.Context(), since)
	require.NoError(t, err)
	assert.Equal(t, []string{"not ended", "old and open", "far east", "far west", "failed"}, ids(v.Sessions))
	require.Len(t, v.Problems, 2)
	assert.Equal(t, "half", v.Problems[0].Session)
	assert.Equal(t, "other half", v.Problems[1].Session)
	assert.Equal(t, []db.SessionCount{
		{Instrument: tem, Status: nexuslims.BuiltNotExported, Sessions: 1},
		{Instrument: tem, Status: nexuslims.Completed, Sessions: 3},
		{Instrument: tem, Status: nexuslims.Failed, Sessions: 2},
		{Instrument: tem, Status: nexuslims.ToBeBuilt, Sessions: 1},
		{Instrument: "JEOL-2", Status: nexuslims.WaitingForEnd, Sessions: 1},
	}, v.Counts)

	v, err = s.Survey(t.Context(), since.Add(3*time.Hour))
	require.NoError(t, err)
	assert.NotContains(t, ids(v.Sessions), "far east", "it ended before")
	assert.NotContains(t, ids(v.Sessions), "far west", "it ended before")
}

func TestSurveyCountsASessionOnce(t *testing.T) {
	s, _ := newStore(t)
	logged(t, s, use("x", "2026-03-05T09:00:00-05:00", "COMPLETED")...)
	logged(t, s, use("x", "2026-03-05T10:00:00-05:00", "COMPLETED")...)
	v, err := s.Survey(t.Context(), noon().AddDate(0, 0, -30))
	require.NoError(t, err)
	assert.Equal(t, []db.SessionCount{{Instrument: tem, Status: nexuslims.Completed, Sessions: 1}}, v.Counts)
	require.Len(t, v.Sessions, 1)
	assert.Len(t, v.Sessions[0].Notes, 2)
}

func TestSurveyOfTheReferencesRows(t *testing.T) {
	s := open(t, reference(t, "v2_5_0b.sql"), db.Options{ReadOnly: true})
	v, err := s.Survey(t.Context(), time.Time{}.AddDate(1, 0, 0))
	require.NoError(t, err)
	all, problems, err := s.Queue(t.Context(), nexuslims.Statuses()...)
	require.NoError(t, err)
	assert.Equal(t, all, v.Sessions)
	assert.Equal(t, problems, v.Problems)
	total := 0
	for _, c := range v.Counts {
		total += c.Sessions
	}
	assert.Equal(t, len(all), total)
}

func TestSessionRows(t *testing.T) {
	s, _ := newStore(t)
	logged(t, s, use("x", "2026-03-05T09:00:00-05:00", "ERROR")...)
	logged(t, s, [6]string{"x", tem, "not a time", "RECORD_GENERATION", "ERROR", "nexuslims"},
		[6]string{"x", "gone", "2026-03-05 11:00:00", "START", "ERROR", ""})
	rows, err := s.SessionRows(t.Context(), "x")
	require.NoError(t, err)
	require.Len(t, rows, 4)
	assert.Equal(t, "END", rows[1].Event)
	assert.Equal(t, "2026-03-05T16:00:00Z", rows[1].Time.UTC().Format(time.RFC3339))
	assert.Equal(t, "not a time", rows[2].Text)
	assert.True(t, rows[2].Time.IsZero())
	assert.True(t, rows[3].Time.IsZero(), "no offset, and no instrument whose zone it could be")
	none, err := s.SessionRows(t.Context(), "y")
	require.NoError(t, err)
	assert.Empty(t, none)
}
