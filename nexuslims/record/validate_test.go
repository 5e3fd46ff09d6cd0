package record_test

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/jacoelho/xsd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/testdata"
	nx "github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/record"
)

const rootTag = `<Experiment xmlns="https://data.nist.gov/od/dm/nexus/experiment/v1.0"` +
	` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`

func inRoot(content string) string { return rootTag + content + "</Experiment>" }

func inDataset(attrs, content string) string {
	return inRoot("<summary/><acquisitionActivity><dataset" + attrs + ">" + content + "</dataset></acquisitionActivity>")
}

func inCuration(content string) string {
	return inDataset("", "<name/><location/><curation>"+content+"</curation>")
}

type verdict struct {
	name, doc string
	valid     bool
}

// verdicts are the cases whose result was seen with a validator of another family.
func verdicts() []verdict {
	nl := "<name/><location/>"
	time := func(s string) string {
		return inRoot("<summary><reservationStart>" + s + "</reservationStart></summary>")
	}
	note := func(attrs, s string) string {
		return inRoot("<summary/><notes><entry" + attrs + ">" + s + "</entry></notes>")
	}
	param := func(attrs string) string {
		return inRoot("<summary/><acquisitionActivity><setup><param name='x' " + attrs +
			">1</param></setup></acquisitionActivity>")
	}
	return []verdict{
		{"empty parts", inRoot("<summary/><sample/><project/><acquisitionActivity><setup/></acquisitionActivity>"), true},
		{"no summary", inRoot("<sample/>"), false},
		{"two summaries", inRoot("<summary/><summary/>"), false},
		{"experimenter after instrument", inRoot("<summary><instrument/><experimenter/></summary>"), false},
		{"symbols in any order", inRoot("<summary/><sample><elements><Og/><H/></elements></sample>"), true},
		{"symbol twice", inRoot("<summary/><sample><elements><Al/><Al/></elements></sample>"), false},
		{"unknown symbol", inRoot("<summary/><sample><elements><Xx/></elements></sample>"), false},
		{"text in a symbol", inRoot("<summary/><sample><elements><Al>3</Al></elements></sample>"), true},
		{"time without zone", time("2024-05-06T09:02:11"), true},
		{"nine digits", time("2024-05-06T09:02:11.123456789Z"), true},
		{"blank for T", time("2024-05-06 09:02:11"), false},
		{"offset with seconds", time("1883-01-01T00:00:00-04:56:02"), false},
		{"no date", time("2024-02-30T00:00:00Z"), false},
		{"empty time", time(""), false},
		{"ref with blanks", inRoot(`<summary ref="http://x/a b"/>`), true},
		{"warning 1", param(`warning="1"`), true},
		{"warning true", param(`warning="true"`), true},
		{"warning True", param(`warning="True"`), false},
		{"any unit", param(`unit=" 1 / nm"`), true},
		{"unknown attribute of a parameter", param(`units="V"`), false},
		{
			"element in a parameter",
			inRoot("<summary/><acquisitionActivity><setup><param><b/></param></setup></acquisitionActivity>"), false,
		},
		{"empty curation", inCuration(""), true},
		{"rating 99", inCuration("<rating>99</rating>"), true},
		{"rating -1", inCuration("<rating>-1</rating>"), true},
		{"featured 1", inCuration("<featured>1</featured>"), true},
		{"both", inCuration("<rating>3</rating><featured>false</featured>"), true},
		{"empty rating", inCuration("<rating/>"), false},
		{"rating 4.5", inCuration("<rating>4.5</rating>"), false},
		{"featured True", inCuration("<featured>True</featured>"), false},
		{"featured before rating", inCuration("<featured>1</featured><rating>1</rating>"), false},
		{"rating twice", inCuration("<rating>1</rating><rating>1</rating>"), false},
		{"text in curation", inCuration("x"), false},
		{"attribute of curation", inDataset("", nl+`<curation by="x"/>`), false},
		{"curation before meta", inDataset("", nl+"<curation/><meta/>"), false},
		{"curation twice", inDataset("", nl+"<curation/><curation/>"), false},
		{"unknown attribute of the root", strings.Replace(inRoot("<summary/>"), ">", ` x="1">`, 1), false},
		{"pid", strings.Replace(inRoot("<summary/>"), ">", ` pid="1">`, 1), true},
		{"dataset without name", inDataset("", "<location/>"), false},
		{"dataset without location", inDataset("", "<name/>"), false},
		{"location before name", inDataset("", "<location/><name/>"), false},
		{"all of a dataset", inDataset(` type="Notes" role="Derived"`,
			nl+"<format/><description/><description/><preview/><preview/><meta/><curation/>"), true},
		{"unknown type", inDataset(` type="Picture"`, nl), false},
		{"type in blanks", inDataset(` type=" Image "`, nl), true},
		{"unknown role", inDataset(` role="experimental"`, nl), false},
		{"seqno -7", inRoot(`<summary/><acquisitionActivity seqno="-7"/>`), true},
		{"seqno 1.0", inRoot(`<summary/><acquisitionActivity seqno="1.0"/>`), false},
		{
			"setup before sampleID",
			inRoot("<summary/><acquisitionActivity><setup/><sampleID/></acquisitionActivity>"), false,
		},
		{"entry", note("", ""), true},
		{"entry with content", note("", "<p/>"), false},
		{"text entry", note(` xsi:type="TextEntry"`, "<p>a</p><p/>"), true},
		{"text entry without paragraph", note(` xsi:type="TextEntry"`, ""), false},
		{"image entry", note(` xsi:type="ImageEntry"`, "<imageURL>http://x</imageURL>"), true},
		{"image entry with paragraph", note(` xsi:type="ImageEntry"`, "<p/>"), false},
		{"table entry", note(` xsi:type="TableEntry"`, `<table><title/><header><column id="1">a</column></header>`+
			`<rows><row seqno="1"><cell colid="1">b</cell></row></rows></table>`), true},
		{"table without header", note(` xsi:type="TableEntry"`, "<table><rows/></table>"), false},
		{"unknown entry", note(` xsi:type="VideoEntry"`, ""), false},
		{"other namespace", `<Experiment xmlns="urn:x"><summary/></Experiment>`, false},
		{"no namespace", `<Experiment><summary/></Experiment>`, false},
		{"other root", `<Summary xmlns="https://data.nist.gov/od/dm/nexus/experiment/v1.0"/>`, false},
		{"stray text", inRoot("<summary/>text"), false},
		{"after the notes", inRoot("<summary/><notes/><acquisitionActivity/>"), false},
		{"sample notes", inRoot(`<summary/><sample><notes source="ELN"/><elements/></sample>`), true},
		{"project order", inRoot("<summary/><project><division/><name/></project>"), false},
		{"ill-formed", rootTag + "<summary></Experiment>", false},
		{"two roots", inRoot("<summary/>") + "<a/>", false},
	}
}

