package sessionfile_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/harvesters/sessionfile"
	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const header = "session_id,instrument,start,end,user,consent,first_name,last_name,title,purpose,project,samples\n"

func instrument() nexuslims.Instrument {
	return nexuslims.Instrument{PID: "TEM-1", Harvester: sessionfile.Kind, Timezone: "Europe/Berlin"}
}

func file(t *testing.T, name, text string) *sessionfile.Harvester {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return sessionfile.New(path)
}

func query() harvesters.Query {
	return harvesters.Query{Instruments: []nexuslims.Instrument{instrument()}, Now: time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)}
}

func events(t *testing.T, h *sessionfile.Harvester, q harvesters.Query) harvesters.Batch {
	t.Helper()
	b, err := h.Events(t.Context(), q)
	require.NoError(t, err)
	return b
}

func ids(b harvesters.Batch) []string {
	out := []string{}
	for _, s := range b.Sessions {
		out = append(out, s.ID)
	}
	return out
}

func TestSessionsOfACSVFile(t *testing.T) {
	h := file(t, "s.csv", "\xef\xbb\xbf"+header+
		`b,TEM-1,2024-05-07T09:00,2024-05-07T10:00,mcurie,,,,,,,`+"\n"+
		`a,TEM-1,2024-05-06T09:00:00Z,2024-05-06T10:00:00Z,mcurie,Yes,Marie,Curie,"Grains, fine","two`+"\n"+`lines",MD-7,"[{""name"":""Ni foil"",""pid"":""hdl:1"",""description"":""thin"",""elements"":[""Ni"",""Xx"",""Ni""]},{""name"":""b""}]"`+"\n"+
		`running,TEM-1,2024-05-31T09:00,,mcurie,yes,,,,,,`+"\n"+
		`future,TEM-1,2024-05-31T09:00,2024-06-01T09:00,mcurie,yes,,,,,,`+"\n"+
		`other,SEM,2024-05-31T09:00,2024-05-31T10:00,mcurie,yes,,,,,,`+"\n")
	b := events(t, h, query())
	assert.Equal(t, []string{"a", "b"}, ids(b), "ordered by start")
	assert.Equal(t, "2024-05-07T09:00:00+02:00", b.Sessions[1].From.Format(time.RFC3339), "in the zone of the instrument")
	require.Len(t, b.Warnings, 1)
	assert.Contains(t, b.Warnings[0], `instrument "SEM"`)

	r, err := h.Reservation(t.Context(), b.Sessions[0], instrument())
	require.NoError(t, err)
	assert.Equal(t, nexuslims.ConsentGranted, r.Consent)
	assert.Equal(t, "Grains, fine", r.Title)
	assert.Equal(t, "two\nlines", r.Purpose)
	assert.Equal(t, "Marie Curie (mcurie)", r.FullName)
	assert.Equal(t, []nexuslims.Project{{ID: "MD-7"}}, r.Projects)
	assert.Equal(t, []nexuslims.Sample{{Ref: "hdl:1", Name: "Ni foil", Description: "thin", Elements: []string{"Ni"}}, {Name: "b"}}, r.Samples)
	assert.Equal(t, []string{`"Xx" is no chemical element and is left out`}, r.Warnings)
	assert.True(t, r.Start.Equal(b.Sessions[0].From) && r.End.Equal(b.Sessions[0].To))

	r, err = h.Reservation(t.Context(), b.Sessions[1], instrument())
	require.NoError(t, err)
	assert.Equal(t, nexuslims.ConsentUnknown, r.Consent)
	_, err = h.Reservation(t.Context(), nexuslims.Session{ID: "gone", Instrument: "TEM-1"}, instrument())
	assert.ErrorIs(t, err, nexuslims.NoReservation)
}

func TestWindow(t *testing.T) {
	h := file(t, "s.csv", header+
		"a,TEM-1,2024-05-06T09:00:00Z,2024-05-06T10:00:00Z,u,yes,,,,,,\n"+
		"b,TEM-1,2024-05-07T09:00:00Z,2024-05-07T10:00:00Z,u,yes,,,,,,\n")
	q := query()
	q.From = time.Date(2024, 5, 6, 10, 0, 0, 0, time.UTC)
	assert.Equal(t, []string{"b"}, ids(events(t, h, q)), "that end after From")
	q.From, q.To = time.Time{}, time.Date(2024, 5, 7, 9, 0, 0, 0, time.UTC)
	assert.Equal(t, []string{"a"}, ids(events(t, h, q)), "that start before To")
}

