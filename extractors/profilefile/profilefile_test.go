package profilefile_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/extractortest"
	"github.com/nexuslims/nexuslims-go/extractors/profilefile"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// document is what an extractor may have written.
func document() extractors.Document {
	meta := nexuslims.NewObject(16)
	meta.Set("DatasetType", nexuslims.Text("Image"))
	meta.Set("Data Type", nexuslims.Text("STEM_Imaging"))
	meta.Set("Data Dimensions", nexuslims.Text("(512, 1024)"))
	meta.Set("Voltage", nexuslims.Q(200000, "V"))
	meta.Set("Defocus", nexuslims.Float(-1.5))
	meta.Set("Comment", nexuslims.Text("T=300; op=Ruska; id=0012; stage 2"))
	meta.Set("HFW", nexuslims.Q(3, "m"))
	meta.Ensure("EDS").Set("Live time", nexuslims.Q(3, "s"))
	meta.Ensure("extensions").Set("Chamber", nexuslims.Text("XL"))
	raw := nexuslims.NewObject(1)
	raw.Ensure("Beam").Set("Spot", nexuslims.Text("5"))
	return extractors.Document{Meta: meta, Raw: raw}
}

// apply carries out a profile whose steps are given as YAML.
func apply(t *testing.T, steps string) *nexuslims.Object {
	t.Helper()
	list, err := profilefile.Parse("a.yaml", []byte("instrument: Scope-1\nsteps:\n"+steps), nil)
	require.NoError(t, err)
	require.Len(t, list, 1)
	doc := document()
	subject := extractors.Subject{Name: "Fe3O4_saed-02.tif", Path: "tem/ruska/Fe3O4_saed-02.tif"}
	for _, s := range list[0].Steps() {
		require.NotEmpty(t, s.Name)
		require.NoError(t, s.Apply(&doc, subject), s.Name)
	}
	return doc.Meta
}

