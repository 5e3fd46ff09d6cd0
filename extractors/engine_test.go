package extractors_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// fake is an extractor made of functions.
type fake struct {
	info    extractors.Info
	match   func(*extractors.File) bool
	extract func(context.Context, *extractors.File) (*extractors.Result, error)
	migrate func(*nexuslims.Object)
}

func (f fake) Info() extractors.Info { return f.info }

func (f fake) Match(file *extractors.File) bool { return f.match == nil || f.match(file) }

func (f fake) Extract(ctx context.Context, file *extractors.File) (*extractors.Result, error) {
	return f.extract(ctx, file)
}

func (f fake) Migrate(meta *nexuslims.Object) {
	if f.migrate != nil {
		f.migrate(meta)
	}
}

func info(name string, priority int, exts ...string) extractors.Info {
	i := extractors.Info{Name: name, Priority: priority, Wildcard: len(exts) == 0}
	if len(exts) > 0 {
		i.Formats = []extractors.Format{{Name: strings.ToUpper(exts[0]), Extensions: exts}}
	}
	return i
}

func meta(pairs ...any) *nexuslims.Object {
	o := new(nexuslims.Object)
	for i := 0; i < len(pairs); i += 2 {
		o.Set(pairs[i].(string), pairs[i+1].(nexuslims.Value))
	}
	return o
}

func answer(m *nexuslims.Object) func(context.Context, *extractors.File) (*extractors.Result, error) {
	return func(context.Context, *extractors.File) (*extractors.Result, error) {
		return &extractors.Result{Signals: []*extractors.Signal{{Document: extractors.Document{Meta: m.Clone()}}}}, nil
	}
}

func engine(t *testing.T, log io.Writer, xs ...extractors.Extractor) *extractors.Engine {
	t.Helper()
	e := &extractors.Engine{
		Extractors: new(extractors.Registry), Profiles: new(extractors.Profiles),
		Logger: slog.New(slog.NewTextHandler(log, nil)), Now: func() time.Time { return time.Date(2024, 7, 2, 0, 0, 0, 5000, time.UTC) },
	}
	for _, x := range xs {
		require.NoError(t, e.Extractors.Add(x))
	}
	return e
}

var titan = nexuslims.Instrument{PID: "Titan", Timezone: "America/Denver"}

func titanFile(name string) *extractors.File {
	return extractors.NewFile(name, strings.NewReader("data"), 4, time.Date(2024, 7, 1, 12, 0, 0, 0, time.UTC),
		extractors.Context{Instrument: &titan})
}

func TestEngineChooses(t *testing.T) {
	empty := answer(new(nexuslims.Object))
	fallback := info(extractors.FallbackName, 0, "png")
	fallback.Wildcard = true
	no := func(*extractors.File) bool { return false }
	e := engine(t, io.Discard,
		fake{info: info("normal", 100, "tif", "tiff"), extract: empty},
		fake{info: info("special", 150, "tif"), extract: empty, match: func(f *extractors.File) bool { return f.Name() == "special.tif" }},
		fake{info: info("panics", 200, "tif"), extract: empty, match: func(*extractors.File) bool { panic("boom") }},
		fake{info: info("never", 100, "dm3"), extract: empty, match: no},
		fake{info: info("wild", 10), extract: empty, match: func(f *extractors.File) bool { return strings.HasPrefix(f.Name(), "wild") }},
		fake{info: fallback, extract: empty},
	)
	for name, want := range map[string]string{
		"a.tif": "normal", "a.TIFF": "normal", "special.tif": "special", "a.dm3": extractors.FallbackName, "wild.dm3": "wild",
		"wild.tif": "normal", "wild.png": "wild", "a.png": extractors.FallbackName, "noext": extractors.FallbackName, ".tif": extractors.FallbackName, "a.tif.bak": extractors.FallbackName,
	} {
		out, err := e.Extract(context.Background(), titanFile(name))
		require.NoError(t, err)
		assert.Equal(t, want, out.Extractor, name)
	}
	none, err := engine(t, io.Discard).Extract(context.Background(), titanFile("a.qqq"))
	require.NoError(t, err)
	assert.Equal(t, extractors.FallbackName, none.Extractor)
	assert.Equal(t, "QQQ", none.Format)
}

