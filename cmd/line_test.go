package cmd

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

func TestReorder(t *testing.T) {
	app := Process{Plugins: new(pipeline.Plugins)}.app()
	for _, c := range []struct{ in, want string }{
		{"nexuslims extract a.dm3 --no-preview", "nexuslims extract --no-preview a.dm3"},
		{"nexuslims extract a.dm3 -p x.png -w", "nexuslims extract -p x.png -w a.dm3"},
		{"nexuslims --env-file e extract --preview-path=x a", "nexuslims --env-file e extract --preview-path=x a"},
		{"nexuslims extract -- -a.dm3", "nexuslims extract -- -a.dm3"},
		{"nexuslims instruments import f.csv --update", "nexuslims instruments import --update f.csv"},
		{"nexuslims build-records -n -vv --from none", "nexuslims build-records -n -vv --from none"},
		{"nexuslims extract db", "nexuslims extract db"},
		{"nexuslims unknown --x y", "nexuslims --x unknown y"},
		{"nexuslims", "nexuslims"},
	} {
		assert.Equal(t, c.want, strings.Join(reorder(app, strings.Fields(c.in)), " "), c.in)
	}
}

func TestBound(t *testing.T) {
	day := 24*time.Hour - time.Second
	local := func(y int, m time.Month, d, h, mi, s int) time.Time {
		return time.Date(y, m, d, h, mi, s, 0, time.Local)
	}
	for text, want := range map[string]time.Time{
		"none": {}, "ALL": {},
		"2025-03-04":                local(2025, 3, 4, 23, 59, 59),
		"20250304":                  local(2025, 3, 4, 23, 59, 59),
		"2025-W10-2":                local(2025, 3, 4, 23, 59, 59),
		"2025-03-04T05:06":          local(2025, 3, 4, 5, 6, 0),
		"2025-03-04T05:06:07":       local(2025, 3, 4, 5, 6, 7),
		"2025-03-04T05:06:07Z":      time.Date(2025, 3, 4, 5, 6, 7, 0, time.UTC),
		"2025-03-04T05:06:07-04:00": time.Date(2025, 3, 4, 9, 6, 7, 0, time.UTC),
		"2025-03-04T05:06:07+0100":  time.Date(2025, 3, 4, 4, 6, 7, 0, time.UTC),
	} {
		got, err := bound(text, day)
		require.NoError(t, err, text)
		assert.True(t, want.Equal(got), "%s: %s, not %s", text, got, want)
	}
	for _, text := range []string{"", "yesterday", "2025-13-01", "2025-02-30", "2025-W54", "2025-W53-1", "2025-03-04 05:06", "04.03.2025"} {
		_, err := bound(text, day)
		require.Error(t, err, text)
		assert.Equal(t, pipeline.ExitUsage, exitCode(err))
	}
}

func TestExitCodes(t *testing.T) {
	for want, err := range map[int]error{
		1: errors.New("x"), 2: nexuslims.Faults{{Variable: "X"}}, 4: exit{code: 4}, 3: exit{3, errors.New("y")},
	} {
		assert.Equal(t, want, exitCode(err))
	}
}

func TestLogLines(t *testing.T) {
	var out bytes.Buffer
	secrets := new(redactor)
	secrets.hide([]string{"s3cret-token"})
	h := newLineHandler(func() (io.Writer, error) { return &out, nil }, slog.LevelInfo, secrets)
	log := slog.New(h).With("session", "s 1")
	log.Debug("not shown")
	log.Info("two\nlines", "err", errors.New("token s3cret-token refused"), slog.Group("g", "a", 1))
	log.Warn("careful", "secret", nexuslims.NewSecret("s3cret-token"))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 2)
	assert.Regexp(t, `^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} nexuslims INFO: two lines session="s 1" err="token \*\*\* refused" g.a=1$`, lines[0])
	assert.Contains(t, lines[1], "WARNING: careful")
	assert.NotContains(t, out.String(), "s3cret")
}

func TestLogFileOfARun(t *testing.T) {
	dir := t.TempDir()
	at := time.Date(2025, 3, 4, 5, 6, 7, 0, time.UTC)
	for n, want := range []string{"20250304-050607_dryrun.log", "20250304-050607_dryrun-1.log"} {
		f := &logFile{folder: dir, suffix: "_dryrun", start: at}
		log := slog.New(newLineHandler(f.open, slog.LevelInfo, new(redactor)))
		path := filepath.Join(dir, "2025", "03", "04", want)
		assert.NoFileExists(t, path)
		log.Info("begin", "n", n)
		require.NoError(t, f.close())
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Contains(t, string(b), "begin")
	}
	require.NoError(t, (&logFile{folder: dir, start: at}).close(), "no line, no file")
}

func TestProgressBar(t *testing.T) {
	var out bytes.Buffer
	now := time.Date(2025, 3, 4, 5, 6, 7, 0, time.UTC)
	b := &progressBar{out: &out, width: 60, start: now, now: func() time.Time { return now }}
	now = now.Add(10 * time.Second)
	p := pipeline.Progress{Stage: "extract", Sessions: 1, Total: 3, Files: 4, OfFiles: 9, Bytes: 20_000_000}
	b.show(p)
	const line = "session 2/3 · extract · file 4/9 · 20 MB · 2 MB/s · about 20s left"
	assert.Equal(t, "\r\x1b[K"+string([]rune(line)[:59]), out.String(), "cut to the width of the terminal")
	b.show(p)
	assert.Equal(t, 1, strings.Count(out.String(), "extract"), "not more often than one can read")
	out.Reset()
	_, err := b.above(&out).Write([]byte("a line of the log\n"))
	require.NoError(t, err)
	assert.Equal(t, "\r\x1b[Ka line of the log\n", out.String(), "the bar makes way")

	none := &progressBar{now: b.now}
	none.show(p)
	none.clear()
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1500: "1.5 kB", 17_000_000: "17 MB", 4_200_000_000: "4.2 GB", 999_999: "1 MB"} {
		assert.Equal(t, want, size(n))
	}
}

func TestMiddleCut(t *testing.T) {
	assert.Equal(t, "https://ne…ools/?id=17", middleCut("https://nemo.example.org/api/tools/?id=17"))
	assert.Equal(t, "short", middleCut("short"))
}

func TestLoopback(t *testing.T) {
	for address, want := range map[string]bool{
		"http://127.0.0.1:80/": true, "http://localhost/": true, "http://[::1]:9/": true, "http://nemo.example.org/": false, "http://10.0.0.1/": false,
	} {
		assert.Equal(t, want, loopback(address), address)
	}
}