func TestActions(t *testing.T) {
	for name, c := range map[string]struct {
		steps string
		path  []string
		want  nexuslims.Value // nil: nothing
	}{
		"constant text":      {`  - constants: {Facility: Nexus}`, []string{"extensions", "Facility"}, nexuslims.Text("Nexus")},
		"constant quantity":  {`  - constants: {Volume: {value: 10, unit: mm}}`, []string{"extensions", "Volume"}, nexuslims.Q(10, "mm")},
		"constant whole":     {`  - constants: {Port: 3}`, []string{"extensions", "Port"}, nexuslims.Int(3)},
		"constant float":     {`  - constants: {Factor: 3.0}`, []string{"extensions", "Factor"}, nexuslims.Float(3)},
		"constant list":      {`  - constants: {Ports: [a, 2]}`, []string{"extensions", "Ports"}, nexuslims.List{nexuslims.Text("a"), nexuslims.Int(2)}},
		"constant group":     {`  - constants: {Gun: {Type: FEG}}`, []string{"extensions", "Gun", "Type"}, nexuslims.Text("FEG")},
		"conditional":        {"  - when: number(\"Voltage\") > 3e5\n    constants: {Big: true}", []string{"extensions", "Big"}, nil},
		"set":                {`  - set: {Detector: HAADF}`, []string{"Detector"}, nexuslims.Text("HAADF")},
		"set extension":      {`  - set: {Chamber: XXL}`, []string{"extensions", "Chamber"}, nexuslims.Text("XXL")},
		"set nested":         {`  - set: {EDS / Real time: {expr: 'quantity(number("EDS / Live time") * 2, "s")'}}`, []string{"EDS", "Real time"}, nexuslims.Q(6, "s")},
		"set nothing":        {`  - set: {Chamber: {expr: 'has("Nowhere") ? "x" : nil'}}`, []string{"extensions", "Chamber"}, nexuslims.Text("XL")},
		"set from raw":       {`  - set: {Spot: {expr: 'int(raw("Beam", "Spot"))'}}`, []string{"Spot"}, nexuslims.Int(5)},
		"set from the file":  {`  - set: {Owner: {expr: 'split(folder, "/")[1]'}}`, []string{"Owner"}, nexuslims.Text("ruska")},
		"warn":               {`  - warn: [EDS / Live time, Nowhere, extensions / Chamber]`, []string{"warnings"}, nexuslims.List{nexuslims.List{nexuslims.Text("EDS"), nexuslims.Text("Live time")}, nexuslims.List{nexuslims.Text("Chamber")}}},
		"type":               {`  - type: {dataset: Diffraction}`, []string{"DatasetType"}, nexuslims.Text("Diffraction")},
		"type by name":       {"  - when: '\"saed\" in words(stem)'\n    type: {dataset: Diffraction, data: {expr: 'split(text(\"Data Type\"), \"_\")[0] + \"_Diffraction\"'}}", []string{"Data Type"}, nexuslims.Text("STEM_Diffraction")},
		"type by substring":  {"  - when: '\"sae\" in words(stem)'\n    type: {data: X}", []string{"Data Type"}, nexuslims.Text("STEM_Imaging")},
		"type by dimensions": {"  - when: len(dimensions) == 2 and dimensions[1] == 1024\n    type: {data: X}", []string{"Data Type"}, nexuslims.Text("X")},
		"rename":             {`  - rename: {HFW: horizontal_field_width}`, []string{"horizontal_field_width"}, nexuslims.Q(3, "m")},
		"rename away":        {`  - rename: {HFW: horizontal_field_width}`, []string{"HFW"}, nil},
		"rename into group":  {`  - rename: {Chamber: Vacuum / Chamber}`, []string{"Vacuum", "Chamber"}, nexuslims.Text("XL")},
		"rename missing":     {`  - rename: {Nowhere: X}`, []string{"X"}, nil},
		"unit of a number":   {`  - unit: {Defocus: um}`, []string{"Defocus"}, nexuslims.Q(-1.5, "um")},
		"unit corrected":     {`  - unit: {HFW: mm}`, []string{"HFW"}, nexuslims.Q(3, "mm")},
		"remove":             {`  - remove: Comment`, []string{"Comment"}, nil},
		"remove extension":   {`  - remove: [Chamber]`, []string{"extensions", "Chamber"}, nil},
		"pairs with unit":    {`  - parse: {from: Comment, split: ";", pairs: "=", units: {T: K}}`, []string{"T"}, nexuslims.Q(300, "K")},
		"pairs named":        {`  - parse: {from: Comment, split: ";", pairs: "=", names: {op: Operator}}`, []string{"Operator"}, nexuslims.Text("Ruska")},
		"pairs left out":     {`  - parse: {from: Comment, split: ";", pairs: "=", names: {op: Operator}}`, []string{"T"}, nil},
		"pairs stay text":    {`  - parse: {from: Comment, split: ";", pairs: "=", into: Notes}`, []string{"Notes", "id"}, nexuslims.Text("0012")},
		"pairs as numbers":   {`  - parse: {from: Comment, split: ";", pairs: "=", numbers: [id]}`, []string{"id"}, nexuslims.Int(12)},
		"positions":          {`  - parse: {from: {expr: stem}, split: "_", fields: [Sample, ~]}`, []string{"Sample"}, nexuslims.Text("Fe3O4")},
		"pattern":            {`  - parse: {from: {expr: stem}, pattern: '^(?P<s>\w+?)_.*-(?P<n>\d+)$', names: {s: Sample, n: Number}, numbers: [Number]}`, []string{"Number"}, nexuslims.Int(2)},
		"pattern not found":  {`  - parse: {from: Comment, pattern: '^(?P<s>\d+)$'}`, []string{"s"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := apply(t, c.steps).At(c.path...)
			if c.want == nil {
				assert.Nil(t, got)
				return
			}
			require.NotNil(t, got)
			assert.Equal(t, c.want, got)
		})
	}
}

