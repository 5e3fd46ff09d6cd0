package rocratetest_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/rocratetest"
)

type object = map[string]any

func ref(id string) object { return object{"@id": id} }

// model is a small good crate that tests spoil.
type model struct {
	context any
	graph   []object
	files   map[string]string
	tail    string
}

func good() *model {
	const record = "<Experiment/>\n"
	sum := sha256.Sum256([]byte(record))
	return &model{
		context: "https://w3id.org/ro/crate/1.2/context",
		files:   map[string]string{"record/r.xml": record, "ro-crate-preview.html": "<!DOCTYPE html>\n<title>x</title>\n"},
		tail:    "\n",
		graph: []object{
			{
				"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": ref("./"), "version": "1.2",
				"conformsTo": ref("https://w3id.org/ro/crate/1.2"), "sdPublisher": ref("#maker"),
			},
			{
				"@id": "./", "@type": "Dataset", "name": "n", "description": "d", "datePublished": "2024-05-06", "identifier": "s",
				"license": ref("#license"), "version": "1", "author": ref("#person"), "hasPart": []any{ref("./record/")},
				"mentions": []any{ref("#data")},
			},
			{
				"@id": "./record/", "@type": "Dataset", "name": "n", "description": "d", "genre": "experiment", "text": "<p>a<br>b</p>",
				"encodingFormat": "text/html", "hasPart": []any{ref("./record/r.xml")}, "keywords": "a,b",
				"dateCreated": "2024-05-06T09:00:00-04:00", "variableMeasured": []any{ref("#pv-a"), ref("#pv-b")},
			},
			{
				"@id": "./record/r.xml", "@type": "File", "name": "r.xml", "description": "d", "encodingFormat": "application/xml",
				"contentSize": fmt.Sprint(len(record)), "sha256": hex.EncodeToString(sum[:]),
			},
			{"@id": "#file-1", "@type": "File", "name": "f", "description": "d", "encodingFormat": "image/tiff", "localPath": "a/f"},
			{"@id": "#data", "@type": "Dataset", "name": "n", "description": "d", "hasPart": []any{ref("#file-1")}},
			{"@id": "#pv-a", "@type": "PropertyValue", "name": "a", "propertyID": "session.a", "value": 1.5, "unitCode": "http://qudt.org/vocab/unit/V"},
			{"@id": "#pv-b", "@type": "PropertyValue", "name": "b", "propertyID": "b", "value": false},
			{"@id": "#person", "@type": "Person", "name": "n", "description": "d"},
			{"@id": "#maker", "@type": "Organization", "name": "n", "description": "d", "url": "https://example.org"},
			{"@id": "#license", "@type": "CreativeWork", "name": "n", "description": "d"},
		},
	}
}

// entity finds an entity of the model.
func (m *model) entity(id string) object {
	for _, e := range m.graph {
		if e["@id"] == id {
			return e
		}
	}
	return nil
}

// set changes a property; nil takes it away.
func set(id, name string, value any) func(m *model) {
	return func(m *model) {
		m.entity(id)[name] = value
		if value == nil {
			delete(m.entity(id), name)
		}
	}
}

func (m *model) document(t *testing.T) string {
	t.Helper()
	b, err := json.MarshalIndent(object{"@context": m.context, "@graph": m.graph}, "", "  ")
	require.NoError(t, err)
	return string(b) + m.tail
}

// folder writes the model as a folder.
func (m *model) folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if _, there := m.files["ro-crate-metadata.json"]; !there {
		m.files["ro-crate-metadata.json"] = m.document(t)
	}
	for name, data := range m.files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(data), 0o600))
	}
	return dir
}

func TestGood(t *testing.T) {
	assert.Empty(t, rocratetest.Check(good().folder(t)))
}

