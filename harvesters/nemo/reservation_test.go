package nemo_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/internal/nemotest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// clockTime is a time of the day on which everything here happens.
func clockTime(text string) time.Time {
	t, err := time.Parse("15:04:05", text)
	if err != nil {
		t, _ = time.Parse("15:04", text) // the zero time makes the test fail
	}
	return time.Date(2024, 5, 6, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

const (
	curie   = 10
	meitner = 11
	ruska   = 12
	titan   = 1
	remote  = 2 // alternate of titan
	sem     = 3
)

// small is a laboratory of three people and three tools.
func small() nemotest.Site {
	return nemotest.Site{
		Users: []nemotest.Row{
			{"id": curie, "username": "mcurie", "first_name": "Marie", "last_name": "Curie", "email": "mcurie@lab.example.org"},
			{"id": meitner, "username": "LMeitner", "first_name": "Lise", "last_name": "Meitner"},
			{"id": ruska, "username": "eruska", "first_name": "Ernst", "last_name": "Ruska"},
		},
		Tools: []nemotest.Row{
			{"id": titan, "name": "Titan"}, {"id": remote, "name": "Titan (remote)", "parent_tool": titan}, {"id": sem, "name": "SEM"},
		},
	}
}

// booking is a reservation of the Titan by Marie Curie that consents, changed by more.
func booking(id int, from, to string, more nemotest.Row) nemotest.Row {
	row := nemotest.Row{
		"id": id, "tool": titan, "user": curie, "start": clockTime(from), "end": clockTime(to),
		"question_data": nemotest.Answers("data_consent", "Agree", "experiment_title", fmt.Sprintf("Booking %d", id)),
	}
	for k, v := range more {
		row[k] = v
	}
	return row
}

// use is Marie Curie's use of the Titan, changed by more.
func use(from, to string, more nemotest.Row) nemotest.Row {
	row := nemotest.Row{"id": 700, "tool": titan, "user": curie, "start": clockTime(from), "end": clockTime(to)}
	for k, v := range more {
		row[k] = v
	}
	return row
}

// resolve harvests the one use of a laboratory and asks what is known about it.
func resolve(t *testing.T, s nemotest.Site) (nexuslims.Reservation, *nemotest.Server, error) {
	t.Helper()
	server := nemotest.New(t, s)
	h := open(t, server.URL, nil)
	all := []nexuslims.Instrument{instrument(server.URL, titan), instrument(server.URL, remote), instrument(server.URL, sem)}
	batch, err := h.Events(t.Context(), harvesters.Query{Instruments: all, Now: clockTime("23:00")})
	require.NoError(t, err)
	require.Len(t, batch.Sessions, 1, "%v", batch.Warnings)
	session := batch.Sessions[0]
	for _, in := range all {
		if in.PID == session.Instrument {
			r, err := h.Reservation(t.Context(), session, in)
			return r, server, err
		}
	}
	t.Fatal("an instrument that was not asked for")
	return nexuslims.Reservation{}, server, nil
}

func TestChoiceOfReservation(t *testing.T) {
	other := nemotest.Row{"user": meitner}
	for name, c := range map[string]struct {
		use      nemotest.Row // nil: 10:00 to 12:00
		bookings []nemotest.Row
		want     string // id; "" for none
	}{
		"none at all": {nil, nil, ""},
		"largest overlap": {nil, []nemotest.Row{
			booking(1, "08:00", "10:30", nil), booking(2, "10:30", "11:00", nil), booking(3, "11:15", "14:00", nil),
		}, "3"},
		"tie: the later start":    {nil, []nemotest.Row{booking(1, "08:00", "10:30", nil), booking(2, "10:30", "11:00", nil)}, "2"},
		"tie again: the lower id": {nil, []nemotest.Row{booking(6, "10:00", "11:00", nil), booking(5, "10:00", "11:00", nil)}, "5"},
		"shortened and its copy": {nil, []nemotest.Row{
			booking(5, "09:00", "17:00", nemotest.Row{"shortened": true, "descendant": 6}), booking(6, "09:00", "12:30", nil),
		}, "5"},
		"own before a larger one": {nil, []nemotest.Row{booking(1, "10:00", "12:00", other), booking(2, "11:55", "13:00", nil)}, "2"},
		"of somebody else":        {nil, []nemotest.Row{booking(1, "10:00", "12:00", other)}, "1"},
		"missed":                  {nil, []nemotest.Row{booking(1, "10:00", "12:00", nemotest.Row{"missed": true})}, ""},
		"cancelled":               {nil, []nemotest.Row{booking(1, "10:00", "12:00", nemotest.Row{"cancelled": true})}, ""},
		"touching before":         {nil, []nemotest.Row{booking(1, "08:00", "10:00", nil)}, ""},
		"touching after":          {nil, []nemotest.Row{booking(1, "12:00", "14:00", nil)}, ""},
		"one second":              {nil, []nemotest.Row{booking(1, "11:59:59", "14:00", nil)}, "1"},
		"of another tool":         {nil, []nemotest.Row{booking(1, "10:00", "12:00", nemotest.Row{"tool": sem})}, ""},
		"zero length":             {use("10:00", "10:00", nil), []nemotest.Row{booking(1, "09:00", "12:00", nil)}, ""},
		"end before start":        {use("11:00", "10:00", nil), []nemotest.Row{booking(1, "09:00", "12:00", nil)}, ""},
		"longer than days": {nil, []nemotest.Row{booking(1, "09:00", "12:00", nemotest.Row{
			"start": clockTime("09:00").AddDate(0, 0, -9), "end": clockTime("09:00").AddDate(0, 0, 9),
		})}, "1"},
		"booked on the parent": {
			use("10:00", "12:00", nemotest.Row{"tool": remote}),
			[]nemotest.Row{booking(1, "10:00", "12:00", nil)},
			"1",
		},
		"booked on the alternate, used on the parent": {
			nil,
			[]nemotest.Row{booking(1, "10:00", "12:00", nemotest.Row{"tool": remote})},
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := small()
			if s.Reservations = c.bookings; c.use == nil {
				c.use = use("10:00", "12:00", nil)
			}
			s.Events = []nemotest.Row{c.use}
			r, _, err := resolve(t, s)
			if c.want == "" {
				require.ErrorIs(t, err, nexuslims.NoReservation)
				assert.Equal(t, nexuslims.ConsentUnknown, r.Consent)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.want, r.ID)
			assert.Equal(t, "Booking "+c.want, r.Title)
			assert.Equal(t, "Marie Curie (mcurie)", r.FullName, "the experimenter is who used the tool")
		})
	}
}

func TestReservationOfSomebodyElseIsSaid(t *testing.T) {
	s := small()
	s.Events = []nemotest.Row{use("10:00", "12:00", nil)}
	s.Reservations = []nemotest.Row{booking(1, "10:00", "12:00", nemotest.Row{"user": meitner, "creator": ruska})}
	r, server, err := resolve(t, s)
	require.NoError(t, err)
	require.Len(t, r.Warnings, 1)
	assert.Contains(t, r.Warnings[0], "reservation 1 of Lise Meitner (LMeitner)")
	assert.Contains(t, r.Warnings[0], "Marie Curie (mcurie)")
	assert.Equal(t, "mcurie@lab.example.org", r.Email)
	assert.Equal(t, "eruska", r.CreatedBy)
	assert.Equal(t, strings.TrimSuffix(server.URL, "api/")+"event_details/reservation/1/", r.URL)
}

// TestTiersOfConsent: the newest answer decides, and says where times and people are from.
func TestTiersOfConsent(t *testing.T) {
	form := func(consent any) string {
		return nemotest.Encoded(nemotest.Answers("data_consent", consent, "experiment_title", nil))
	}
	const agree, disagree = "Agree", "Disagree"
	for name, c := range map[string]struct {
		run, preRun, booked any // nil: no form
		want                nexuslims.Consent
		event               bool // page and times are those of the event
	}{
		"after the use":                {form(agree), form(disagree), disagree, nexuslims.ConsentGranted, true},
		"before the use":               {nil, form(agree), disagree, nexuslims.ConsentGranted, true},
		"reservation":                  {nil, nil, agree, nexuslims.ConsentGranted, false},
		"refused afterwards":           {form(disagree), form(agree), agree, nexuslims.ConsentDenied, true},
		"refused before":               {form(nil), form(disagree), agree, nexuslims.ConsentDenied, true},
		"refused in the reservation":   {form(nil), form(nil), disagree, nexuslims.ConsentDenied, false},
		"forced off, empty":            {form(""), form(agree), disagree, nexuslims.ConsentGranted, true},
		"empty everywhere":             {form(""), form(""), "", nexuslims.ConsentUnknown, false},
		"other text is no answer":      {form("I do not agree"), nil, agree, nexuslims.ConsentGranted, false},
		"list with a word":             {form([]string{"Agree", "for now"}), nil, disagree, nexuslims.ConsentGranted, true},
		"list with both":               {form([]string{"Agree", "Disagree"}), nil, agree, nexuslims.ConsentGranted, false},
		"cut text":                     {`{"data_consent": `, nil, agree, nexuslims.ConsentGranted, false},
		"object in place of a text":    {nemotest.Answers("data_consent", agree), nil, nil, nexuslims.ConsentGranted, true},
		"nothing in the form":          {"{}", "", agree, nexuslims.ConsentGranted, false},
		"blanks and case":              {form("  aGREE\n"), nil, nil, nexuslims.ConsentGranted, true},
		"no form but a reservation":    {nil, nil, nil, nexuslims.ConsentUnknown, false},
		"a number":                     {form(1), nil, agree, nexuslims.ConsentGranted, false},
		"a boolean":                    {form(true), nil, disagree, nexuslims.ConsentGranted, true},
		"null is no answer in a group": {form(map[string]any{"0": nil}), nil, agree, nexuslims.ConsentGranted, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := small()
			s.Events = []nemotest.Row{use("10:00", "12:00", nemotest.Row{"run_data": c.run, "pre_run_data": c.preRun, "operator": ruska})}
			booked := booking(70, "09:00", "13:00", nemotest.Row{"question_data": nil})
			if c.booked != nil {
				booked["question_data"] = nemotest.Answers("data_consent", c.booked)
			}
			s.Reservations = []nemotest.Row{booked}
			r, server, err := resolve(t, s)
			require.NoError(t, err)
			assert.Equal(t, c.want, r.Consent)
			kind, id, start, creator := "reservation", "70", clockTime("09:00"), "mcurie"
			if c.event {
				kind, id, start, creator = "usage", "700", clockTime("10:00"), "eruska"
			}
			assert.Equal(t, id, r.ID)
			assert.Equal(t, strings.TrimSuffix(server.URL, "api/")+"event_details/"+kind+"/"+id+"/", r.URL)
			assert.True(t, r.Start.Equal(start), "%s", r.Start)
			assert.Equal(t, creator, r.CreatedBy)
		})
	}
}

