package folder_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const many = 10_000

// large makes the index of a site of ten years with 10,000 records on ten instruments,
// all of which lead to one record.
func large(tb testing.TB) string {
	tb.Helper()
	site, store := tb.TempDir(), newStore(tb)
	receipt := export(tb, site, store.job(1, day(5, 6), 1))
	var months []map[string]any
	number := 0
	for m := range 120 {
		start := time.Date(2014, time.Month(1+m), 1, 9, 0, 0, 0, time.UTC)
		name := start.Format("2006-01")
		var b bytes.Buffer
		fmt.Fprintf(&b, "nx.part(%q,[", name)
		count := many*(m+1)/120 - many*m/120
		for i := range count {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteByte('\n')
			number++
			e := largeEntry(receipt.ID, number, start.Add(time.Duration(i)*6*time.Hour))
			require.NoError(tb, json.NewEncoder(&b).Encode(e))
			b.Truncate(b.Len() - 1)
		}
		b.WriteString("\n]);\n")
		require.NoError(tb, os.WriteFile(filepath.Join(site, "index", name+".js"), b.Bytes(), 0o600))
		months = append([]map[string]any{{"name": name, "count": count, "digest": "0"}}, months...)
	}
	list, err := json.Marshal(months)
	require.NoError(tb, err)
	parts := filepath.Join(site, "index", "parts.js")
	require.NoError(tb, os.WriteFile(parts, fmt.Appendf(nil, "nx.parts(%s);\n", list), 0o600))
	return site
}

func largeEntry(folder string, n int, at time.Time) map[string]any {
	return map[string]any{
		"f": fmt.Sprintf("%s#%d", folder, n),
		"t": fmt.Sprintf("Study of grain boundaries in alloy %d after annealing", n),
		"s": at.Format("2006-01-02T15:04"), "i": fmt.Sprintf("Microscope %d", n%10), "p": fmt.Sprintf("TOOL-%d", n%10),
		"u": fmt.Sprintf("Person %d (p%d)", n%300, n%300),
		"m": "To find out how the boundaries move when the temperature rises slowly.",
		"d": map[string]int{"Image": n%40 + 1, "Spectrum": n % 3}, "a": 2, "x": []string{"DM3", "TIFF"},
		"w": fmt.Sprintf("sample %d Fe C Ni project %d tool/2024/data image_%d.dm3 image_%d.dm3", n, n%50, n, n+1),
	}
}

func BenchmarkOneMoreRecord(b *testing.B) {
	site, store := large(b), newStore(b)
	job := store.job(2, day(5, 7), 10)
	n := 0
	for b.Loop() {
		n++
		job.Session.ID, job.Name = strconv.Itoa(n), strconv.Itoa(n)
		_, err := durable(b, site).Export(context.Background(), job)
		require.NoError(b, err)
	}
}

// TestIndexInBrowser opens the index of a large site in the browser that NX_TEST_BROWSER
// names (Chromium or Chrome), as people do, from disk.
func TestIndexInBrowser(t *testing.T) {
	browser := os.Getenv("NX_TEST_BROWSER")
	if browser == "" {
		t.Skip("set NX_TEST_BROWSER to the command of Chromium")
	}
	site := large(t)
	cases := []struct{ name, hash, tally string }{
		{"all", "", "10,000 records"},
		{"words", "#q=ALLOY+4242+annealing", "2 of 10,000 records"},
		{"facets", "#instrument=Microscope+3&month=2020", "100 of 10,000 records"},
		{"nothing", "#q=unobtainium", "0 of 10,000 records"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			dom, err := exec.CommandContext(ctx, browser,
				"--headless", "--no-sandbox", "--disable-gpu",
				"--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
				"--user-data-dir="+t.TempDir(), "--virtual-time-budget=20000", "--dump-dom",
				"file://"+filepath.Join(site, "index.html")+c.hash).Output()
			require.NoError(t, err)
			assert.Contains(t, string(dom), ">"+c.tally+"<")
			rows := len(regexp.MustCompile(`class="row"`).FindAll(dom, -1))
			assert.LessOrEqual(t, rows, 200, "only what is looked at is drawn")
			for _, m := range regexp.MustCompile(`data-(loaded|drawn)="([0-9.]+)"`).FindAllSubmatch(dom, -1) {
				t.Logf("%s: %s ms", m[1], m[2])
			}
		})
	}
}