func engine(t testing.TB, schema []byte) *xsd.Engine {
	e, err := xsd.Compile(t.Context(), xsd.Bytes("schema.xsd", schema))
	require.NoError(t, err)
	return e
}

func accepts(t testing.TB, e *xsd.Engine, doc string) bool {
	return e.Validate(t.Context(), strings.NewReader(doc)) == nil
}

func TestSchemaVerdicts(t *testing.T) {
	own := engine(t, record.Schema())
	for _, v := range verdicts() {
		assert.Equal(t, v.valid, accepts(t, own, v.doc), v.name)
	}
}

func siteSchema(t testing.TB) string {
	return filepath.Join(testdata.Dir(t), "schema", "nexus-experiment.xsd")
}

// mutated are many documents near valid ones: each part removed, doubled, exchanged
// with its neighbour, renamed, given attributes or values of every sort.
func mutated() []string {
	seeds := []string{fullDocument()}
	for _, v := range verdicts() {
		seeds = append(seeds, v.doc)
	}
	values := []string{
		"", " ", "x", "1", "-1", "1.5", "true", "True", "2024-05-06T09:02:11-04:00", "2024-05-06",
		"Image", "Derived",
		"http://x/", "http://x/%", "a b", "99999999999999999999",
	}
	tags := []string{
		"<name/>", "<p/>", "<Al/>", "<foo/>", "<notes/>", "<meta name='x'>1</meta>", "<curation/>",
		"<summary/>", "<description/>",
		"<rating>1</rating>", "<dataset/>", "<elements/>", "<ref/>", "text", "<x:y xmlns:x='urn:x'/>",
	}
	r := rand.New(rand.NewPCG(1, 2))
	var docs []string
	for i := range 1500 {
		docs = append(docs, mutate(seeds[i%len(seeds)], r, values, tags))
	}
	return docs
}

func mutate(doc string, r *rand.Rand, values, tags []string) string {
	at := strings.Split(doc, "<") // pieces that begin behind "<"
	i := 2 + r.IntN(max(1, len(at)-2))
	if i >= len(at) {
		return doc
	}
	name, rest, _ := strings.Cut(at[i], ">")
	switch r.IntN(7) {
	case 0: // without this tag and its text
		at = append(at[:i:i], at[i+1:]...)
	case 1: // doubled
		at = append(at[:i:i], append([]string{at[i]}, at[i:]...)...)
	case 2: // exchanged with the next
		if i+1 < len(at) {
			at[i], at[i+1] = at[i+1], at[i]
		}
	case 3: // another text
		at[i] = name + ">" + values[r.IntN(len(values))] + rest
	case 4: // one more element or text
		at[i] = name + ">" + tags[r.IntN(len(tags))] + rest
	case 5: // one more attribute
		if !strings.HasPrefix(name, "/") {
			attrs := []string{
				"pid", "ref", "id", "seqno", "source", "type", "role", "name", "unit", "warning",
				"colid", "xsi:type", "foo",
			}
			slash := strings.HasSuffix(name, "/")
			name = strings.TrimSuffix(name,
				"/") + " " + attrs[r.IntN(len(attrs))] + `="` + values[r.IntN(len(values))] + `"`
			if slash {
				name += "/"
			}
			at[i] = name + ">" + rest
		}
	case 6: // another value of an attribute
		if a := strings.Split(at[i], `"`); len(a) > 2 {
			a[1] = values[r.IntN(len(values))]
			at[i] = strings.Join(a, `"`)
		}
	}
	return strings.Join(at, "<")
}