func TestEngineFallsBackToTheBasicDataset(t *testing.T) {
	type extract = func(context.Context, *extractors.File) (*extractors.Result, error)
	for name, c := range map[string]struct {
		extract extract
		reason  string
	}{
		"error": {func(context.Context, *extractors.File) (*extractors.Result, error) {
			return nil, nexuslims.E(nexuslims.Corrupt, "read tags", "", errors.New("breaks off\nsecond line"))
		}, "read tags: breaks off"},
		"panic":   {func(context.Context, *extractors.File) (*extractors.Result, error) { panic("boom") }, "panic: boom"},
		"nothing": {func(context.Context, *extractors.File) (*extractors.Result, error) { return nil, nil }, "found nothing"}, //nolint:nilnil // the fault tested
		"nil signal": {func(context.Context, *extractors.File) (*extractors.Result, error) {
			return &extractors.Result{Signals: []*extractors.Signal{nil}}, nil
		}, "found nothing"},
		"hangs": {func(context.Context, *extractors.File) (*extractors.Result, error) { select {} }, "time limit reached: 20ms"},
		"waits": {func(ctx context.Context, _ *extractors.File) (*extractors.Result, error) {
			<-ctx.Done()
			return nil, nexuslims.E(nexuslims.Transient, "read", "", ctx.Err())
		}, "time limit reached: 20ms"},
		"refused": {func(_ context.Context, f *extractors.File) (*extractors.Result, error) {
			denied := extractors.NewFile("a", &fault.Failing{R: f, Err: &fs.PathError{Op: "read", Path: "a", Err: fs.ErrPermission}}, 4, f.ModTime(), extractors.Context{})
			_, err := denied.Head(4)
			return nil, err
		}, "permission denied"},
	} {
		t.Run(name, func(t *testing.T) {
			e := engine(t, io.Discard, fake{info: info("dm3_extractor", 100, "dm3"), extract: c.extract})
			e.Timeout = 20 * time.Millisecond
			require.NoError(t, e.Profiles.Add(extractors.NewProfile("Titan",
				extractors.Step{Name: "type", Apply: func(d *extractors.Document, _ extractors.Subject) error {
					d.Meta.Set("DatasetType", nexuslims.Text("Image"))
					return nil
				}},
				extractors.ExtensionFields(meta("site", nexuslims.Text("here"))))))
			out, err := e.Extract(context.Background(), titanFile("a.dm3"))
			require.NoError(t, err)
			require.Error(t, out.Err)
			require.Len(t, out.Signals, 1)
			m := out.Signals[0].Meta
			assert.Equal(t, []string{"Creation Time", "Data Type", "DatasetType", "extensions", "Instrument ID", "warnings", "NexusLIMS Extraction"}, m.Keys())
			assert.Equal(t, "Unknown", m.Text("DatasetType"), "only constants are set")
			assert.Equal(t, "2024-07-01T06:00:00-06:00", m.Text("Creation Time"))
			assert.Equal(t, nexuslims.Text("here"), m.At("extensions", "site"))
			block := m.Group("NexusLIMS Extraction")
			assert.Equal(t, "nexuslims-go/dm3_extractor", block.Text("Module"))
			assert.Contains(t, block.Text("Extractor Warnings"), c.reason)
			assert.NotContains(t, block.Text("Extractor Warnings"), "\n")
			assert.Equal(t, "DM3", out.Format)
		})
	}
}

func TestEngineLetsTheCallerWait(t *testing.T) {
	fails := func(err error) *extractors.Engine {
		return engine(t, io.Discard, fake{info: info("x", 100, "dm3"), extract: func(context.Context, *extractors.File) (*extractors.Result, error) { return nil, err }})
	}
	_, err := fails(nexuslims.E(nexuslims.Transient, "read", "", io.ErrClosedPipe)).Extract(context.Background(), titanFile("a.dm3"))
	assert.ErrorIs(t, err, nexuslims.Transient)
	_, err = fails(nexuslims.E(nexuslims.NotFound, "read", "", fs.ErrNotExist)).Extract(context.Background(), titanFile("a.dm3"))
	assert.ErrorIs(t, err, nexuslims.NotFound)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = fails(errors.New("x")).Extract(ctx, titanFile("a.dm3"))
	assert.ErrorIs(t, err, nexuslims.Canceled)
}

