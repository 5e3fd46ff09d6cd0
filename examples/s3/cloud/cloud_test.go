package cloud_test

import (
	"bytes"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/examples/s3/cloud"
	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/exportertest"
	"github.com/nexuslims/nexuslims-go/exporters/httpclient"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// open opens the destination as the program would; more settings override the usual ones.
func open(tb testing.TB, more exportertest.Settings) exporters.Destination {
	tb.Helper()
	client, err := httpclient.New(httpclient.Options{Retries: 1, RetryWait: time.Microsecond, MaxWait: time.Millisecond})
	require.NoError(tb, err)
	tb.Cleanup(client.CloseIdleConnections)
	d, err := cloud.NewFactory().Configure(more, nexuslims.Host{Client: client})
	require.NoError(tb, err)
	require.NotNil(tb, d)
	return d
}

// settings are those of the double.
func (d *double) settings() exportertest.Settings {
	return exportertest.Settings{
		"NX_S3_URL": "s3://" + bucket, "NX_S3_ENDPOINT": d.URL, "NX_S3_REGION": region, "NX_S3_PATH_STYLE": "yes",
		"NX_S3_ACCESS_KEY_ID": keyID, "NX_S3_SECRET_ACCESS_KEY": secret, "NX_S3_PREFIX": "/nexus/",
	}
}

func TestConformanceOfS3(t *testing.T) {
	exportertest.Run(t, exportertest.Harness{New: func(tb testing.TB) exportertest.Site {
		tb.Helper()
		s := newDouble(tb)
		answer := func(status int) func() { return func() { s.set(func() { s.status = status }) } }
		return exportertest.Site{
			Open:      func(tb testing.TB) exporters.Destination { return open(tb, s.settings()) },
			Count:     func() int { return len(s.named("manifest.json")) },
			Documents: func() [][]byte { return s.named("record.xml") },
			Edit: func() {
				s.set(func() {
					for key, o := range s.objects {
						if path.Base(key) == "record.xml" {
							s.objects[key] = object{append(bytes.Clone(o.data), "<!-- edited -->"...), http.Header{}}
						}
					}
				})
			},
			Remove:   func() { s.set(func() { clear(s.objects) }) },
			Requests: func() (n int) { s.set(func() { n = len(s.asked) }); return n },
			Fail: func(n int, carriedOut bool) {
				s.set(func() { s.fault, s.carriedOut = len(s.asked)+n, carriedOut })
			},
			Refuse: answer(403), Throttle: answer(503), Stall: answer(stalled),
			Heal:    func() { s.set(func() { s.fault, s.status = 0, 0 }) },
			Secrets: []string{secret},
		}
	}})
}

// A file too large for one request goes up in parts, each signed, and is there as a whole.
func TestLargeFiles(t *testing.T) {
	s := newDouble(t)
	dir := t.TempDir()
	content := bytes.Repeat([]byte("0123456789abcdef"), 20<<20/16)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "tool"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tool", "grain 1.tif"), content, 0o600))
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, root.Close()) })
	settings := s.settings()
	settings["NX_S3_FILES"] = "all"
	job := exportertest.NewJob(1, "Grains", exporters.Files{Instruments: root})
	receipt, err := open(t, settings).Export(t.Context(), job)
	require.NoError(t, err)
	assert.Len(t, receipt.Warnings, 1, "of the file that is missing")
	stored := s.objects[path.Dir(receipt.ID)+"/data/tool/grain 1.tif"]
	assert.True(t, bytes.Equal(content, stored.data))
	assert.Empty(t, s.uploads)
	assert.Len(t, stored.head["X-Amz-Meta-Nexuslims-Sha256"], 1)
	parts := 0
	for _, request := range s.asked {
		if strings.Contains(request, "partNumber") {
			parts++
		}
	}
	assert.Greater(t, parts, 1)
}

func TestS3Failures(t *testing.T) {
	for name, c := range map[string]struct {
		change exportertest.Settings
		want   nexuslims.Kind
		says   string
	}{
		"wrong secret": {exportertest.Settings{"NX_S3_SECRET_ACCESS_KEY": "another"}, nexuslims.Permission, "SignatureDoesNotMatch"},
		"wrong bucket": {exportertest.Settings{"NX_S3_URL": "s3://nowhere"}, nexuslims.Invalid, "no such bucket"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newDouble(t)
			settings := s.settings()
			for k, v := range c.change {
				settings[k] = v
			}
			d := open(t, settings)
			_, err := d.Export(t.Context(), exportertest.NewJob(1, "Grains", exporters.Files{}))
			require.ErrorIs(t, err, c.want)
			require.ErrorContains(t, err, c.says)
			assert.NotContains(t, err.Error(), "c4nary")
			require.Error(t, d.(exporters.Checker).Check(t.Context()))
		})
	}
}

