package record_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/testdata"
	nx "github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/record"
)

// outcome is what the reference implementation made of one event of the test facility.
type outcome struct {
	Instrument, User, Record, Title, ID, Experimenter, Motivation, Project string
	ReservationStart, ReservationEnd                                       time.Time
	Samples                                                                []struct {
		Name, Ref string
		Elements  []string
	}
}

func TestHeadersOfTheFacility(t *testing.T) {
	dir := filepath.Join(testdata.Dir(t), "reference-output", "facility")
	text, err := os.ReadFile(filepath.Join(dir, "outcome.json"))
	require.NoError(t, err)
	var events map[string]outcome
	require.NoError(t, json.Unmarshal(text, &events))
	// Events that ours builds alike; the others differ on purpose.
	alike := "1001 1020 1022 1023 1030 1032 1033 1043 1051 1053 1054 1055 1060 1061 1070 1076 1090 1094"
	for _, id := range strings.Fields(alike) {
		t.Run(id, func(t *testing.T) {
			event := events[id]
			doc, err := os.ReadFile(filepath.Join(dir, "records", event.Record))
			require.NoError(t, err)
			want, err := record.Decode(doc)
			require.NoError(t, err)
			in := inputOf(event, id, want)
			assert.Equal(t, event.Record, record.FileName(in.Session, in.Instrument))
			got := build(t, in)
			for i := range want.Samples { // ids differ: ours are derived
				assert.Len(t, got.Samples[i].ID, len(want.Samples[i].ID))
				got.Samples[i].ID = want.Samples[i].ID
			}
			got.Activities, want.Activities = nil, nil
			assert.Equal(t, encoded(t, want), encoded(t, got))
		})
	}
}

// inputOf takes from the record only what the list of outcomes does not tell:
// descriptions, the link and the name of the instrument.
func inputOf(event outcome, id string, want nx.Record) record.Input {
	r := nx.Reservation{
		ID: event.ID, URL: want.Ref, FullName: event.Experimenter, Purpose: event.Motivation,
		Start: event.ReservationStart, End: event.ReservationEnd, Projects: []nx.Project{{ID: event.Project}},
	}
	if !strings.HasPrefix(event.Title, "Experiment on the ") {
		r.Title = event.Title
	}
	for i, s := range event.Samples {
		sample := nx.Sample{
			Name: s.Name, Ref: s.Ref, Description: want.Samples[i].Description,
			Elements: want.Samples[i].Elements,
		}
		r.Samples = append(r.Samples, sample)
	}
	day, _ := time.Parse("2006-01-02", event.Record[:10])
	return record.Input{
		Session: nx.Session{ID: "http://127.0.0.1/api/usage_events/?id=" + id, From: day, User: event.User},
		Instrument: nx.Instrument{
			PID: event.Instrument, DisplayName: want.InstrumentName, Harvester: "nemo",
			Timezone: "America/New_York",
		},
		Reservation: r,
		Signals:     []record.Signal{{Location: "x.txt", Time: day, Meta: object("DatasetType", nx.Text("Misc"))}},
	}
}

func encoded(t testing.TB, rec nx.Record) string {
	doc, _, err := record.Encode(rec)
	require.NoError(t, err)
	return string(doc)
}
