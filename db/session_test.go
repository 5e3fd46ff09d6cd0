package db_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// logged writes rows into session_log: identifier, instrument, time, event, status, user.
func logged(t *testing.T, s *db.Store, rows ...[6]string) {
	t.Helper()
	for _, r := range rows {
		execute(t, s.Path(), fmt.Sprintf(`INSERT INTO session_log (session_identifier, instrument, timestamp, event_type,
			record_status, user) VALUES ('%s', '%s', '%s', '%s', '%s', nullif('%s', ''))`, r[0], r[1], r[2], r[3], r[4], r[5]))
	}
}

const (
	tem  = "FEI-Titan-TEM-1"
	todo = "TO_BE_BUILT"
)

func TestQueueOfTheReferencesRows(t *testing.T) {
	s := open(t, reference(t, "v2_5_0b.sql"), db.Options{})
	queue, problems, err := s.Queue(t.Context())
	require.NoError(t, err)
	require.Empty(t, problems)
	require.Len(t, queue, 2)
	assert.Equal(t, "https://nemo.example.org/api/usage_events/?id=102", queue[0].ID)
	assert.Equal(t, "grace", queue[0].User)
	assert.Equal(t, "2025-03-09T08:00:00+01:00", queue[0].From.Format(time.RFC3339))
	assert.Equal(t, "https://nemo.example.org/api/usage_events/?id=107", queue[1].ID)
	assert.Equal(t, "2025-03-14T11:30:00-04:00", queue[1].To.Format(time.RFC3339), "the newest END counts")
	assert.Equal(t, []string{"2 END rows, the newest counts"}, queue[1].Notes)

	all, problems, err := s.Queue(t.Context(), nexuslims.Statuses()...)
	require.NoError(t, err)
	require.Empty(t, problems)
	require.Len(t, all, 9)
	waiting := all[0]
	assert.Equal(t, nexuslims.WaitingForEnd, waiting.Status)
	assert.True(t, waiting.To.IsZero())
	assert.Equal(t, "2019-05-02T13:01:02.345-06:00", waiting.From.Format("2006-01-02T15:04:05.000Z07:00"),
		"a time without offset is one of the instrument's zone")
}

func TestQueueReportsWhatItCannotPair(t *testing.T) {
	cases := []struct {
		name string
		rows [][6]string
		want string // the problem; "" for a session
	}{
		{"other user at the end", [][6]string{
			{"x", tem, "2026-03-01T10:00:00-05:00", "START", todo, "ada"},
			{"x", tem, "2026-03-01T11:00:00-05:00", "END", todo, "grace"},
		}, ""},
		{"two starts", [][6]string{
			{"x", tem, "2026-03-01T10:00:00-05:00", "START", todo, "ada"},
			{"x", tem, "2026-03-01T11:00:00-05:00", "END", todo, "ada"},
			{"x", tem, "2026-03-01T10:30:00-05:00", "START", todo, "ada"},
		}, ""},
		{"moved to another instrument", [][6]string{
			{"x", "JEOL-2", "2026-03-01T10:00:00-05:00", "START", todo, ""},
			{"x", "JEOL-2", "2026-03-01T11:00:00-05:00", "END", todo, ""},
			{"x", tem, "2026-03-01T10:00:00-05:00", "START", todo, ""},
			{"x", tem, "2026-03-01T11:00:00-05:00", "END", todo, ""},
		}, ""},
		{"no end", [][6]string{{"x", tem, "2026-03-01T10:00:00-05:00", "START", todo, "ada"}}, "no END row"},
		{"no start", [][6]string{{"x", tem, "2026-03-01T10:00:00-05:00", "END", todo, "ada"}}, "no START row"},
		{"end elsewhere", [][6]string{
			{"x", tem, "2026-03-01T10:00:00-05:00", "START", todo, "ada"},
			{"x", "JEOL-2", "2026-03-01T11:00:00-05:00", "END", todo, "ada"},
		}, "no END row"},
		{"ends before its start", [][6]string{
			{"x", tem, "2026-03-01T10:00:00-05:00", "START", todo, "ada"},
			{"x", tem, "2026-03-01T11:00:00+05:00", "END", todo, "ada"},
		}, "ends"},
		{"no time", [][6]string{
			{"x", tem, "yesterday", "START", todo, "ada"},
			{"x", tem, "2026-03-01T11:00:00+05:00", "END", todo, "ada"},
		}, "yesterday"},
		{"instrument is gone", [][6]string{
			{"x", "gone", "2026-03-01T10:00:00-05:00", "START", todo, "ada"},
			{"x", "gone", "2026-03-01T11:00:00-05:00", "END", todo, "ada"},
		}, "gone is not in the instrument table"},
		{"different states", [][6]string{
			{"x", tem, "2026-03-01T10:00:00-05:00", "START", todo, "ada"},
			{"x", tem, "2026-03-01T11:00:00-05:00", "END", "ERROR", "ada"},
		}, "in status ERROR"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, _ := newStore(t)
			logged(t, s, c.rows...)
			logged(t, s, [6]string{"good", tem, "2026-03-02T10:00:00-05:00", "START", todo, "ada"},
				[6]string{"good", tem, "2026-03-02T11:00:00-05:00", "END", todo, "ada"})
			queue, problems, err := s.Queue(t.Context())
			require.NoError(t, err)
			require.NotEmpty(t, queue, "one broken session stops no other")
			assert.Equal(t, "good", queue[len(queue)-1].ID)
			_, err = s.Session(t.Context(), "x")
			if c.want == "" {
				require.Empty(t, problems)
				require.NoError(t, err)
				require.Len(t, queue, 2)
				assert.NotEmpty(t, queue[0].Notes)
				assert.Equal(t, tem, queue[0].Instrument)
				return
			}
			require.Len(t, problems, 1)
			require.Len(t, queue, 1)
			assert.Equal(t, "x", problems[0].Session)
			assert.NotEmpty(t, problems[0].Rows)
			assert.ErrorContains(t, problems[0], c.want)
			assert.ErrorIs(t, err, nexuslims.Invalid)
		})
	}
}

