package nemo_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/internal/nemotest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// asked returns the questions to an endpoint.
func asked(t *testing.T, s *nemotest.Server, endpoint string) (all []url.Values) {
	t.Helper()
	for _, r := range s.Requests() {
		u, err := url.Parse(r)
		require.NoError(t, err)
		if u.Path == "/api/"+endpoint+"/" {
			all = append(all, u.Query())
		}
	}
	return all
}

// crowd is a laboratory of many tools, each used once by somebody else.
func crowd(n int) nemotest.Site {
	var s nemotest.Site
	for id := 1; id <= n; id++ {
		s.Tools = append(s.Tools, nemotest.Row{"id": id, "name": fmt.Sprintf("Tool %03d", id)})
		s.Users = append(s.Users, nemotest.Row{"id": id, "username": fmt.Sprintf("user%03d", id)})
		s.Events = append(s.Events, nemotest.Row{
			"id": 1000 + id, "tool": id, "user": id, "start": clockTime("10:00"), "end": clockTime("11:00"),
		})
	}
	return s
}

func TestManyToolsAndUsers(t *testing.T) {
	const n = 250
	server := nemotest.New(t, crowd(n))
	h := open(t, server.URL, nil)
	q := harvesters.Query{Now: clockTime("23:00"), From: clockTime("01:00")}
	for id := 1; id <= n; id++ {
		q.Instruments = append(q.Instruments, instrument(server.URL, id))
	}
	batch, err := h.Events(t.Context(), q)
	require.NoError(t, err)
	require.Len(t, batch.Sessions, n)
	assert.Empty(t, batch.Warnings)
	for _, s := range batch.Sessions {
		assert.Equal(t, strings.TrimPrefix(s.ID, server.URL+"usage_events/?id=1"), strings.TrimPrefix(s.User, "user"))
	}
	assert.Len(t, asked(t, server, "tools"), 1)
	for endpoint, filter := range map[string]string{"usage_events": "tool_id__in", "users": "id__in"} {
		questions := asked(t, server, endpoint)
		require.Len(t, questions, 3, "parts of a hundred ids")
		for _, question := range questions {
			assert.LessOrEqual(t, len(strings.Split(question.Get(filter), ",")), 100)
		}
	}
	_, err = h.Events(t.Context(), q)
	require.NoError(t, err)
	assert.Len(t, asked(t, server, "tools"), 1, "known")
	assert.Len(t, asked(t, server, "users"), 3, "known")
	assert.Len(t, asked(t, server, "usage_events"), 6)
}

// TestFewRequests: a session costs one request for its event and one for reservations.
func TestFewRequests(t *testing.T) {
	server := nemotest.New(t, crowd(3))
	h := open(t, server.URL, nil)
	in := instrument(server.URL, 1)
	batch, err := h.Events(t.Context(), harvesters.Query{Instruments: []nexuslims.Instrument{in}, Now: clockTime("23:00")})
	require.NoError(t, err)
	before := len(server.Requests())
	for range 3 {
		_, err = h.Reservation(t.Context(), batch.Sessions[0], in)
		require.ErrorIs(t, err, nexuslims.NoReservation)
	}
	assert.Len(t, server.Requests(), before+6)
	assert.Empty(t, asked(t, server, "projects"), "nothing is needed of them")
	for _, r := range server.Requests() {
		u, err := url.Parse(r)
		require.NoError(t, err)
		assert.NotContains(t, u.Query(), "expand")
		assert.Contains(t, u.Query(), "fields")
		for name, values := range u.Query() {
			assert.NotEmpty(t, values[0], "%s: an empty value switches its filter off", name)
		}
	}
}

func TestUnknownToolIsKeptOut(t *testing.T) {
	server := nemotest.New(t, crowd(2))
	h := open(t, server.URL, nil)
	odd := instrument(server.URL, 1)
	odd.PID, odd.APIURL = "No-tool", server.URL+"users/?id=1"
	same := instrument(server.URL, 2)
	same.PID, same.APIURL = "Z-same", server.URL+"tools/2/"
	q := harvesters.Query{Now: clockTime("23:00"), Instruments: []nexuslims.Instrument{
		instrument(server.URL, 2), instrument(server.URL, 99), odd, same,
	}}
	batch, err := h.Events(t.Context(), q)
	require.NoError(t, err)
	assert.Len(t, batch.Sessions, 1)
	require.Len(t, batch.Warnings, 3)
	assert.Contains(t, batch.Warnings[0], "No-tool: no tool id")
	assert.Contains(t, batch.Warnings[1], "Tool-99: the server has no tool 99")
	assert.Contains(t, batch.Warnings[2], "Tool-02 and Z-same are the same tool 2")
	assert.Equal(t, "2", asked(t, server, "usage_events")[0].Get("tool_id__in"))

	before := len(server.Requests())
	q.Instruments = q.Instruments[1:2]
	batch, err = h.Events(t.Context(), q)
	require.NoError(t, err)
	assert.Empty(t, batch.Sessions)
	assert.Len(t, batch.Warnings, 1)
	assert.Len(t, server.Requests(), before, "no tool left: no question")
}