func TestBroken(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(m *model)
		want  string
	}{
		"another context":       {func(m *model) { m.context = "https://w3id.org/ro/crate/1.3/context" }, "the context is"},
		"list of contexts":      {func(m *model) { m.context = []any{m.context} }, "the context is"},
		"no line break":         {func(m *model) { m.tail = "" }, "line break"},
		"two documents":         {func(m *model) { m.tail = "{}\n" }, "something follows"},
		"no JSON":               {func(m *model) { m.files["ro-crate-metadata.json"] = "{]\n" }, "no JSON"},
		"name twice":            {func(m *model) { m.files["ro-crate-metadata.json"] = "{\"a\": 1, \"a\": 2}\n" }, "stands behind"},
		"names not sorted":      {func(m *model) { m.files["ro-crate-metadata.json"] = "{\"b\": 1, \"a\": 2}\n" }, "stands behind"},
		"no graph":              {func(m *model) { m.files["ro-crate-metadata.json"] = "{\"@context\": 1}\n" }, "not context and graph"},
		"no preview":            {func(m *model) { delete(m.files, "ro-crate-preview.html") }, "no HTML page"},
		"script in the preview": {func(m *model) { m.files["ro-crate-preview.html"] += "<SCRIPT>" }, "runs scripts"},
		"file not described":    {func(m *model) { m.files["record/x.json"] = "{}" }, "is not described"},
		"file too deep":         {func(m *model) { m.files["record/x/y.json"] = "{}" }, "deeper"},
		"name with a blank":     {func(m *model) { m.files["record/x y.json"] = "{}" }, "importers change"},
		"hidden name":           {func(m *model) { m.files["record/.x"] = "{}" }, "importers change"},
		"device":                {func(m *model) { m.files["record/Com1.json"] = "{}" }, "device of Windows"},
		"case alone":            {func(m *model) { m.files["record/R.xml"] = "{}" }, "differ by case"},
		"like the description":  {func(m *model) { m.files["record/a_metadata.json"] = "{}" }, "looks like the description"},
		"id twice":              {func(m *model) { m.graph = append(m.graph, m.entity("#maker")) }, "is there twice"},
		"no id":                 {set("#maker", "@id", nil), "no @id"},
		"two types":             {set("./record/", "@type", []any{"Dataset", "Thing"}), "not one @type"},
		"unknown type":          {set("#maker", "@type", "Company"), "unknown type"},
		"malformed id":          {set("#maker", "@id", "#a b"), "malformed"},
		"no name":               {set("#maker", "name", nil), "has no name"},
		"no description":        {set("#person", "description", nil), "has no description"},
		"empty text":            {set("#person", "givenName", ""), "is empty"},
		"null":                  {set("#pv-b", "unitText", object(nil)), "is null"},
		"control":               {set("#person", "name", "a\x07"), "controls"},
		"no descriptor":         {set("ro-crate-metadata.json", "@id", "#x"), "no descriptor"},
		"about something else":  {set("ro-crate-metadata.json", "about", ref("./record/")), "not about the root"},
		"conforms to 1.1":       {set("ro-crate-metadata.json", "conformsTo", ref("https://w3id.org/ro/crate/1.1")), "conforms to something else"},
		"no root":               {set("./", "@id", "#root"), "no root"},
		"not published":         {set("./", "datePublished", nil), "was published"},
		"published in words":    {set("./", "datePublished", "May 2024"), "was published"},
		"no licence":            {set("./", "license", nil), "no licence"},
		"no version":            {set("./", "version", "new"), "has the version"},
		"dangling":              {set("./", "author", ref("#nobody")), "which is not there"},
		"nested":                {set("./", "author", object{"@id": "#person", "name": "n"}), "not a bare reference"},
		"wrong type of author":  {set("./", "author", ref("#maker")), "points to a Organization"},
		"two authors":           {set("./", "author", []any{ref("#person"), ref("#person")}), "not one reference"},
		"bare part":             {set("./", "hasPart", ref("./record/")), "is no array"},
		"array of one":          {set("#person", "affiliation", []any{ref("#maker")}), "array of one"},
		"empty array":           {set("#data", "hasPart", []any{}), "empty array"},
		"list of texts":         {set("./record/", "keywords", []any{"a", "b"}), "not one text"},
		"file in the root":      {set("./", "hasPart", []any{ref("./record/"), ref("#file-1")}), "other parts than the record"},
		"outside file in the record": {
			set("./record/", "hasPart", []any{ref("./record/r.xml"), ref("#file-1")}), "which is no file of the crate",
		},
		"record of another genre": {set("./record/", "genre", "sample"), "genre"},
		"description with markup": {set("./record/", "description", "<b>x</b>"), "is markup"},
		"property with an effect": {set("./record/", "citation", "x"), "has a property citation"},
		"the same on a file":      {set("./record/r.xml", "license", ref("#license")), "has a property license"},
		"script in the text":      {set("./record/", "text", "<script>alert(1)</script>"), "has the tag"},
		"attribute in the text":   {set("./record/", "text", `<p onclick="x">a</p>`), "has the tag"},
		"link to a script":        {set("./record/", "text", `<a href="javascript:x">a</a>`), "has the tag"},
		"tag left open":           {set("./record/", "text", "<p>a"), "open"},
		"empty keyword":           {set("./record/", "keywords", "a,,b"), "keywords"},
		"time without offset":     {set("./record/", "dateCreated", "2024-05-06T09:00:00"), "no instant"},
		"wrong size":              {set("./record/r.xml", "contentSize", "1"), "has the size"},
		"size as number":          {set("./record/r.xml", "contentSize", 14), "has the size"},
		"wrong digest":            {set("./record/r.xml", "sha256", strings.Repeat("0", 64)), "another SHA-256"},
		"missing file":            {func(m *model) { delete(m.files, "record/r.xml") }, "is not in the crate"},
		"no place outside":        {set("#file-1", "localPath", nil), "no localPath"},
		"no format":               {set("#file-1", "encodingFormat", "TIFF"), "of the format"},
		"address with a script":   {set("#maker", "url", "javascript:x"), "leads to"},
		"key with a blank":        {set("#pv-a", "propertyID", "session a"), "has the propertyID"},
		"key of a number":         {set("#pv-a", "propertyID", "session.1"), "has the propertyID"},
		"key as object":           {set("#pv-a", "propertyID", ref("#maker")), "has the propertyID"},
		"key twice":               {set("#pv-a", "propertyID", "b"), "there twice"},
		"key is a level":          {set("#pv-b", "propertyID", "session"), "is a level of"},
		"no value":                {set("#pv-a", "value", nil), "no value"},
		"value as object":         {set("#pv-a", "value", ref("#maker")), "no value"},
		"unit of another list":    {set("#pv-a", "unitCode", "VLT"), "has the unit"},
		"nothing points to it":    {set("./record/", "variableMeasured", []any{ref("#pv-a")}), "nothing points to"},
	} {
		t.Run(name, func(t *testing.T) {
			m := good()
			c.spoil(m)
			assert.Contains(t, strings.Join(rocratetest.Check(m.folder(t)), "\n"), c.want)
		})
	}
}