func TestEngineKeepsPartialResults(t *testing.T) {
	e := engine(t, io.Discard, fake{info: info("x", 100, "dm3"), extract: func(ctx context.Context, f *extractors.File) (*extractors.Result, error) {
		r, _ := answer(meta("a", nexuslims.Int(1), "Extractor Warnings", nexuslims.Text("own")))(ctx, f)
		r.Warnings = []string{"first"}
		return r, nexuslims.E(nexuslims.Corrupt, "read image 2", "", errors.New("cut off"))
	}})
	out, err := e.Extract(context.Background(), titanFile("a.dm3"))
	require.NoError(t, err)
	require.NoError(t, out.Err)
	assert.Equal(t, nexuslims.Int(1), out.Signals[0].Meta.At("extensions", "a"))
	assert.Equal(t, nexuslims.Text("first; read in part: read image 2: cut off; own"),
		out.Signals[0].Meta.At("NexusLIMS Extraction", "Extractor Warnings"))
	assert.Nil(t, out.Signals[0].Meta.At("extensions", "Extractor Warnings"))
}

func TestEngineFinishesDocuments(t *testing.T) {
	source := meta("zeta", nexuslims.Null{}, "Voltage", nexuslims.Q(300000, "V"), "nan", nexuslims.Float(math.NaN()),
		"list", nexuslims.List{nexuslims.Float(1), nexuslims.Float(math.Inf(1))}, "empty", new(nexuslims.Object),
		"NexusLIMS Extraction", meta("old", nexuslims.Int(1)), "Acquisition Timestamp", nexuslims.Text("2024-06-01T00:00:00Z"))
	var log bytes.Buffer
	e := engine(t, &log, fake{info: info("x", 100, "dm3"), extract: answer(source), migrate: func(m *nexuslims.Object) {
		m.Set("acceleration_voltage", m.Get("Voltage"))
		m.Delete("Voltage")
	}})
	out, err := e.Extract(context.Background(), titanFile("a.dm3"))
	require.NoError(t, err)
	got := string(nexuslims.AppendJSON(nil, out.Signals[0].Meta, ""))
	assert.Equal(t, `{"acceleration_voltage": {"value": 300.0, "unit": "kilovolt"}, "Creation Time": "2024-07-01T06:00:00-06:00", `+
		`"Data Type": "Miscellaneous", "DatasetType": "Misc", `+
		`"extensions": {"Acquisition Timestamp": "2024-06-01T00:00:00Z", "list": [1.0, null]}, `+
		`"Instrument ID": "Titan", "warnings": [["nan"], ["list"], ["Acquisition Timestamp"]], "NexusLIMS Extraction": `+
		`{"Date": "2024-07-02T00:00:00.000005+00:00", "Module": "nexuslims-go/x", "Version": "`+nexuslims.Version+`"}}`, got)
	assert.Contains(t, log.String(), "more than a day")
}

func TestEngineGuardsProfileSteps(t *testing.T) {
	set := func(name string, fail func() error) extractors.Step {
		return extractors.Step{Name: name, Apply: func(d *extractors.Document, s extractors.Subject) error {
			d.Meta.Set(name, nexuslims.Text(s.Name))
			d.Raw.Set(name, nexuslims.Int(1))
			return fail()
		}}
	}
	source := answer(meta("DatasetType", nexuslims.Text("Image"), "Data Type", nexuslims.Text("TEM_Imaging"), "site", nexuslims.Text("file")))
	var log bytes.Buffer
	e := engine(t, &log, fake{info: info("x", 100, "dm3"), extract: func(ctx context.Context, f *extractors.File) (*extractors.Result, error) {
		r, err := source(ctx, f)
		r.Signals[0].Raw = meta("tag", nexuslims.Int(0))
		return r, err
	}})
	require.NoError(t, e.Profiles.Add(extractors.NewProfile("Titan",
		set("fails", func() error { return errors.New("no") }),
		set("panics", func() error { panic("boom") }),
		set("works", func() error { return nil }),
		extractors.Step{Name: "nil function"},
		extractors.Step{Name: "takes all", Apply: func(d *extractors.Document, _ extractors.Subject) error { d.Meta = nil; return nil }},
		extractors.Step{Name: "deletes", Apply: func(d *extractors.Document, _ extractors.Subject) error {
			d.Meta.Delete("Creation Time")
			d.Meta.Set("Data Type", nexuslims.Text(" "))
			d.Meta.Set("warnings", nexuslims.Text("works"))
			return nil
		}},
		extractors.ExtensionFields(meta("site", nexuslims.Text("profile"))),
		extractors.Warn([]string{"works"}, []string{"missing"}))))
	out, err := e.Extract(context.Background(), titanFile("a.dm3"))
	require.NoError(t, err)
	m := out.Signals[0].Meta
	assert.Equal(t, []string{"site", "works"}, m.Group("extensions").Keys())
	assert.Equal(t, nexuslims.Text("profile"), m.At("extensions", "site"), "the profile wins")
	assert.Equal(t, []string{"tag", "works"}, out.Signals[0].Raw.Keys())
	assert.Equal(t, "Miscellaneous", m.Text("Data Type"))
	assert.Equal(t, "2024-07-01T06:00:00-06:00", m.Text("Creation Time"))
	assert.Equal(t, 4, strings.Count(log.String(), "step failed"), log.String())

	other := titan
	other.PID = "Other"
	f := extractors.NewFile("a.dm3", strings.NewReader("data"), 4, time.Now(), extractors.Context{Instrument: &other})
	out, err = e.Extract(context.Background(), f)
	require.NoError(t, err)
	assert.Equal(t, nexuslims.Text("file"), out.Signals[0].Meta.At("extensions", "site"))
}