// TestToolDeletedMeanwhile: the list of tools is older than the server's.
func TestToolDeletedMeanwhile(t *testing.T) {
	server := nemotest.New(t, crowd(2))
	h := open(t, server.URL, nil)
	in := []nexuslims.Instrument{instrument(server.URL, 1), instrument(server.URL, 2)}
	q := harvesters.Query{Instruments: in, Now: clockTime("23:00")}
	batch, err := h.Events(t.Context(), q)
	require.NoError(t, err)
	require.Len(t, batch.Sessions, 2)
	server.Delete(nemotest.Tools, 1)
	again, err := h.Events(t.Context(), q)
	require.NoError(t, err)
	assert.Equal(t, batch.Sessions[1:], again.Sessions)
	assert.Contains(t, strings.Join(again.Warnings, "\n"), "no tool 1")

	server.Delete(nemotest.Tools, 2)
	_, err = h.Reservation(t.Context(), batch.Sessions[1], in[1])
	assert.ErrorIs(t, err, nexuslims.NoReservation)
}

func TestAnswersAreBelievedForAWhile(t *testing.T) {
	server := nemotest.New(t, crowd(1))
	now := clockTime("23:00")
	h := openWith(t, server.URL, nil, nexuslims.Host{Now: func() time.Time { return now }})
	q := harvesters.Query{Instruments: []nexuslims.Instrument{instrument(server.URL, 1)}, Now: now}
	name := func() string {
		batch, err := h.Events(t.Context(), q)
		require.NoError(t, err)
		require.Len(t, batch.Sessions, 1)
		return batch.Sessions[0].User
	}
	require.Equal(t, "user001", name())
	server.Change(nemotest.Users, 1, nemotest.Row{"username": "renamed"})
	assert.Equal(t, "user001", name())
	now = now.Add(11 * time.Minute)
	assert.Equal(t, "renamed", name())
	assert.Len(t, asked(t, server, "tools"), 2)
}

// TestWindowOfAQuestion: ends after From, starts before To, in the server's own spelling.
func TestWindowOfAQuestion(t *testing.T) {
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		settings   map[string]string
		from, to   time.Time
		end, start string
		paged      bool
	}{
		"both": {nil, clockTime("01:00"), clockTime("02:00"), "2024-05-06T01:00:00+00:00", "2024-05-06T02:00:00+00:00", false},
		"fractions": {
			nil, clockTime("01:00").Add(1500), clockTime("02:00").Add(1500),
			"2024-05-06T01:00:00.000001+00:00", "2024-05-06T02:00:00.000002+00:00", false,
		},
		"no upper bound": {nil, clockTime("01:00"), time.Time{}, "2024-05-06T01:00:00+00:00", "", false},
		"no lower bound": {nil, time.Time{}, clockTime("02:00"), "", "2024-05-06T02:00:00+00:00", true},
		"long":           {nil, clockTime("01:00").Add(-100 * day), clockTime("02:00"), "2024-01-27T01:00:00+00:00", "2024-05-06T02:00:00+00:00", true},
		"everything":     {nil, time.Time{}, time.Time{}, "", "", true},
		"zone that is set": {
			map[string]string{"NX_NEMO_TZ_1": "America/New_York"},
			clockTime("12:00"), clockTime("13:00"),
			"2024-05-05T10:00:00+00:00", "2024-05-07T15:00:00+00:00", false,
		},
		"own format": {
			map[string]string{"NX_NEMO_TZ_1": "America/New_York", "NX_NEMO_STRFTIME_FMT_1": "%Y-%m-%d %H:%M"},
			clockTime("12:00"), clockTime("13:00"), "2024-05-05 06:00", "2024-05-07 11:00", false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := nemotest.New(t, crowd(1))
			_, err := open(t, server.URL, c.settings).Events(t.Context(), harvesters.Query{
				Instruments: []nexuslims.Instrument{instrument(server.URL, 1)}, From: c.from, To: c.to, Now: clockTime("23:00"),
			})
			require.NoError(t, err)
			question := asked(t, server, "usage_events")[0]
			assert.Equal(t, c.end, question.Get("end__gt"))
			assert.Equal(t, c.start, question.Get("start__lt"))
			assert.Equal(t, c.paged, question.Has("page_size"))
		})
	}
}