// archived writes a crate as an archive, in raw entries with sizes, as the format wants.
type archived struct {
	names []string
	files map[string]string
	raw   bool
	last  string // name of a last entry with another time
}

func (a archived) write(t *testing.T, ending string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "crate"+ending)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range a.names {
		h := &zip.FileHeader{Name: name}
		h.SetMode(0o644)
		if strings.HasSuffix(name, "/") {
			h.SetMode(fs.ModeDir | 0o755)
		}
		if name == a.last {
			h.ModifiedTime = 1 //nolint:staticcheck // raw headers are written as they are
		}
		data := a.files[name]
		if !a.raw {
			w, err := z.CreateHeader(h)
			require.NoError(t, err)
			_, err = w.Write([]byte(data))
			require.NoError(t, err)
			continue
		}
		sum := crc32.ChecksumIEEE([]byte(data))
		h.CRC32, h.CompressedSize64, h.UncompressedSize64 = sum, uint64(len(data)), uint64(len(data))
		w, err := z.CreateRaw(h)
		require.NoError(t, err)
		_, err = w.Write([]byte(data))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	return path
}

// archiveOf returns the good crate below a prefix.
func archiveOf(t *testing.T, prefix string) archived {
	t.Helper()
	m := good()
	m.files["ro-crate-metadata.json"] = m.document(t)
	a := archived{files: map[string]string{}, raw: true}
	for _, name := range []string{"ro-crate-metadata.json", "ro-crate-preview.html", "record/", "record/r.xml"} {
		a.names = append(a.names, prefix+name)
		a.files[prefix+name] = m.files[name]
	}
	return a
}

func TestArchives(t *testing.T) {
	assert.Empty(t, rocratetest.Check(archiveOf(t, "").write(t, ".zip")))
	assert.Empty(t, rocratetest.Check(archiveOf(t, "crate/").write(t, ".eln")))
	for name, c := range map[string]struct {
		spoil func(a *archived)
		want  string
	}{
		"sizes behind":     {func(a *archived) { a.raw = false }, "sizes behind it"},
		"other order":      {func(a *archived) { slices.Reverse(a.names) }, "the first entry is"},
		"no folder record": {func(a *archived) { a.names = slices.Delete(a.names, 2, 3) }, "no entry of its own"},
		"two folders":      {func(a *archived) { a.names = append(a.names, "other/x") }, "lies outside"},
		"entry twice":      {func(a *archived) { a.names = append(a.names, "crate/record/r.xml") }, "is there twice"},
		"another time":     {func(a *archived) { a.last = "crate/record/r.xml" }, "another time"},
		"files not sorted": {func(a *archived) { a.names = append(a.names, "crate/record/a.xml") }, "order of their names"},
	} {
		t.Run(name, func(t *testing.T) {
			a := archiveOf(t, "crate/")
			c.spoil(&a)
			assert.Contains(t, strings.Join(rocratetest.Check(a.write(t, ".eln")), "\n"), c.want)
		})
	}
	path := filepath.Join(t.TempDir(), "crate.zip")
	require.NoError(t, os.WriteFile(path, []byte("PK"), 0o600))
	assert.NotEmpty(t, rocratetest.Check(path))
	assert.NotEmpty(t, rocratetest.Check(path+".eln"))
	damaged := archiveOf(t, "").write(t, ".zip")
	b, err := os.ReadFile(damaged)
	require.NoError(t, err)
	b[bytes.Index(b, []byte("<Experiment/>"))]++
	require.NoError(t, os.WriteFile(damaged, b, 0o600))
	assert.Contains(t, strings.Join(rocratetest.Check(damaged), "\n"), "cannot be read")
}
