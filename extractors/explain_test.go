package extractors_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// told is an extractor with origins, a migration and an opinion about files.
type told struct{ takes bool }

func (told) Info() extractors.Info {
	return extractors.Info{
		Name: "told_extractor", Priority: extractors.PriorityNormal,
		Formats: []extractors.Format{{Name: "Told", Extensions: []string{"told"}}},
	}
}

func (x told) Match(*extractors.File) bool { return x.takes }

func (x told) WhyMatch(*extractors.File) string {
	if x.takes {
		return "begins with TOLD"
	}
	return "does not begin with TOLD"
}

func (told) Extract(_ context.Context, f *extractors.File) (*extractors.Result, error) {
	s := extractors.NewSheet(f, nexuslims.Diffraction, "TEM_Diffraction")
	s.PutQuantity(nexuslims.Float(200), "kV", "[Beam] HV", "Voltage")
	s.Put(nexuslims.Float(12), "byte 40", "Stage Position", "X")
	s.Put(nexuslims.Q(30000, "nm"), "[Image] Field", "horizontal_field_width")
	s.PutQuantity(nexuslims.Text("0,5"), "s", "[Scan] Dwell", "Dwell")
	s.Converted("comma to point")
	s.PutText("  Ruska ", "[User] Name", "Operator")
	s.PutText("-", "[User] Comment", "Comment")
	return &extractors.Result{Signals: []*extractors.Signal{s.Signal(nil)}}, nil
}

func (told) Migrate(meta *nexuslims.Object) {
	meta.Set("acceleration_voltage", meta.Get("Voltage"))
	meta.Delete("Voltage")
	x, _ := extractors.Measure(meta.At("Stage Position", "X"), "um")
	meta.Ensure("stage_position").Set("x", x)
	meta.Delete("Stage Position")
}

func explain(t *testing.T, takes bool) (extractors.Explanation, extractors.Outcome) {
	t.Helper()
	e := &extractors.Engine{
		Extractors: new(extractors.Registry), Profiles: new(extractors.Profiles),
		Logger: slog.New(slog.DiscardHandler), Now: time.Now,
	}
	require.NoError(t, e.Extractors.Add(told{takes}))
	require.NoError(t, e.Profiles.Add(extractors.NewProfile("Scope-1", extractors.Step{
		Name: "site rules",
		Apply: func(doc *extractors.Document, _ extractors.Subject) error {
			doc.Meta.Set("Operator", nexuslims.Text("E. Ruska"))
			doc.Meta.Set("Site", nexuslims.Text("Berlin"))
			doc.Meta.Delete("Comment")
			return nil
		},
	})))
	in := &nexuslims.Instrument{PID: "Scope-1", Timezone: "Europe/Berlin"}
	f := extractors.NewFile("a.told", bytes.NewReader([]byte("TOLD")), 4, time.Now(), extractors.Context{Instrument: in})
	x, out, err := e.Explain(context.Background(), f)
	require.NoError(t, err)
	return x, out
}

func TestExplainFollowsEveryValue(t *testing.T) {
	x, out := explain(t, true)
	assert.Equal(t, []extractors.Asked{{Name: "told_extractor", Priority: 100, Took: true, Why: "begins with TOLD"}}, x.Asked)
	assert.Equal(t, "told_extractor", x.Extractor)
	assert.Equal(t, "Told", x.Format)
	require.Len(t, x.Signals, 1)
	got := map[string]extractors.FieldAccount{}
	for _, f := range x.Signals[0].Fields {
		got[extractors.PathText(f.Path)] = f
		assert.True(t, nexuslims.Equal(f.Value, out.Signals[0].Meta.At(f.Path...)), "%v", f.Path)
	}
	for path, want := range map[string]struct{ history, place string }{
		"acceleration_voltage":  {"[Beam] HV; migration: from Voltage", "field of Diffraction, in kilovolt"},
		"stage_position / x":    {"byte 40; migration: from Stage Position / X", "stage_position, in micrometer"},
		"extensions / Dwell":    {"[Scan] Dwell; comma to point", "extension"},
		"extensions / Operator": {"[User] Name; profile step site rules: was Ruska", "extension"},
		"extensions / Site":     {"profile step site rules", "extension"},
		"extensions / horizontal_field_width": {
			"[Image] Field; schema: from horizontal_field_width (the schema of Diffraction has no such field)", "extension",
		},
		"Instrument ID": {"the folder of the file", "field of every type"},
	} {
		require.Contains(t, got, path)
		assert.Equal(t, want.history, got[path].String(), path)
		assert.Equal(t, want.place, got[path].Place, path)
	}
	require.Len(t, x.Signals[0].Gone, 1)
	assert.Equal(t, []string{"Comment"}, x.Signals[0].Gone[0].Path)
	assert.Equal(t, "profile step site rules", x.Signals[0].Gone[0].By)
}

func TestExplainTellsWhoRefused(t *testing.T) {
	x, out := explain(t, false)
	assert.Equal(t, []extractors.Asked{{Name: "told_extractor", Priority: 100, Why: "does not begin with TOLD"}}, x.Asked)
	assert.Equal(t, extractors.FallbackName, x.Extractor)
	assert.Len(t, out.Signals, 1)
}
