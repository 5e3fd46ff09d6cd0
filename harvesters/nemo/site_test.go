package nemo_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/internal/nemotest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// TestOnePermissionForAll: sites with an old settings file.
func TestOnePermissionForAll(t *testing.T) {
	site := small()
	site.Billing = true
	token := "b000000000000000000000000000000000000000"
	site.Users = append(site.Users, nemotest.Row{"id": 90, "username": "billing", "token": token, "permissions": []any{"use_billing_api"}})
	server := nemotest.New(t, site)
	err := open(t, server.URL, nil).(harvesters.Checker).Check(t.Context())
	require.ErrorIs(t, err, nexuslims.Permission)
	assert.ErrorContains(t, err, "use_billing_api")
	h := open(t, server.URL, map[string]string{"NX_NEMO_TOKEN_1": token})
	assert.NoError(t, h.(harvesters.Checker).Check(t.Context()))
}

// TestTimesWithoutZone: the zone that is set, else that of each instrument, which is said
// once.
func TestTimesWithoutZone(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	require.NoError(t, err)
	site := crowd(2)
	site.Zone, site.Layout = newYork, "01-02-2006 15:04:05"
	for name, c := range map[string]struct {
		zone string // of the setting
		want []string
		said int
	}{
		"set":                {"America/New_York", []string{"10:00", "10:00"}, 0},
		"of the instruments": {"", []string{"10:00", "04:00"}, 1}, // 06:00 in New York, and 06:00 in Berlin
	} {
		t.Run(name, func(t *testing.T) {
			server := nemotest.New(t, site)
			var log bytes.Buffer
			h := openWith(t, server.URL, map[string]string{
				"NX_NEMO_STRPTIME_FMT_1": "%m-%d-%Y %H:%M:%S", "NX_NEMO_TZ_1": c.zone,
			}, nexuslims.Host{Logger: debug(&log)})
			first, second := instrument(server.URL, 1), instrument(server.URL, 2)
			second.Timezone = "Europe/Berlin"
			q := harvesters.Query{
				Instruments: []nexuslims.Instrument{first, second}, From: clockTime("00:30"), To: clockTime("22:00"), Now: clockTime("23:00"),
			}
			for range 2 {
				batch, err := h.Events(t.Context(), q)
				require.NoError(t, err)
				require.Len(t, batch.Sessions, 2)
				for _, s := range batch.Sessions {
					want := clockTime(c.want[0])
					if s.Instrument == second.PID {
						want = clockTime(c.want[1])
					}
					assert.True(t, s.From.Equal(want), "%s: %s", s.Instrument, s.From)
				}
			}
			assert.Equal(t, c.said, strings.Count(log.String(), "NX_NEMO_TZ_1"))
		})
	}
}

// TestSiteThatWantsItsFormat: times in questions are written as set, and what the window
// lets through too much is left out here.
func TestSiteThatWantsItsFormat(t *testing.T) {
	site := crowd(3)
	site.Events[1]["end"] = clockTime("11:30")
	site.Events[2]["start"], site.Events[2]["end"] = clockTime("12:00"), clockTime("13:00")
	server := nemotest.New(t, site)
	h := open(t, server.URL, map[string]string{"NX_NEMO_STRFTIME_FMT_1": "%m/%d/%Y %H:%M", "NX_NEMO_TZ_1": "UTC"})
	q := harvesters.Query{From: clockTime("11:00"), To: clockTime("12:00"), Now: clockTime("23:00")}
	for id := 1; id <= 3; id++ {
		q.Instruments = append(q.Instruments, instrument(server.URL, id))
	}
	batch, err := h.Events(t.Context(), q)
	require.NoError(t, err)
	require.Len(t, batch.Sessions, 1)
	assert.Equal(t, "Tool-02", batch.Sessions[0].Instrument)
	assert.Equal(t, "05/05/2024 09:00", asked(t, server, "usage_events")[0].Get("end__gt"))
}

// BenchmarkEvents harvests ten thousand events of a hundred users.
func BenchmarkEvents(b *testing.B) {
	site := crowd(100)
	site.Events = nil
	for i := range 10_000 {
		start := clockTime("00:00").Add(time.Duration(i) * time.Hour)
		site.Events = append(site.Events, nemotest.Row{
			"id": i + 1, "tool": 1 + i%100, "user": 1 + i%100, "start": start, "end": start.Add(time.Hour),
		})
	}
	server := nemotest.New(b, site)
	q := harvesters.Query{Now: clockTime("00:00").AddDate(3, 0, 0)}
	for id := 1; id <= 100; id++ {
		q.Instruments = append(q.Instruments, instrument(server.URL, id))
	}
	b.ReportAllocs()
	for b.Loop() {
		batch, err := open(b, server.URL, nil).Events(b.Context(), q)
		if err != nil || len(batch.Sessions) != 10_000 {
			b.Fatal(len(batch.Sessions), err)
		}
	}
}