// TestMalformedRows: each is told by its id and the field, and stops only itself.
func TestMalformedRows(t *testing.T) {
	server := nemotest.New(t, crowd(9))
	for id, row := range map[int]nemotest.Row{
		1: {"start": "yesterday"}, 2: {"start": nil}, 3: {"user": "x"}, 4: {"user": nil}, 5: {"user": 777}, 6: {"end": 17}, 7: {"end": ""},
	} {
		server.Change(nemotest.Events, 1000+id, row)
	}
	q := harvesters.Query{Now: clockTime("23:00")}
	for id := 1; id <= 9; id++ {
		q.Instruments = append(q.Instruments, instrument(server.URL, id))
	}
	batch, err := open(t, server.URL, nil).Events(t.Context(), q)
	require.NoError(t, err)
	var users []string
	for _, s := range batch.Sessions {
		users = append(users, s.User)
	}
	assert.Equal(t, []string{"", "", "user008", "user009"}, users)
	all := strings.Join(batch.Warnings, "\n")
	for _, part := range []string{
		`usage event 1001 is left out: not a time of ISO 8601: "yesterday"`, "usage event 1002 has no tool or no start",
		"usage event 1003 is malformed and is left out: field user holds a string", "1004 names no user", "user 777 of",
		"usage event 1006 is malformed and is left out: field end holds a number",
	} {
		assert.Contains(t, all, part)
	}
	assert.Len(t, batch.Warnings, 6, "a use without end goes on")
}

// TestRowsThatAreNone: whatever a list holds, the good rows come through.
func TestRowsThatAreNone(t *testing.T) {
	server := nemotest.New(t, crowd(1))
	good := `{"id": 5, "tool": 1, "user": 1, "start": "2024-05-06T09:00:00Z", "end": "2024-05-06T10:00:00Z"}`
	server.Fail(nemotest.Fault{Path: "usage_events", Status: 200, Body: `[null, 17, [], {}, "x", {"id": "x"}, {"id": null},` + good + `,` + good + `]`})
	batch, err := open(t, server.URL, nil).Events(t.Context(), harvesters.Query{
		Instruments: []nexuslims.Instrument{instrument(server.URL, 1)}, Now: clockTime("23:00"),
	})
	require.NoError(t, err)
	require.Len(t, batch.Sessions, 1, "each once")
	assert.Equal(t, server.URL+"usage_events/?id=5", batch.Sessions[0].ID)
	assert.Len(t, batch.Warnings, 7)
}

// TestPagesThatShift: rows that come or go while pages are read.
func TestPagesThatShift(t *testing.T) {
	row := func(id int) string {
		return fmt.Sprintf(`{"id": %d, "tool": 1, "user": 1, "start": "2024-05-06T09:00:00Z", "end": "2024-05-06T10:00:00Z"}`, id)
	}
	page := func(next string, ids ...int) nemotest.Fault {
		var rows []string
		for _, id := range ids {
			rows = append(rows, row(id))
		}
		if next != "null" {
			next = `"` + next + `"`
		}
		return nemotest.Fault{
			Path: "usage_events", Times: 1, Status: 200, Body: `{"next": ` + next + `, "results": [` + strings.Join(rows, ",") + `]}`,
		}
	}
	gone := nemotest.Fault{Path: "usage_events", Times: 1, Status: 404, Body: `{"detail": "Invalid page."}`}
	for name, c := range map[string]struct {
		pages []nemotest.Fault
		want  int // -1: an error
	}{
		"a row again":              {[]nemotest.Fault{page("?page=2", 1, 2), page("null", 2, 3)}, 3},
		"the last page went":       {[]nemotest.Fault{page("?page=2", 1, 2), gone}, 2},
		"the first page is none":   {[]nemotest.Fault{gone}, -1},
		"round in a circle":        {[]nemotest.Fault{page("?page=2", 1), page("?page=3", 2), page("?page=2", 3)}, -1},
		"empty results":            {[]nemotest.Fault{page("null")}, 0},
		"an address with no sense": {[]nemotest.Fault{page("http://%zz/", 1)}, -1},
	} {
		t.Run(name, func(t *testing.T) {
			server := nemotest.New(t, crowd(1))
			for _, f := range c.pages {
				server.Fail(f)
			}
			batch, err := open(t, server.URL, nil).Events(t.Context(), harvesters.Query{
				Instruments: []nexuslims.Instrument{instrument(server.URL, 1)}, Now: clockTime("23:00"),
			})
			if c.want < 0 {
				assert.Equal(t, nexuslims.Invalid, nexuslims.KindOf(err), "%v", err)
				return
			}
			require.NoError(t, err)
			assert.Len(t, batch.Sessions, c.want)
		})
	}
}
