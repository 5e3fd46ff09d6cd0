package exporters_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestSafeName(t *testing.T) {
	for _, text := range []string{"2024-05-06_TEST-TOOL_1001", "grain 1.tif", "a.b", "CONTROL.txt", strings.Repeat("n", 100)} {
		assert.Equal(t, text, exporters.SafeName(text), "a name that is fit stays")
	}
	form := regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._ -]*[A-Za-z0-9]$`)
	seen := map[string]string{}
	for _, text := range []string{
		"", ".", "..", "../../etc/passwd", `..\..\windows`, "/absolute", "C:", "con", "CON", "Aux.json", "nul.", "com1", "LPT9.txt",
		"name.", "name ", " name", "a\nb", "a\x00b", "a:b", "a/b", "a*?<>|\"b", ".hidden", "é", "e\u0301", "\u202Egnp", "\xff\xfe",
		strings.Repeat("n", 300), strings.Repeat("n", 301), strings.Repeat("ü", 150), strings.Repeat("ü", 151),
	} {
		name := exporters.SafeName(text)
		assert.Regexp(t, form, name, "%q", text)
		assert.LessOrEqual(t, len(name), 100, "%q", text)
		assert.Empty(t, seen[strings.ToLower(name)], "%q has the name of another", text)
		seen[strings.ToLower(name)] = text
		assert.Equal(t, name, exporters.SafeName(name), "a safe name stays")
	}
	assert.Regexp(t, `^_gr--n-[0-9a-f]{8}\.tif$`, exporters.SafeName("gr??n.tif"), "the ending stays")
}

func TestParts(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"tool/a.tif.thumb.png", "tool/a.tif.json", "tool/a.tif"} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "tool"), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(name), 0o600))
	}
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = root.Close() })
	first := nexuslims.Dataset{Location: "/tool/a.tif", Preview: "tool/a.tif.thumb.png"}
	second := nexuslims.Dataset{Location: "/tool/a.tif", Preview: "tool/a.tif.thumb.png"} // its second signal
	other := nexuslims.Dataset{Location: "/tool/A.TIF", Preview: "../x.thumb.png"}
	job := &exporters.Job{
		Files:  exporters.Files{Instruments: root, Data: root},
		Record: nexuslims.Record{Activities: []nexuslims.Activity{{Datasets: []nexuslims.Dataset{first, second, other}}}},
	}
	names := func(set exporters.Set) (all []string) {
		for _, p := range job.Parts(set) {
			all = append(all, p.Name)
		}
		return all
	}
	assert.Empty(t, names(exporters.RecordOnly))
	previews := names(exporters.WithPreviews)
	require.Len(t, previews, 4)
	assert.Equal(t, []string{"previews/tool/a.tif.thumb.png", "metadata/tool/a.tif.json"}, previews[:2])
	all := names(exporters.WithData)
	require.Len(t, all, 6)
	assert.Equal(t, "data/tool/a.tif", all[2])
	assert.Regexp(t, `^data/tool/A.TIF-[0-9a-f]{8}$`, all[5], "not told apart by case")
	for _, name := range all {
		assert.True(t, fs.ValidPath(name), name)
	}
	parts := job.Parts(exporters.WithData)
	f, err := parts[2].Open()
	require.NoError(t, err)
	content, err := exporters.ReadAll(f, 100)
	require.NoError(t, err)
	assert.Equal(t, "tool/a.tif", string(content))
	_, err = parts[3].Open()
	assert.ErrorIs(t, err, nexuslims.NotFound)

	job.Files = exporters.Files{}
	assert.Empty(t, names(exporters.WithData), "files that nobody promised")
}

func TestSetsAreRead(t *testing.T) {
	var s exporters.Set
	require.NoError(t, s.UnmarshalText([]byte("record+previews")))
	assert.Equal(t, exporters.WithPreviews, s)
	require.Error(t, s.UnmarshalText([]byte("everything")))
}

func TestFoldersThatAreNotOpenAreNotSeen(t *testing.T) {
	root, err := os.OpenRoot(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, root.Close()) })
	for name, c := range map[string]struct {
		files exporters.Files
		seen  []bool // of a preview, a metadata file, a data file, and what is none of a record's files
	}{
		"nothing": {exporters.Files{}, []bool{false, false, false, true}},
		"data":    {exporters.Files{Data: root}, []bool{true, true, false, true}},
		"both":    {exporters.Files{Data: root, Instruments: root}, []bool{true, true, true, true}},
	} {
		t.Run(name, func(t *testing.T) {
			job := &exporters.Job{Files: c.files}
			for i, part := range []string{"previews/a.png", "metadata/a.json", "data/a", "record.xml"} {
				assert.Equal(t, c.seen[i], job.Sees(part), part)
			}
		})
	}
}
