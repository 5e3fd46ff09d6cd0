package invenio_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/examples/invenio/invenio"
	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/exportertest"
	"github.com/nexuslims/nexuslims-go/exporters/httpclient"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// open opens the destination as the program would.
func open(tb testing.TB, d *double, more exportertest.Settings) exporters.Destination {
	tb.Helper()
	client, err := httpclient.New(httpclient.Options{Retries: -1, RetryWait: time.Microsecond, MaxWait: time.Millisecond})
	require.NoError(tb, err)
	tb.Cleanup(client.CloseIdleConnections)
	settings := exportertest.Settings{"NX_INVENIO_URL": d.URL, "NX_INVENIO_TOKEN": token}
	for k, v := range more {
		settings[k] = v
	}
	opened, err := invenio.NewFactory().Configure(settings, nexuslims.Host{Client: client})
	require.NoError(tb, err)
	return opened
}

func (d *double) documents() (all [][]byte) {
	d.set(func() {
		for _, n := range d.deposits {
			if n != nil && n.files["record.xml"] != nil {
				all = append(all, n.files["record.xml"].data)
			}
		}
	})
	return all
}

func TestConformance(t *testing.T) {
	exportertest.Run(t, exportertest.Harness{New: func(tb testing.TB) exportertest.Site {
		tb.Helper()
		s := newDouble(tb)
		answer := func(status int) func() { return func() { s.set(func() { s.status = status }) } }
		return exportertest.Site{
			Open: func(tb testing.TB) exporters.Destination { return open(tb, s, nil) },
			Count: func() (count int) {
				s.set(func() {
					for _, n := range s.deposits {
						if n != nil {
							count++
						}
					}
				})
				return count
			},
			Documents: s.documents,
			Edit: func() {
				s.set(func() {
					for _, n := range s.deposits {
						f := n.files["record.xml"]
						f.data = append(bytes.Clone(f.data), "<!-- edited -->"...)
					}
				})
			},
			Remove:   func() { s.set(func() { clear(s.deposits) }) },
			Requests: func() (n int) { s.set(func() { n = s.asked }); return n },
			Fail:     func(n int, carriedOut bool) { s.set(func() { s.fault, s.carriedOut = s.asked+n, carriedOut }) },
			Refuse:   answer(403), Throttle: answer(429), Stall: answer(stalled),
			Heal:    func() { s.set(func() { s.fault, s.status = 0, 0 }) },
			Secrets: []string{token},
		}
	}})
}

func TestPublishingMakesVersions(t *testing.T) {
	s := newDouble(t)
	d := open(t, s, exportertest.Settings{"NX_INVENIO_PUBLISH": "yes"})
	receipt, err := d.Export(t.Context(), exportertest.NewJob(1, "Grains", exporters.Files{}))
	require.NoError(t, err)
	assert.Equal(t, s.URL+"/records/r1", receipt.URL)
	next := exportertest.NewJob(1, "Second thoughts", exporters.Files{})
	again, err := d.(exporters.Updater).Update(t.Context(), next, receipt)
	require.NoError(t, err)
	assert.Equal(t, "r2", again.ID)
	assert.False(t, again.Partial)
	require.Len(t, s.deposits, 2)
	assert.True(t, s.deposits[0].published)
	assert.True(t, s.deposits[1].published)
	require.ErrorIs(t, d.(exporters.Deleter).Delete(t.Context(), again), nexuslims.Unsupported)
}

// What people changed in the description of a draft is kept, and said.
func TestEditedDescriptionIsKept(t *testing.T) {
	s := newDouble(t)
	d := open(t, s, nil)
	receipt, err := d.Export(t.Context(), exportertest.NewJob(1, "Grains", exporters.Files{}))
	require.NoError(t, err)
	assert.False(t, s.deposits[0].published, "a draft, unless publishing is asked for")
	s.deposits[0].metadata["title"] = "Theirs"
	for _, title := range []string{"Second thoughts", "Third thoughts"} {
		receipt, err = d.(exporters.Updater).Update(t.Context(), exportertest.NewJob(1, title, exporters.Files{}), receipt)
		require.NoError(t, err)
		assert.Equal(t, "Theirs", s.deposits[0].metadata["title"])
		assert.Contains(t, s.deposits[0].metadata["description"], title)
		assert.Equal(t, []string{"title was edited there and is kept"}, receipt.Warnings)
	}
}

