package nemo_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/harvesters/harvestertest"
	"github.com/nexuslims/nexuslims-go/internal/nemotest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestConformance(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for name, kind := range map[string]nemotest.Site{
		"UTC": {}, "zone of the laboratory": {Zone: zone}, "session first": {SessionFirst: true},
	} {
		t.Run(name, func(t *testing.T) {
			harvestertest.Run(t, harvestertest.Harness{New: func(tb testing.TB) harvestertest.Site { return site(tb, kind) }})
		})
	}
}

// site is a laboratory with three tools, of which two are instruments.
func site(tb testing.TB, kind nemotest.Site) harvestertest.Site {
	tb.Helper()
	kind.Tools = []nemotest.Row{{"id": 1, "name": "Titan"}, {"id": 2, "name": "Quanta"}, {"id": 3, "name": "Sputter coater"}}
	lab := &lab{server: nemotest.New(tb, kind), ids: map[string]int{}, refusal: http.StatusUnauthorized}
	if kind.SessionFirst {
		lab.refusal = http.StatusForbidden
	}
	fail := func(f nemotest.Fault) func() { return func() { lab.server.Fail(f) } }
	return harvestertest.Site{
		Open:        func(tb testing.TB) harvesters.Harvester { return open(tb, lab.server.URL, nil) },
		Instruments: []nexuslims.Instrument{instrument(lab.server.URL, 1), instrument(lab.server.URL, 2)},
		Foreign: []nexuslims.Instrument{
			instrument("https://other.example.org/api/", 1), instrument(strings.TrimSuffix(lab.server.URL, "api/")+"other/api/", 1),
		},
		Put:    lab.put,
		Remove: lab.remove,
		Break: func(user string) {
			lab.server.Change(nemotest.Events, lab.ids[user], nemotest.Row{"user": []any{"nobody"}})
		},
		Pages:   lab.server.Pages,
		Garble:  fail(nemotest.Fault{Status: http.StatusOK, Body: "<html>Maintenance</html>", Type: "text/html"}),
		Fail:    fail(nemotest.Fault{Status: http.StatusServiceUnavailable, Body: "<html>Busy</html>", Type: "text/html"}),
		Refuse:  fail(nemotest.Fault{Status: lab.refusal, Body: `{"detail": "Invalid token."}`}),
		Stall:   fail(nemotest.Fault{Delay: time.Hour}),
		Heal:    lab.server.Heal,
		Secrets: []string{nemotest.Token},
	}
}

// lab keeps the uses of the kit: one user, event and reservation of the same id for each.
type lab struct {
	server  *nemotest.Server
	ids     map[string]int
	refusal int
}

func (l *lab) put(uses ...harvestertest.Use) {
	for _, u := range uses {
		id := l.ids[u.User]
		if id == 0 {
			id = 1000 - len(l.ids) // ids do not follow the times
			l.ids[u.User] = id
		}
		tool := map[string]int{"Tool-01": 1, "Tool-02": 2}[u.Instrument]
		if tool == 0 {
			tool = 3
		}
		event := nemotest.Row{"id": id, "tool": tool, "user": id, "start": u.From}
		booked := nemotest.Row{"id": id, "tool": tool, "user": id, "start": u.From, "end": u.From.Add(time.Hour)}
		if !u.To.IsZero() {
			event["end"], booked["end"] = u.To, u.To
		}
		booked["question_data"] = nemotest.Answers("data_consent", answer(u.Consent), "experiment_title", u.Title)
		l.server.Put(nemotest.Users, nemotest.Row{"id": id, "username": u.User, "first_name": "Given", "last_name": "Name"})
		l.server.Put(nemotest.Events, event)
		l.server.Put(nemotest.Reservations, booked)
	}
}

func answer(c nexuslims.Consent) any {
	switch c {
	case nexuslims.ConsentGranted:
		return "Agree"
	case nexuslims.ConsentDenied:
		return "Disagree"
	}
	return nil
}

func (l *lab) remove(user string) {
	l.server.Delete(nemotest.Events, l.ids[user])
	l.server.Delete(nemotest.Reservations, l.ids[user])
}