func TestFolder(t *testing.T) {
	dir := filepath.ToSlash(t.TempDir())
	job := exportertest.NewJob(1, "Grains", exporters.Files{})
	d := open(t, exportertest.Settings{"NX_S3_URL": "file://" + dir, "NX_S3_PUBLIC_URL": "https://files.example.org/nexus/"})
	receipt, err := d.Export(t.Context(), job)
	require.NoError(t, err)
	require.NoError(t, d.Close())
	assert.Equal(t, "https://files.example.org/nexus/TEST-TOOL/2024/05/2024-05-06_TEST-TOOL_1001/", receipt.URL)
	stored, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path.Dir(receipt.ID)), "record.xml"))
	require.NoError(t, err)
	assert.Equal(t, string(job.XML), string(stored))

	gone := open(t, exportertest.Settings{"NX_S3_URL": "file://" + dir + "/gone"})
	_, err = gone.Export(t.Context(), job)
	require.Error(t, err)
	assert.NoDirExists(t, dir+"/gone", "an unmounted folder is not made")
}

func TestConfig(t *testing.T) {
	for name, c := range map[string]struct {
		set   exportertest.Settings
		on    bool
		fault string // variable at fault
	}{
		"nothing":            {exportertest.Settings{}, false, ""},
		"account of its own": {exportertest.Settings{"NX_S3_URL": "s3://b"}, true, ""},
		"keys":               {exportertest.Settings{"NX_S3_URL": "s3://b", "NX_S3_ACCESS_KEY_ID": "k", "NX_S3_SECRET_ACCESS_KEY": "s"}, true, ""},
		"google":             {exportertest.Settings{"NX_S3_URL": "gs://b"}, true, ""},
		"azure":              {exportertest.Settings{"NX_S3_URL": "azblob://c", "NX_S3_ACCESS_KEY_ID": "account"}, true, ""},
		"folder":             {exportertest.Settings{"NX_S3_URL": "file:///srv/records"}, true, ""},
		"half a key":         {exportertest.Settings{"NX_S3_URL": "s3://b", "NX_S3_ACCESS_KEY_ID": "k"}, false, "NX_S3_ACCESS_KEY_ID"},
		"no account":         {exportertest.Settings{"NX_S3_URL": "azblob://c"}, false, "NX_S3_ACCESS_KEY_ID"},
		"no store":           {exportertest.Settings{"NX_S3_URL": "ftp://b"}, false, "NX_S3_URL"},
		"bucket alone":       {exportertest.Settings{"NX_S3_URL": "b"}, false, "NX_S3_URL"},
		"no bucket":          {exportertest.Settings{"NX_S3_URL": "s3:///"}, false, "NX_S3_URL"},
		"path":               {exportertest.Settings{"NX_S3_URL": "s3://b/prefix"}, false, "NX_S3_URL"},
		"query":              {exportertest.Settings{"NX_S3_URL": "s3://b?region=x"}, false, "NX_S3_URL"},
		"password":           {exportertest.Settings{"NX_S3_URL": "s3://u:c4nary@b"}, false, "NX_S3_URL"},
		"root":               {exportertest.Settings{"NX_S3_URL": "file:///"}, false, "NX_S3_URL"},
		"relative":           {exportertest.Settings{"NX_S3_URL": "file://records"}, false, "NX_S3_URL"},
		"files":              {exportertest.Settings{"NX_S3_URL": "s3://b", "NX_S3_FILES": "everything"}, false, "NX_S3_FILES"},
		"endpoint":           {exportertest.Settings{"NX_S3_URL": "s3://b", "NX_S3_ENDPOINT": "https://u:c4nary@h"}, false, "NX_S3_ENDPOINT"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := cloud.NewFactory().Configure(c.set, nexuslims.Host{})
			assert.Equal(t, c.on, d != nil)
			if c.fault == "" {
				require.NoError(t, err)
				return
			}
			var faults nexuslims.Faults
			require.ErrorAs(t, err, &faults)
			assert.Equal(t, c.fault, faults[0].Variable)
		})
	}
}