//go:embed testdata/full.xml
var fullXML string

// fullDocument has every element and attribute of the schema.
func fullDocument() string { return strings.TrimSpace(fullXML) }

func TestSchemaAgreesWithTheSites(t *testing.T) {
	site, err := os.ReadFile(siteSchema(t))
	require.NoError(t, err)
	own, theirs := engine(t, record.Schema()), engine(t, site)
	require.True(t, accepts(t, own, fullDocument()))
	rejected := 0
	for _, v := range verdicts() {
		assert.Equal(t, v.valid, accepts(t, theirs, v.doc), v.name)
	}
	docs := mutated()
	for _, doc := range docs {
		a, b := accepts(t, own, doc), accepts(t, theirs, doc)
		assert.Equal(t, b, a, doc)
		if !b {
			rejected++
		}
	}
	assert.Greater(t, rejected, 150)
	assert.Greater(t, len(docs)-rejected, 150)
}

func TestXmllintAgreesAboutOurSchema(t *testing.T) {
	lint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("xmllint is not installed")
	}
	dir := t.TempDir()
	schema := filepath.Join(dir, "own.xsd")
	require.NoError(t, os.WriteFile(schema, record.Schema(), 0o600))
	for i, v := range verdicts() {
		name := filepath.Join(dir, fmt.Sprintf("%d.xml", i))
		require.NoError(t, os.WriteFile(name, []byte(v.doc), 0o600))
		err := exec.Command(lint, "--noout", "--schema", schema, name).Run()
		assert.Equal(t, v.valid, err == nil, v.name)
	}
}

func violations(t testing.TB, doc string) []string {
	found, err := validator.Validate(t.Context(), strings.NewReader(doc))
	require.NoError(t, err)
	var list []string
	for _, v := range found {
		list = append(list, v.String())
	}
	return list
}

func TestViolationsSayWhatWasExpected(t *testing.T) {
	cases := []struct{ name, doc, want string }{
		{
			"missing", inRoot("\n"),
			"line 2: /Experiment: missing required child element; expected in this order: title?, id?, summary, sample*," +
				" project*, acquisitionActivity*, notes*",
		},
		{
			"enumeration", inDataset(` type="Picture"`, "<name/><location/>"),
			"expected one of Image, Spectrum, SpectrumImage, Diffraction, Notes, Misc, Unknown",
		},
		{
			"date", inRoot("<summary><reservationStart>x</reservationStart></summary>"),
			"expected a form like 2024-05-06T09:02:11-04:00",
		},
		{"integer", inCuration("<rating>x</rating>"), "expected a whole number"},
		{"boolean", inCuration("<featured>x</featured>"), "expected true, false, 1 or 0"},
		{
			"boolean attribute", inDataset("", "<name/><location/><meta name='x' warning='x'/>"),
			"expected true, false, 1 or 0",
		},
		{"attribute", inRoot(`<summary x="1"/>`), "allowed are ref"},
		{
			"symbol", inRoot("<summary/><sample><elements><Xx/></elements></sample>"),
			"symbols of chemical elements, each at most once",
		},
		{"root", "<a/>", "expected Experiment in the namespace"},
		{
			"nameless", inDataset("", "<name/><location/>\n<meta>x</meta>"),
			"line 2: /Experiment/acquisitionActivity/dataset/meta: missing required attribute name",
		},
		{
			"blank name", inDataset("", "<name/><location/><meta name=' '/>"),
			"invalid attribute name: minLength facet failed; expected a text that is not empty",
		},
		{"nothing", "", "no root element"},
		{"document type", `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>` + inRoot("<summary/>"), "DTD"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := violations(t, c.doc)
			require.NotEmpty(t, got)
			assert.Contains(t, strings.Join(got, "\n"), c.want)
		})
	}
}

func TestAllViolationsAreFound(t *testing.T) {
	got := violations(t, inDataset(` type="x" role="y"`, "<location/><meta/><curation><rating>a</rating></curation>"))
	assert.GreaterOrEqual(t, len(got), 3, "%q", got)
}

func TestValidatorIsShared(t *testing.T) {
	v, doc := new(record.Validator), []byte(fullDocument())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			found, err := v.Validate(t.Context(), bytes.NewReader(doc))
			assert.NoError(t, err)
			assert.Empty(t, found)
		})
	}
	wg.Wait()
}

func TestValidatorCannotJudge(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := new(record.Validator).Validate(ctx, strings.NewReader(fullDocument()))
	require.ErrorIs(t, err, context.Canceled)
	broken := errors.New("broken")
	_, err = new(record.Validator).Validate(t.Context(), iotest.ErrReader(broken))
	require.ErrorIs(t, err, broken)
	assert.Equal(t, nx.Internal, nx.KindOf(err))
}
