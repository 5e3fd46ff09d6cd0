package nemo_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/internal/nemotest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// pinned is the present to which the relative times of the facility refer.
const pinned = "2026-11-21T20:54:31-05:00"

// fact is what is known of one usage event in the end.
type fact struct {
	Instrument, User, From, To string
	Outcome                    string // consent, or the kind of the error
	Reservation                *nexuslims.Reservation
}

func present(t *testing.T) time.Time {
	t.Helper()
	now, err := time.Parse(time.RFC3339, pinned)
	require.NoError(t, err)
	return now
}

// tools are the facility's instruments: tools 1 to 12, and one whose tool was deleted.
func tools(root string) []nexuslims.Instrument {
	var list []nexuslims.Instrument
	for id := 1; id <= 12; id++ {
		list = append(list, instrument(root, id))
	}
	return append(list, instrument(root, 99))
}

func instrument(root string, tool int) nexuslims.Instrument {
	return nexuslims.Instrument{
		PID: fmt.Sprintf("Tool-%02d", tool), APIURL: fmt.Sprintf("%stools/?id=%d", root, tool), Harvester: "nemo",
		Timezone: "America/New_York",
	}
}

// facts harvests everything and resolves each session.
func facts(t *testing.T, h harvesters.Harvester, now time.Time) map[string]fact {
	t.Helper()
	root := h.Source().ID
	all := tools(root)
	batch, err := h.Events(t.Context(), harvesters.Query{Instruments: all, Now: now})
	require.NoError(t, err)
	require.Len(t, batch.Warnings, 1, "the deleted tool: %v", batch.Warnings)
	assert.Contains(t, batch.Warnings[0], "Tool-99")
	byPID := map[string]nexuslims.Instrument{}
	for _, in := range all {
		byPID[in.PID] = in
	}
	found := map[string]fact{}
	for _, s := range batch.Sessions {
		f := fact{Instrument: s.Instrument, User: s.User, From: nexuslims.Stamp(s.From), To: nexuslims.Stamp(s.To)}
		r, err := h.Reservation(t.Context(), s, byPID[s.Instrument])
		switch {
		case errors.Is(err, nexuslims.NoReservation):
			f.Outcome = "no reservation"
		default:
			require.NoError(t, err, s.ID)
			f.Outcome = r.Consent.String()
			r.URL = strings.Replace(r.URL, strings.TrimSuffix(root, "api/"), "https://nemo.example.org/", 1)
			f.Reservation = &r
		}
		id := strings.TrimPrefix(s.ID, root+"usage_events/?id=")
		require.NotContains(t, found, id, "twice")
		found[id] = f
	}
	return found
}

// golden compares with what was found right by hand, or rewrites it.
func golden(t *testing.T, got map[string]fact) {
	t.Helper()
	path := filepath.Join("testdata", "golden", "facility.json")
	b, err := json.MarshalIndent(got, "", " ")
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(path, append(b, '\n'), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	var x, y map[string]any
	require.NoError(t, json.Unmarshal(want, &x))
	require.NoError(t, json.Unmarshal(b, &y))
	require.Len(t, y, len(x))
	for id := range x {
		assert.Equal(t, x[id], y[id], "event %s", id)
	}
}

// TestFacility resolves every finished event of the facility: consent of each form,
// reservations of each sort, answers of three forms, changes of clocks, samples.
func TestFacility(t *testing.T) {
	now := present(t)
	later := now.Add(time.Hour) // event 1094 has ended
	server := nemotest.New(t, nemotest.Facility(t, now))
	h := open(t, server.URL, nil)
	golden(t, facts(t, h, later))

	t.Run("an end ahead", func(t *testing.T) {
		batch, err := h.Events(t.Context(), harvesters.Query{Instruments: tools(server.URL), Now: now})
		require.NoError(t, err)
		assert.Len(t, batch.Sessions, 49)
	})
	for _, size := range []int{1, 5, 7} {
		t.Run(fmt.Sprintf("pages of %d", size), func(t *testing.T) {
			server.Pages(size)
			defer server.Pages(0)
			golden(t, facts(t, open(t, server.URL, nil), later))
		})
	}
	t.Run("seven days back", func(t *testing.T) {
		batch, err := h.Events(t.Context(), harvesters.Query{
			Instruments: tools(server.URL), From: now.AddDate(0, 0, -7), Now: now,
		})
		require.NoError(t, err)
		var ids []string
		for _, s := range batch.Sessions {
			ids = append(ids, s.ID[len(s.ID)-4:])
		}
		assert.Equal(t, []string{"1093", "1091", "1092", "1090"}, ids, "1093 began before the window")
	})
	t.Run("never expanded, never an empty filter", func(t *testing.T) {
		for _, request := range server.Requests() {
			assert.NotContains(t, request, "expand")
			assert.NotContains(t, request, "=&")
			assert.NotContains(t, request, "99&", "the deleted tool is in no question")
		}
	})
}

// TestFacilityInstants tells the same instants from servers that write them otherwise.
func TestFacilityInstants(t *testing.T) {
	now := present(t)
	site := nemotest.Facility(t, now)
	instants := func(found map[string]fact) map[string]int64 {
		out := map[string]int64{}
		for id, f := range found {
			from, err := time.Parse(time.RFC3339Nano, f.From)
			require.NoError(t, err)
			to, err := time.Parse(time.RFC3339Nano, f.To)
			require.NoError(t, err)
			out[id] = from.Truncate(time.Second).Unix()*1_000_000 + int64(to.Sub(from).Round(time.Second)/time.Second)
		}
		return out
	}
	want := instants(facts(t, open(t, nemotest.New(t, site).URL, nil), now))

	utc := site
	utc.Zone = time.UTC
	assert.Equal(t, want, instants(facts(t, open(t, nemotest.New(t, utc).URL, nil), now)), "server in UTC")

	plain := site
	plain.Layout = "01-02-2006 15:04:05"
	settings := map[string]string{"NX_NEMO_STRPTIME_FMT_1": "%m-%d-%Y %H:%M:%S"}
	got := instants(facts(t, open(t, nemotest.New(t, plain).URL, settings), now))
	for _, id := range []string{"1001", "1050", "1055"} { // no fractions; the repeated hour is told by nothing
		delete(got, id)
		delete(want, id)
	}
	assert.Equal(t, want, got, "times without offset")
}