// What the repository made of our words is no edit of people's.
func TestDescriptionThatTheRepositoryRewrites(t *testing.T) {
	s := newDouble(t)
	d := open(t, s, nil)
	receipt, err := d.Export(t.Context(), exportertest.NewJob(1, "Grains", exporters.Files{}))
	require.NoError(t, err)
	for _, title := range []string{"Second thoughts", "Third thoughts", "Fourth thoughts"} {
		receipt, err = d.(exporters.Updater).Update(t.Context(), exportertest.NewJob(1, title, exporters.Files{}), receipt)
		require.NoError(t, err)
		assert.Contains(t, s.deposits[0].metadata["description"], "</p>\n<p>"+title)
		assert.Empty(t, receipt.Warnings)
	}
}

// What was delivered stays while its folder is not mounted, or empty.
func TestFilesOutOfReachStay(t *testing.T) {
	for name, mounted := range map[string]bool{"not mounted": false, "empty": true} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.Mkdir(filepath.Join(dir, "tool"), 0o700))
			file := filepath.Join(dir, "tool", "grain 1.tif.thumb.png")
			require.NoError(t, os.WriteFile(file, []byte("preview"), 0o600))
			root, err := os.OpenRoot(dir)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, root.Close()) })
			have := exporters.Files{Data: root}
			s := newDouble(t)
			d := open(t, s, nil)
			receipt, err := d.Export(t.Context(), exportertest.NewJob(1, "Grains", have))
			require.NoError(t, err)
			if !mounted {
				have = exporters.Files{}
			}
			require.NoError(t, os.Remove(file))
			for _, title := range []string{"Grains again", "Grains once more"} {
				receipt, err = d.(exporters.Updater).Update(t.Context(), exportertest.NewJob(1, title, have), receipt)
				require.NoError(t, err)
				require.Contains(t, s.deposits[0].files, "previews__tool__grain 1.tif.thumb.png")
			}
		})
	}
}

// No text becomes markup.
func TestDescriptionHoldsItsOwnMarkupOnly(t *testing.T) {
	for _, text := range exportertest.Hostile() {
		s := newDouble(t)
		_, err := open(t, s, nil).Export(t.Context(), exportertest.NewJob(1, text, exporters.Files{}))
		require.NoError(t, err)
		decoder := xml.NewDecoder(strings.NewReader(s.deposits[0].metadata["description"].(string)))
		for {
			token, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err, "%q", text)
			if start, ok := token.(xml.StartElement); ok {
				assert.Contains(t, []string{"p", "ul", "li"}, start.Name.Local)
				assert.Empty(t, start.Attr)
			}
		}
	}
}

func TestConfig(t *testing.T) {
	for name, c := range map[string]struct {
		set   exportertest.Settings
		on    bool
		fault string
	}{
		"nothing":  {exportertest.Settings{}, false, ""},
		"good":     {exportertest.Settings{"NX_INVENIO_URL": "https://h/", "NX_INVENIO_TOKEN": "t"}, true, ""},
		"no token": {exportertest.Settings{"NX_INVENIO_URL": "https://h/"}, false, "NX_INVENIO_TOKEN"},
		"no URL":   {exportertest.Settings{"NX_INVENIO_TOKEN": "t"}, false, "NX_INVENIO_URL"},
		"access":   {exportertest.Settings{"NX_INVENIO_ACCESS": "open"}, false, "NX_INVENIO_ACCESS"},
		"projects": {exportertest.Settings{
			"NX_INVENIO_URL": "https://h/", "NX_INVENIO_TOKEN": "t", "NX_INVENIO_PUBLISH_PROJECTS": "a",
		}, false, "NX_INVENIO_PUBLISH_PROJECTS"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := invenio.NewFactory().Configure(c.set, nexuslims.Host{})
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