func TestEngineSurvivesProfileThatPanics(t *testing.T) {
	e := engine(t, io.Discard, fake{info: info("x", 100, "dm3"), extract: answer(new(nexuslims.Object))})
	require.NoError(t, e.Profiles.Add(rude{}))
	out, err := e.Extract(context.Background(), titanFile("a.dm3"))
	require.NoError(t, err)
	assert.Len(t, out.Signals, 1)
}

type rude struct{}

func (rude) Instrument() string { return "Titan" }

func (rude) Steps() []extractors.Step { panic("boom") }

func TestCreationTimeMustCarryAZone(t *testing.T) {
	for given, want := range map[string]string{
		"2024-01-15T10:30:00":       "2024-07-01T06:00:00-06:00",
		"2024-01-15T10:30:00Z":      "2024-01-15T10:30:00+00:00",
		"2024-01-15T10:30:00+02:00": "2024-01-15T10:30:00+02:00",
		"yesterday":                 "2024-07-01T06:00:00-06:00",
	} {
		e := engine(t, io.Discard, fake{info: info("x", 100, "dm3"), extract: answer(meta("Creation Time", nexuslims.Text(given)))})
		out, err := e.Extract(context.Background(), titanFile("a.dm3"))
		require.NoError(t, err)
		assert.Equal(t, want, out.Signals[0].Meta.Text("Creation Time"), given)
	}
}

func TestEngineTellsWhatAProfileOverrides(t *testing.T) {
	file := meta(
		"top", nexuslims.Int(1), "same", nexuslims.Text("s"), "Late", nexuslims.Text("of the file"),
		"extensions", meta("inner", nexuslims.Text("of the file"), "kept", nexuslims.Int(3)))
	var log strings.Builder
	x := fake{info: info("x", 100, "dm3"), extract: answer(file), migrate: func(m *nexuslims.Object) {
		m.Set("late", m.Get("Late"))
		m.Delete("Late")
	}}
	e := engine(t, &log, x)
	constants := meta("top", nexuslims.Int(2), "same", nexuslims.Text("s"), "inner", nexuslims.Text("of the profile"),
		"new", nexuslims.Int(1), "late", nexuslims.Text("of the profile"))
	require.NoError(t, e.Profiles.Add(extractors.NewProfile("Titan", extractors.ExtensionFields(constants))))
	out, err := e.Extract(context.Background(), titanFile("a.dm3"))
	require.NoError(t, err)
	ext := out.Signals[0].Meta.Group("extensions")
	assert.Equal(t, nexuslims.Int(2), ext.Get("top"))
	assert.Equal(t, nexuslims.Text("of the profile"), ext.Get("inner"))
	assert.Equal(t, nexuslims.Text("of the profile"), ext.Get("late"))
	assert.Equal(t, 2, strings.Count(log.String(), "profile overrides"), log.String())
	assert.Contains(t, log.String(), `field=top "file says"=1 "profile says"=2`)
	assert.Contains(t, log.String(), `field=inner "file says"="of the file" "profile says"="of the profile"`)
	assert.Contains(t, log.String(), `field=late action=dropped reason="a profile set it"`, "it got its name after the profile")
}