// TestMistakes tells each with line and column, and all of a file together.
func TestMistakes(t *testing.T) {
	const head = "instrument: Scope-1\nsteps:\n"
	for text, want := range map[string][]string{
		"instrument: [":   {"a.yaml:1:13: "},
		"":                {"a.yaml: holds 0 documents, not one"},
		"steps: []\n":     {"instrument is missing"},
		"instrument: A\n": {"there are no steps"},
		"instrument: [A, A]\nsteps: [{warn: X}]\n":                          {`a.yaml:1:17: "A" stands here twice`},
		"instrument: A\nstep: [{warn: X}]\n":                                {`a.yaml:2:1: a profile has no "step"; "steps" is probably meant`},
		head + "  - warnn: X\n":                                             {`a.yaml:3:5: a step has no "warnn"; "warn" is probably meant`},
		head + "  - frob: X\n":                                              {`a.yaml:3:5: a step has no "frob"; there are: constants, name, parse`},
		head + "  - name: X\n":                                              {"a.yaml:3:9: the step does nothing"},
		head + "  - warn: X\n    remove: Y\n":                               {"a step does one thing"},
		head + "  - unit: {Defocus: parsec}\n":                              {`a.yaml:3:21: the unit "parsec" is not known`},
		head + "  - type: {dataset: Imag}\n":                                {`a.yaml:3:21: "Imag" is no type of dataset`},
		head + "  - type: {}\n":                                             {"type says nothing"},
		head + "  - when: text(\"A\"\n    warn: X\n":                        {"a.yaml:3:11: in the expression, at character"},
		head + "  - when: txt(\"A\")\n    warn: X\n":                        {"unknown name txt"},
		head + "  - when: 1 + 1\n    warn: X\n":                             {"expected bool, but got int"},
		head + "  - when: now() > 1\n    warn: X\n":                         {"now"},
		head + "  - use: Magic\n":                                           {`no compiled step is called "Magic"; there are none`},
		head + "  - warn: [A /  / B]\n":                                     {"has an empty name in it"},
		head + "  - parse: {from: A}\n":                                     {"one of pairs, fields and pattern"},
		head + "  - parse: {pairs: '=', split: ';'}\n":                      {"needs from"},
		head + "  - parse: {from: A, pattern: '('}\n":                       {"pattern: error parsing regexp"},
		head + "  - parse: {from: A, pattern: 'a'}\n":                       {"no named group"},
		head + "  - parse: {from: A, pattern: '(?P<x>a)', names: {y: Y}}\n": {`the pattern has no group "y"`},
		head + "  - constants: {A: {value: x, unit: mm}}\n":                 {"value must be a number"},
		head + "  - constants: {A: *other}\n":                               {"a value must be a text"},
		head + "  - warnn: X\n  - unit: {D: parsec}\n":                      {"a.yaml:3:5: ", "a.yaml:4:15: "},
		strings.Repeat(" ", 300<<10):                                        {"larger than"},
		"\xff\xfei\x00n\x00":                                                {"a.yaml: is no text in UTF-8: save it as that"},
		"instrument: A\nsteps:\n  - set: {A: \xb5m}\n":                      {"a.yaml: is no text in UTF-8: save it as that"},
	} {
		list, err := profilefile.Parse("a.yaml", []byte(text), nil)
		assert.Empty(t, list, text)
		var problems profilefile.Problems
		if !assert.True(t, errors.As(err, &problems), "%.80q: %v", text, err) {
			continue
		}
		require.Len(t, problems, len(want), "%.80q: %v", text, err)
		for i, w := range want {
			assert.Contains(t, problems[i].Error(), w, "%.80q", text)
		}
	}
}

// TestFolder reads what is a profile and goes on after a bad file.
// TestTextOfWindows: what Notepad saves is read.
func TestTextOfWindows(t *testing.T) {
	list, err := profilefile.Parse("a.yaml", []byte("\ufeffinstrument: A\r\nsteps:\r\n  - constants: {Unit: \u00b5m}\r\n"), nil)
	require.NoError(t, err)
	require.Len(t, list, 1)
	assert.Equal(t, "A", list[0].PID)
	assert.Len(t, list[0].Steps(), 1)
}

