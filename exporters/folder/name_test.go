package folder_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters/folder"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func hostileNames() []string {
	return []string{
		"..", ".", "", "/", "../../etc/passwd",
		`..\..\windows`, "/absolute", "C:", `C:\con.txt`, "con", "CON", "Aux.json", "nul.",
		"com1", "LPT9.txt", "COM¹",
		"name.", "name ", " name", "a\nb", "a\x00b", "a:b", "a*?<>|\"b", ".hidden", "-rf", "~",
		strings.Repeat("n", 300), strings.Repeat("ü", 150), "é", "e\u0301", "\u202Egnp", "\xff\xfe",
		"previews", "index.html", "record.json",
	}
}

func TestSafeName(t *testing.T) {
	form := regexp.MustCompile(`^[a-z0-9_][a-z0-9._-]*$`)
	device := regexp.MustCompile(`^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)
	for _, text := range hostileNames() {
		name := folder.SafeName(text)
		assert.Regexp(t, form, name, "%q", text)
		assert.NotRegexp(t, device, name, "%q", text)
		assert.LessOrEqual(t, len(name), 80, "%q", text)
		assert.False(t, strings.HasSuffix(name, "."), "%q", text)
		assert.Equal(t, name, folder.SafeName(name), "a safe name stays")
	}
	assert.Equal(t, "2018-11-13_fei-titan-tem_1001", folder.SafeName("2018-11-13_FEI-Titan-TEM_1001"))
}

func TestHostileNamesStayInside(t *testing.T) {
	store, parent := newStore(t), t.TempDir()
	site := filepath.Join(parent, "site")
	folders := make(map[string]bool)
	names := hostileNames()
	for _, name := range names {
		job := store.job(7, day(5, 6), 1)
		job.Session.ID, job.Name = name, name
		job.Record.Activities[0].Datasets[0].Name = name
		receipt := export(t, site, job)
		assert.False(t, folders[receipt.ID], "%q shares the folder of another", name)
		folders[receipt.ID] = true
		assert.Equal(t, receipt.ID, export(t, site, job).ID, "%q is found again", name)
	}
	left, err := os.ReadDir(parent)
	require.NoError(t, err)
	require.Len(t, left, 1)
	made, err := os.ReadDir(filepath.Join(site, "records"))
	require.NoError(t, err)
	assert.Len(t, made, len(names))
	lower := make(map[string]bool)
	for name := range snapshot(t, site) {
		assert.Regexp(t, `^[A-Za-z0-9._/-]+$`, name)
		assert.False(t, lower[strings.ToLower(name)], "%s differs by case only", name)
		lower[strings.ToLower(name)] = true
	}
	requireWhole(t, site)
}

func TestCollision(t *testing.T) {
	site, store := t.TempDir(), newStore(t)
	first, second := store.job(1, day(5, 6), 1), store.job(2, day(5, 6), 1)
	first.Name, second.Name = "2024-05-06_Tool_A", "2024-05-06_tool_a"
	one, two := export(t, site, first), export(t, site, second)
	assert.Equal(t, "2024-05-06_tool_a", one.ID)
	assert.Regexp(t, `^2024-05-06_tool_a-[0-9a-f]{10}$`, two.ID)
	assert.Equal(t, one.ID, export(t, site, first).ID)
	require.NoError(t, os.RemoveAll(filepath.Join(site, "index", "sessions")))
	assert.Equal(t, two.ID, export(t, site, second).ID)
	assert.Equal(t, one.ID, export(t, site, first).ID)
}

func TestLinksOutAreRefused(t *testing.T) {
	for _, dir := range []string{"records", "index", "assets"} {
		t.Run(dir, func(t *testing.T) {
			site, outside, store := t.TempDir(), t.TempDir(), newStore(t)
			require.NoError(t, os.Symlink(outside, filepath.Join(site, dir)))
			_, err := open(t, site).Export(context.Background(), store.job(7, day(5, 6), 1))
			require.Error(t, err)
			assert.Empty(t, snapshot(t, outside))
		})
	}
	t.Run("previews of a record", func(t *testing.T) {
		site, outside, store := t.TempDir(), t.TempDir(), newStore(t)
		require.NoError(t, os.WriteFile(filepath.Join(outside, "dear.txt"), nil, 0o600))
		receipt := export(t, site, store.job(7, day(5, 6), 1))
		previews := filepath.Join(site, "records", receipt.ID, "previews")
		require.NoError(t, os.RemoveAll(previews))
		require.NoError(t, os.Symlink(outside, previews))
		_, err := open(t, site).Export(context.Background(), store.job(7, day(5, 6), 1))
		assert.ErrorIs(t, err, nexuslims.Conflict)
		assert.Equal(t, map[string]string{"dear.txt": ""}, snapshot(t, outside))
	})
}

func TestSegments(t *testing.T) {
	cases := map[string][][2]string{
		"":                              nil,
		"no address":                    {{"no address", ""}},
		"see https://a.org/x.":          {{"see ", ""}, {"https://a.org/x", "https://a.org/x"}, {".", ""}},
		"(https://a.org/x)":             {{"(", ""}, {"https://a.org/x", "https://a.org/x"}, {")", ""}},
		"https://a.org/x_(y)":           {{"https://a.org/x_(y)", "https://a.org/x_(y)"}},
		"javascript:alert(1)":           {{"javascript:alert(1)", ""}},
		"http://u:p@a.org/ and http://": {{"http://u:p@a.org/ and http://", ""}},
		"https://a.org/\"onload=x <b>":  {{"https://a.org/", "https://a.org/"}, {"\"onload=x <b>", ""}},
		"http://a.org, https://b.org/?q=1": {
			{"http://a.org", "http://a.org"},
			{", ", ""},
			{"https://b.org/?q=1", "https://b.org/?q=1"},
		},
	}
	for text, want := range cases {
		assert.Equal(t, want, folder.Segments(text), "%q", text)
	}
}