func TestHarvestRepairsUnpairedUsers(t *testing.T) {
	s, _ := newStore(t)
	v := visit("x")
	logged(t, s, [6]string{"x", tem, "2026-03-10T09:00:00-04:00", "START", todo, "ada"},
		[6]string{"x", tem, "2026-03-10T10:00:00-04:00", "END", todo, "grace"})
	got, err := s.StoreHarvest(t.Context(), db.Harvest{Kind: "nemo", ID: "x", Sessions: []nexuslims.Session{v}})
	require.NoError(t, err)
	require.Equal(t, db.HarvestResult{Updated: 1}, got)
	require.Equal(t, []string{
		"1|x|FEI-Titan-TEM-1|2026-03-10T09:00:00-04:00|START|TO_BE_BUILT|ada",
		"2|x|FEI-Titan-TEM-1|2026-03-10T11:00:00-04:00|END|TO_BE_BUILT|ada",
	}, rows(t, s.Path(), "SELECT * FROM session_log ORDER BY 1"))
}

func TestHarvestEndsASessionThatHadBegun(t *testing.T) {
	s, _ := newStore(t)
	v := visit("x")
	logged(t, s, [6]string{"x", tem, "2026-03-10T09:00:00-04:00", "START", "WAITING_FOR_END", ""})
	got, err := s.StoreHarvest(t.Context(), db.Harvest{Kind: "nemo", ID: "x", Sessions: []nexuslims.Session{v}})
	require.NoError(t, err)
	require.Equal(t, db.HarvestResult{Updated: 1}, got)
	require.Equal(t, []string{
		"1|x|FEI-Titan-TEM-1|2026-03-10T09:00:00-04:00|START|TO_BE_BUILT|ada",
		"2|x|FEI-Titan-TEM-1|2026-03-10T11:00:00-04:00|END|TO_BE_BUILT|ada",
	}, rows(t, s.Path(), "SELECT * FROM session_log ORDER BY 1"))
}