func TestEventThatConsentsNeedsNoReservation(t *testing.T) {
	for answer, want := range map[string]nexuslims.Consent{"Agree": nexuslims.ConsentGranted, "Disagree": nexuslims.ConsentDenied} {
		s := small()
		s.Events = []nemotest.Row{use("10:00", "12:00", nemotest.Row{
			"run_data": nemotest.Encoded(nemotest.Answers("data_consent", answer, "experiment_title", "Grain map")),
		})}
		r, _, err := resolve(t, s)
		require.NoError(t, err)
		assert.Equal(t, want, r.Consent)
		assert.Equal(t, "Grain map", r.Title)
		assert.Equal(t, "mcurie", r.CreatedBy, "who used it, where nobody operated")
	}
}

// TestAnswersAreMerged: each question by itself, samples as a whole.
func TestAnswersAreMerged(t *testing.T) {
	s := small()
	samples := func(names ...string) map[string]any {
		group := map[string]any{}
		for i, n := range names {
			group[fmt.Sprint(i)] = map[string]any{"sample_name": n}
		}
		return group
	}
	s.Events = []nemotest.Row{use("10:00", "12:00", nemotest.Row{
		"run_data": nemotest.Encoded(nemotest.Answers("data_consent", "Agree", "experiment_title", "", "sample_group", samples(""))),
		"pre_run_data": nemotest.Encoded(nemotest.Answers("data_consent", "Disagree", "experiment_title", "Title before",
			"sample_group", samples("first", "second"))),
	})}
	s.Reservations = []nemotest.Row{booking(1, "09:00", "13:00", nemotest.Row{"question_data": nemotest.Answers(
		"experiment_title", "Title of the booking", "experiment_purpose", "Two\nlines", "project_id", "MD-7",
		"sample_group", samples("third"))})}
	r, _, err := resolve(t, s)
	require.NoError(t, err)
	assert.Equal(t, nexuslims.ConsentGranted, r.Consent, "a later consent covers an earlier refusal")
	assert.Equal(t, "Title before", r.Title, "an empty text is no answer")
	assert.Equal(t, "Two\nlines", r.Purpose)
	assert.Equal(t, []nexuslims.Project{{ID: "MD-7"}}, r.Projects)
	assert.Equal(t, []nexuslims.Sample{{Name: "first"}, {Name: "second"}}, r.Samples)
	assert.Equal(t, "700", r.ID)
}

