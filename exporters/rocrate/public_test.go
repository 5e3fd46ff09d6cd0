package rocrate_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters/rocrate"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
)

// python returns the interpreter that NX_ROC_VALIDATOR names: one with roc-validator,
// kadi-apy and pint.
func python(t *testing.T) string {
	t.Helper()
	name := os.Getenv("NX_ROC_VALIDATOR")
	if name == "" {
		t.Skip("NX_ROC_VALIDATOR does not name a python interpreter with roc-validator and kadi-apy")
	}
	return name
}

// ask runs a script of testdata, which prints one JSON object for each crate, into all.
func ask[T any](t *testing.T, script string, args ...string) (all []T) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), python(t), append([]string{filepath.Join("testdata", script)}, args...)...)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	require.NoError(t, err, "%s", complaints.String())
	for line := range bytes.Lines(out) {
		var one T
		require.NoError(t, json.Unmarshal(line, &one), "%s", line)
		all = append(all, one)
	}
	return all
}

// small delivers a small record in a form and returns the crate.
func small(t *testing.T, form rocrate.Form) string {
	t.Helper()
	job := newFacility(t).job()
	r := &job.Record
	r.Activities, r.Collaborators = r.Activities[:1], nil
	seal(job)
	dir := t.TempDir()
	_, err := open(t, rocrate.Config{Path: dir, Forms: rocrate.Forms{form}, Checksum: true}).Export(t.Context(), job)
	require.NoError(t, err)
	return cratesOf(t, dir, form)[0]
}

// unpacked returns the folder in an .eln.
func unpacked(t *testing.T, crate string) string {
	t.Helper()
	dir := t.TempDir()
	z, err := zip.OpenReader(crate)
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(dir, z))
	require.NoError(t, z.Close())
	return filepath.Join(dir, strings.TrimSuffix(filepath.Base(crate), ".eln"))
}

// TestPublicValidator lets the public validator of RO-Crate look at a crate of each form,
// and at a broken one.
func TestPublicValidator(t *testing.T) {
	python(t)
	context := filepath.Join(testdata.Dir(t), "rocrate", "context-1.2.json")
	broken := small(t, rocrate.Folder)
	rewrite(t, broken, func(name string, data []byte) []byte {
		if name == "ro-crate-metadata.json" {
			return bytes.Replace(data, []byte(`"datePublished": "2024-05-06",`), nil, 1)
		}
		return data
	})
	crates := []string{small(t, rocrate.Folder), small(t, rocrate.Zip), unpacked(t, small(t, rocrate.ELN)), broken}
	answers := ask[struct {
		Valid  bool
		Issues []string
	}](t, "validate.py", append([]string{context}, crates...)...)
	require.Len(t, answers, len(crates))
	for i, a := range answers[:3] {
		assert.True(t, a.Valid, crates[i])
		assert.Empty(t, a.Issues, crates[i])
	}
	assert.False(t, answers[3].Valid, "the validator can fail")
	assert.Contains(t, strings.Join(answers[3].Issues, "\n"), "datePublished")
}

// spoiled returns .eln files that importers have to refuse: a file with another content
// than its digest, and a record with a part outside of the crate.
func spoiled(t *testing.T) []string {
	t.Helper()
	content, chain := small(t, rocrate.ELN), small(t, rocrate.ELN)
	rewrite(t, content, func(name string, data []byte) []byte {
		if strings.HasSuffix(name, ".tif.json") {
			return bytes.ToUpper(data)
		}
		return data
	})
	rewrite(t, chain, func(name string, data []byte) []byte {
		if strings.HasSuffix(name, "ro-crate-metadata.json") {
			return bytes.Replace(data, []byte(`"@id": "./record/grain_1.tif.json"`), []byte(`"@id": "#file-1"`), 1)
		}
		return data
	})
	return []string{content, chain}
}

// TestSampleDB imports crates with the parser of SampleDB. NX_SAMPLEDB names the folder of
// its unpacked source.
func TestSampleDB(t *testing.T) {
	python(t)
	source := os.Getenv("NX_SAMPLEDB")
	if source == "" {
		t.Skip("NX_SAMPLEDB does not name the unpacked source of SampleDB")
	}
	type quantity struct {
		Type      string `json:"_type"`
		Magnitude float64
		Units     string
	}
	answers := ask[struct {
		Refused string
		Users   []string
		Objects []struct {
			Name, Type, URL, User string
			Files, Tags, Session  []string
			Activity              map[string]json.RawMessage
		}
	}](t, "import_sampledb.py", append([]string{source, small(t, rocrate.ELN)}, spoiled(t)...)...)
	require.Len(t, answers, 3)
	a := answers[0]
	require.Empty(t, a.Refused)
	assert.Equal(t, []string{"Ada Quill"}, a.Users)
	require.Len(t, a.Objects, 1)
	o := a.Objects[0]
	assert.Equal(t, "Grain map", o.Name)
	assert.Equal(t, "measurement", o.Type)
	assert.Equal(t, "#person-aquill", o.User)
	assert.Equal(t, []string{"2024-05-06_SEM-A_5120.xml", "grain_1.tif.json", "grain_1.tif.thumb.png"}, o.Files)
	assert.Equal(t, []string{"sem-a", "f-17", "sem_imaging", "al", "cu"}, o.Tags)
	assert.Equal(t, []string{"end", "experimenter", "id", "instrument", "instrument_id", "motivation", "project", "start"}, o.Session)
	var voltage quantity
	require.NoError(t, json.Unmarshal(o.Activity["acceleration_voltage"], &voltage))
	assert.Equal(t, quantity{"quantity", 15, "kilovolt"}, voltage)
	assert.Contains(t, answers[1].Refused, "Hash mismatch")
	assert.Contains(t, answers[2].Refused, "File not found")
}

// TestKadi imports crates with the code of kadi-apy.
func TestKadi(t *testing.T) {
	type extra struct {
		Key, Type, Unit, Term string
		Value                 json.RawMessage
	}
	answers := ask[struct {
		Refused string
		Records []struct {
			Title, Description string
			Tags               []string
			Files              []struct {
				Name string
				Size int
			}
			Extras []extra
		}
	}](t, "import_kadi.py", append([]string{small(t, rocrate.ELN)}, spoiled(t)...)...)
	require.Len(t, answers, 3)
	require.Empty(t, answers[0].Refused)
	require.Len(t, answers[0].Records, 1)
	r := answers[0].Records[0]
	assert.Equal(t, "Grain map", r.Title)
	assert.Equal(t, []string{"SEM-A", "F-17", "SEM_Imaging", "Al", "Cu"}, r.Tags)
	require.Len(t, r.Files, 3)
	assert.Equal(t, "grain_1.tif.json", r.Files[1].Name)
	i := slices.IndexFunc(r.Extras, func(e extra) bool { return e.Key == "activity_1" })
	require.GreaterOrEqual(t, i, 0)
	var setup []extra
	require.NoError(t, json.Unmarshal(r.Extras[i].Value, &setup))
	const term = "https://purls.helmholtz-metadaten.de/emg/EMG_00000004"
	assert.Equal(t, extra{"acceleration_voltage", "float", "kV", term, json.RawMessage("15.0")}, setup[0])
	assert.Contains(t, answers[1].Refused, "checksum mismatch")
	assert.NotEmpty(t, answers[2].Refused)
}
