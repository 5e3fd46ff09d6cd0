package record_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/record"
)

func TestChangesSayWhatIsNew(t *testing.T) {
	image := func(location string, meta ...nexuslims.Param) nexuslims.Dataset {
		return nexuslims.Dataset{Type: nexuslims.Image, Location: location, Format: "DM3", Meta: meta}
	}
	kv := func(text string) nexuslims.Param { return nexuslims.Param{Name: "Voltage", Text: text, Unit: "kV"} }
	before := nexuslims.Record{
		Title: "Grains", Samples: []nexuslims.Sample{{Name: "steel"}},
		Activities: []nexuslims.Activity{{Setup: []nexuslims.Param{kv("200")}, Datasets: []nexuslims.Dataset{image("a.dm3"), image("b.dm3")}}},
	}
	for name, c := range map[string]struct {
		change func(r *nexuslims.Record)
		want   []string
	}{
		"nothing": {func(*nexuslims.Record) {}, nil},
		"a parameter that moved to its datasets": {func(r *nexuslims.Record) {
			r.Activities[0].Setup = nil
			r.Activities[0].Datasets = []nexuslims.Dataset{image("a.dm3", kv("200")), image("b.dm3", kv("200"))}
		}, nil},
		"head": {func(r *nexuslims.Record) { r.Title, r.Motivation = "Grain map", "why not" }, []string{
			"title: Grains → Grain map", "motivation: now why not",
		}},
		"samples": {func(r *nexuslims.Record) { r.Samples = []nexuslims.Sample{{Name: "steel", Ref: "x"}} }, []string{"samples changed"}},
		"a late file": {func(r *nexuslims.Record) {
			r.Activities[0].Datasets = append(r.Activities[0].Datasets, image("c.dm3"))
		}, []string{"dataset added: c.dm3"}},
		"a file less": {func(r *nexuslims.Record) { r.Activities[0].Datasets = r.Activities[0].Datasets[:1] }, []string{"dataset removed: b.dm3"}},
		"another grouping": {func(r *nexuslims.Record) {
			r.Activities = []nexuslims.Activity{
				{Datasets: []nexuslims.Dataset{image("a.dm3", kv("200"))}}, {Datasets: []nexuslims.Dataset{image("b.dm3", kv("200"))}},
			}
		}, []string{"activities: 1 → 2"}},
		"a value and a doubt": {func(r *nexuslims.Record) {
			r.Activities[0].Setup = nil
			doubtful := kv("200")
			doubtful.Warning = true
			r.Activities[0].Datasets = []nexuslims.Dataset{image("a.dm3", kv("300")), image("b.dm3", doubtful)}
		}, []string{"a.dm3: Voltage: 200 kV → 300 kV", "b.dm3: Voltage: 200 kV → 200 kV (doubtful)"}},
		"another reading": {func(r *nexuslims.Record) {
			r.Activities[0].Datasets[0].Meta = []nexuslims.Param{{Name: "NexusLIMS Extraction – Date", Text: "2024-05-06"}}
		}, nil},
		"a type": {func(r *nexuslims.Record) { r.Activities[0].Datasets[0].Type = nexuslims.Diffraction }, []string{
			"a.dm3: type: Image → Diffraction",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			after := before
			after.Activities = []nexuslims.Activity{before.Activities[0]}
			after.Activities[0].Datasets = append([]nexuslims.Dataset(nil), before.Activities[0].Datasets...)
			c.change(&after)
			assert.Equal(t, c.want, record.Changes(before, after))
		})
	}
}