func TestTimesOfEveryForm(t *testing.T) {
	s, _ := newStore(t)
	const zoned, naive = "2025-11-02T14:22:01.123456-05:00", "2025-11-02T14:22:01-05:00"
	cases := []struct{ text, want string }{
		{"2025-11-02T14:22:01.123456-05:00", zoned},
		{"2025-11-02T19:22:01.123456Z", zoned},
		{"2025-11-02T19:22:01.123456+00:00", zoned},
		{"2025-11-02T14:22:01,123456789-0500", zoned},
		{"20251102T142201.123456-05", zoned},
		{"2025-W44-7T14:22:01.123456-05:00", zoned},
		{"2025W447T142201.123456-05:00", zoned},
		{"2025-11-02 14:22:01", naive},
		{"2025-11-02T14:22:01.000", naive},
		{"2025-11-02T14:22", "2025-11-02T14:22:00-05:00"},
		{"2025-11-02T14", "2025-11-02T14:00:00-05:00"},
		{"2025-11-02", "2025-11-02T00:00:00-04:00"},
		{"2025-11-02T01:30:00", "2025-11-02T01:30:00-04:00"}, // occurs twice: the first
		{"2025-03-09T02:30:00", "2025-03-09T02:30:00-05:00"}, // is skipped: offset before
		{"2025-07-01T12:00:00", "2025-07-01T12:00:00-04:00"},
		{"2025-11-02T14:22:01+05:30", "2025-11-02T14:22:01+05:30"},
		{"", ""},
		{"2025-11-31T10:00:00", ""},
		{"2025-11-02T24:00:00", ""},
		{"2025-11-02T10:60", ""},
		{"2025-11-02T10:0", ""},
		{"2025-11-02T10:00:00.", ""},
		{"2025-11-02T", ""},
		{"2025-11-02T10:00:00 EST", ""},
		{"2025-W54-1", ""},
		{"2025-W10-8", ""},
		{"02.11.2025 10:00", ""},
		{"1762092121", ""},
		{"NULL", ""},
	}
	for i, c := range cases {
		id := fmt.Sprintf("%02d", i)
		logged(t, s, [6]string{id, tem, c.text, "START", todo, ""}, [6]string{id, tem, "2027-01-01T00:00:00Z", "END", todo, ""})
		got, err := s.Session(t.Context(), id)
		if c.want == "" {
			assert.ErrorIs(t, err, nexuslims.Invalid, c.text)
			continue
		}
		require.NoError(t, err, c.text)
		want, err := time.Parse(time.RFC3339Nano, c.want)
		require.NoError(t, err)
		assert.True(t, want.Equal(got.From), "%q is %s, not %s", c.text, c.want, got.From)
	}
}

func TestTimesAreWrittenAsTheReferenceReadsThem(t *testing.T) {
	s, c := newStore(t)
	v := visit("x")
	v.From = time.Date(2026, 3, 10, 9, 0, 0, 120_999, time.FixedZone("", 5*3600+1800))
	v.To = time.Date(2026, 3, 10, 9, 0, 0, 1_000, time.UTC)
	_, err := s.StoreHarvest(t.Context(), db.Harvest{Kind: "nemo", ID: "x", Sessions: []nexuslims.Session{v}})
	require.NoError(t, err)
	c.t = time.Date(2026, 3, 10, 9, 0, 0, 5e8, time.FixedZone("", -8*3600))
	_, err = s.BeginGeneration(t.Context(), v)
	require.NoError(t, err)
	require.Equal(t, []string{"2026-03-10T09:00:00.000120+05:30", "2026-03-10T09:00:00.000001+00:00", "2026-03-10T09:00:00.500000-08:00"},
		rows(t, s.Path(), "SELECT timestamp FROM session_log ORDER BY id_session_log"))
}

func TestInstrumentUseComparesInstants(t *testing.T) {
	s, _ := newStore(t)
	for i, text := range []string{"2025-11-02T01:30:00-04:00", "2025-11-02T01:10:00-05:00", "2025-11-02T03:00:00+01:00", "nonsense"} {
		id := fmt.Sprint(i)
		logged(t, s, [6]string{id, tem, "2025-01-01T00:00:00Z", "START", todo, ""}, [6]string{id, tem, text, "END", todo, ""})
	}
	logged(t, s, [6]string{"0", tem, "2025-11-01T00:00:00Z", "END", todo, ""}) // a double
	use, err := s.InstrumentUse(t.Context())
	require.NoError(t, err)
	require.Len(t, use, 1)
	require.Equal(t, 4, use[tem].Sessions)
	require.Equal(t, "2025-11-02T06:10:00Z", use[tem].Last.UTC().Format(time.RFC3339))
}