func TestFolder(t *testing.T) {
	good := func(pid, more string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("instrument: " + pid + "\n" + more + "steps: [{constants: {File: " + pid + more + "}}]\n")}
	}
	list, err := profilefile.Read(fstest.MapFS{
		"b.yaml": good("B", ""), "a.YML": good("A", ""), "_off.yaml": good("C", ""), "notes.txt": {Data: []byte("x")},
		"bad.yaml": {Data: []byte("instrument: D\nsteps: 3\n")}, "old.py": {Data: []byte("x")},
	}, nil)
	var problems profilefile.Problems
	require.ErrorAs(t, err, &problems)
	require.Len(t, problems, 1)
	assert.Equal(t, "bad.yaml", problems[0].File)
	require.Len(t, list, 2)
	assert.Equal(t, "A", list[0].Instrument())
	assert.Equal(t, "B", list[1].Instrument())
}

func TestInstall(t *testing.T) {
	parse := func(file, text string) *profilefile.Profile {
		list, err := profilefile.Parse(file, []byte(text), nil)
		require.NoError(t, err)
		return list[0]
	}
	var all extractors.Profiles
	require.NoError(t, all.Add(extractors.NewProfile("A", extractors.Warn([]string{"X"}))))
	require.NoError(t, all.Add(extractors.NewProfile("B", extractors.Warn([]string{"X"}))))
	notes, err := profilefile.Install(&all, []*profilefile.Profile{
		parse("1.yaml", "instrument: A\nsteps: [{warn: Y}]"), parse("2.yaml", "instrument: B\nextends: true\nsteps: [{warn: Y}]"),
		parse("3.yaml", "instrument: C\nextends: true\nsteps: [{warn: Y}]"), parse("4.yaml", "instrument: C\nsteps: [{warn: Y}, {warn: Z}]"),
	})
	require.NoError(t, err)
	assert.Equal(t, []string{
		"profile 1.yaml replaces the built-in profile of A",
		"profile 3.yaml extends nothing: there is no built-in profile of C",
		"profile 4.yaml replaces 3.yaml: both are for C",
	}, notes)
	assert.Len(t, all.For("A").Steps(), 1)
	assert.Len(t, all.For("B").Steps(), 2)
	assert.Len(t, all.For("C").Steps(), 2)
}

// TestConformance holds a profile of every action to the promises of all profiles.
func TestConformance(t *testing.T) {
	list, err := profilefile.Parse("a.yaml", []byte(`instrument: Scope-1
steps:
  - constants: {Facility: Nexus, Volume: {value: 10, unit: mm}}
  - set: {Detector: {expr: 'upper(text("Comment"))'}}
  - warn: [Voltage, EDS / Live time]
  - when: '"saed" in words(file)'
    type: {dataset: Diffraction, data: TEM_Diffraction}
  - rename: {HFW: horizontal_field_width}
  - unit: {Defocus: um}
  - remove: [Comment]
  - parse: {from: Comment, split: ";", pairs: "=", into: Notes}
`), nil)
	require.NoError(t, err)
	extractortest.RunProfile(t, list[0],
		extractortest.Case{Document: document()},
		extractortest.Case{Name: "x_saed.dm3", Document: document(), Check: func(tb testing.TB, doc extractors.Document) {
			tb.Helper()
			assert.Equal(tb, "Diffraction", doc.Meta.Text("DatasetType"))
			assert.Equal(tb, nexuslims.Text("Nexus"), doc.Meta.At("extensions", "Facility"))
		}},
		extractortest.Case{Document: extractors.Document{Meta: new(nexuslims.Object)}},
	)
}

// FuzzParse reads any text, and applies what it is.
func FuzzParse(f *testing.F) {
	f.Add("instrument: A\nsteps:\n  - when: has(\"X\")\n    set: {A: {expr: 'number(\"B\") / 2'}}\n  - warn: [A, B / C]\n")
	f.Add("instrument: [A, B]\nsteps:\n  - parse: {from: A, split: ';', pairs: '=', units: {T: K}}\n  - constants: {A: {value: 1, unit: mm}}\n")
	f.Add("instrument: A\nsteps: [{unit: {A: um}}, {rename: {A: B / C}}, {type: {dataset: Image}}, {remove: A}]\n")
	f.Fuzz(func(_ *testing.T, text string) {
		list, _ := profilefile.Parse("a.yaml", []byte(text), nil)
		for _, p := range list {
			for _, s := range p.Steps() {
				doc := document()
				_ = s.Apply(&doc, extractors.Subject{Name: "a.dm3"})
			}
		}
	})
}