func TestSessionsOfTheOtherProgram(t *testing.T) {
	s := small()
	s.Reservations = []nemotest.Row{booking(1, "10:00", "12:00", nil)}
	server := nemotest.New(t, s)
	h := open(t, server.URL, nil)
	session := nexuslims.Session{Instrument: "Tool-01", From: clockTime("10:00"), To: clockTime("12:00"), User: "MCURIE"}
	for name, id := range map[string]string{"event that is gone": server.URL + "usage_events/?id=9999", "no id": "session 17"} {
		t.Run(name, func(t *testing.T) {
			session.ID = id
			r, err := h.Reservation(t.Context(), session, instrument(server.URL, titan))
			require.NoError(t, err)
			assert.Equal(t, "1", r.ID)
			assert.Equal(t, "Marie Curie (mcurie)", r.FullName, "found by login name, whatever its case")
		})
	}
	t.Run("a user nobody knows", func(t *testing.T) {
		session.User = "stranger"
		r, err := h.Reservation(t.Context(), session, instrument(server.URL, titan))
		require.NoError(t, err)
		assert.Equal(t, "stranger", r.FullName)
		assert.Contains(t, strings.Join(r.Warnings, "\n"), "Marie Curie")
	})
	t.Run("a tool that is gone", func(t *testing.T) {
		_, err := h.Reservation(t.Context(), session, instrument(server.URL, 99))
		require.ErrorIs(t, err, nexuslims.NoReservation)
	})
}