func TestJSONFile(t *testing.T) {
	h := file(t, "s.json", `[{"session_id":"a","instrument":"TEM-1","start":"2024-05-06 09:00","end":"2024-05-06 10:00","user":"u","consent":"no",
		"samples":[{"name":"x","elements":[]}],"title":null,"project":12}]`)
	b := events(t, h, query())
	require.Len(t, b.Sessions, 1)
	r, err := h.Reservation(t.Context(), b.Sessions[0], instrument())
	require.NoError(t, err)
	assert.Equal(t, nexuslims.ConsentDenied, r.Consent)
	assert.Equal(t, []nexuslims.Sample{{Name: "x", Elements: []string{}}}, r.Samples)
	assert.Equal(t, "12", r.Projects[0].ID)
}

func TestFaultySessionsAreLeftOutAndNamed(t *testing.T) {
	h := file(t, "s.csv", header+
		"a,TEM-1,2024-05-06T09:00,2024-05-06T08:00,u,yes,,,,,,\n"+
		"b,TEM-1,yesterday,,,perhaps,,,,,,{}\n"+
		"c,TEM-1,2024-05-06T09:00,2024-05-06T10:00,u,yes,,,,,,\n"+
		"c,TEM-1,2024-05-06T09:00,2024-05-06T10:00,u,yes,,,,,,\n")
	b := events(t, h, query())
	assert.Equal(t, []string{"c"}, ids(b))
	require.Len(t, b.Warnings, 3)
	assert.Contains(t, b.Warnings[0], "line 2 is left out: column end")
	for _, part := range []string{"line 3", "column start", "column user: is empty", `"perhaps" is neither yes nor no`, "column samples"} {
		assert.Contains(t, b.Warnings[1], part)
	}
	assert.Contains(t, b.Warnings[2], "stands in line 4 already")
}

func TestFaultyFiles(t *testing.T) {
	for name, c := range map[string]struct{ file, text, reason string }{
		"unknown column":  {"s.csv", "session_id,instrument,start,end,user,consent,titel\n", `unknown column "titel"`},
		"missing columns": {"s.csv", "session_id,instrument\n", `column "consent" is missing`},
		"column twice":    {"s.csv", header[:len(header)-1] + ",title\n", `column "title" stands twice`},
		"empty":           {"s.csv", "", "header line"},
		"ragged":          {"s.csv", header + "a,b\n", "wrong number of fields"},
		"no JSON":         {"s.json", "{", "not a JSON array"},
		"unknown name":    {"s.json", `[{"x":1}]`, `unknown column "x"`},
		"other name":      {"s.xlsx", "", ".csv or .json"},
	} {
		t.Run(name, func(t *testing.T) {
			h := file(t, c.file, c.text)
			_, err := h.Events(t.Context(), query())
			require.ErrorIs(t, err, nexuslims.Invalid)
			assert.ErrorContains(t, err, c.reason)
			assert.ErrorIs(t, h.Check(t.Context()), nexuslims.Invalid)
		})
	}
	_, err := sessionfile.New(filepath.Join(t.TempDir(), "absent.csv")).Events(t.Context(), query())
	assert.ErrorIs(t, err, nexuslims.Transient, "it may be on a share that is not mounted")
}

func TestChangedFileIsReadAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.csv")
	line := "a,TEM-1,2024-05-06T09:00,2024-05-06T10:00,u,yes,,,,,,\n"
	require.NoError(t, os.WriteFile(path, []byte(header+line), 0o600))
	h := sessionfile.New(path)
	assert.Len(t, events(t, h, query()).Sessions, 1)
	require.NoError(t, os.WriteFile(path, []byte(header+line+"b"+line[1:]), 0o600))
	assert.Len(t, events(t, h, query()).Sessions, 2)
}

func TestFactory(t *testing.T) {
	f := sessionfile.NewFactory()
	off, err := f.Configure(settings.Map{}, nexuslims.Host{})
	require.NoError(t, err)
	assert.Empty(t, off)
	on, err := f.Configure(settings.Map{"NX_SESSIONS_FILE": "/data/s.csv"}, nexuslims.Host{})
	require.NoError(t, err)
	require.Len(t, on, 1)
	assert.Equal(t, harvesters.Source{Kind: "sessionfile", ID: "/data/s.csv"}, on[0].Source())
	assert.Positive(t, on[0].Owns(instrument()))
	assert.Zero(t, on[0].Owns(nexuslims.Instrument{Harvester: "nemo"}))
	require.Len(t, f.Variables(), 1)
	assert.NoError(t, on[0].Close())
	assert.NoError(t, on[0].Close())
}