// TestTouchingInWiderQuestions: where the server's zone is doubted more is asked for, and
// what only touches is left out here.
func TestTouchingInWiderQuestions(t *testing.T) {
	s := small()
	s.Events = []nemotest.Row{use("10:00", "12:00", nil)}
	s.Reservations = []nemotest.Row{
		booking(1, "08:00", "10:00", nil), booking(2, "12:00", "13:00", nil), booking(3, "14:00", "15:00", nil),
	}
	server := nemotest.New(t, s)
	h := open(t, server.URL, map[string]string{"NX_NEMO_TZ_1": "UTC"})
	session := nexuslims.Session{
		ID: server.URL + "usage_events/?id=700", Instrument: "Tool-01", From: clockTime("10:00"), To: clockTime("12:00"), User: "mcurie",
	}
	_, err := h.Reservation(t.Context(), session, instrument(server.URL, titan))
	require.ErrorIs(t, err, nexuslims.NoReservation)
	server.Put(nemotest.Reservations, booking(4, "09:00", "10:00:01", nil))
	r, err := h.Reservation(t.Context(), session, instrument(server.URL, titan))
	require.NoError(t, err)
	assert.Equal(t, "4", r.ID)
}

// TestEqualReservationsInAnyOrder: the server leaves the order of equal starts open.
func TestEqualReservationsInAnyOrder(t *testing.T) {
	row := func(id string) string {
		return `{"id": ` + id + `, "tool": 1, "user": 10, "start": "2024-05-06T10:00:00Z", "end": "2024-05-06T11:00:00Z"}`
	}
	for _, order := range []string{row("5") + "," + row("6"), row("6") + "," + row("5")} {
		s := small()
		s.Events = []nemotest.Row{use("10:00", "12:00", nil)}
		server := nemotest.New(t, s)
		server.Fail(nemotest.Fault{Path: "/reservations/", Status: 200, Body: "[" + order + "]"})
		r, err := open(t, server.URL, nil).Reservation(t.Context(), nexuslims.Session{
			ID: server.URL + "usage_events/?id=700", From: clockTime("10:00"), To: clockTime("12:00"), User: "mcurie",
		}, instrument(server.URL, titan))
		require.NoError(t, err)
		assert.Equal(t, "5", r.ID)
	}
}
