package webdav_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/examples/destination/webdav"
	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/exportertest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestConfig(t *testing.T) {
	const address = "https://dav.example.org/records"
	for name, c := range map[string]struct {
		set   exportertest.Settings
		on    bool
		fault string // variable at fault
	}{
		"nothing":          {exportertest.Settings{}, false, ""},
		"open folder":      {exportertest.Settings{"NX_WEBDAV_URL": address}, true, ""},
		"with account":     {exportertest.Settings{"NX_WEBDAV_URL": address, "NX_WEBDAV_USER": "u", "NX_WEBDAV_PASSWORD": "p"}, true, ""},
		"no password":      {exportertest.Settings{"NX_WEBDAV_URL": address, "NX_WEBDAV_USER": "u"}, false, "NX_WEBDAV_USER"},
		"no user":          {exportertest.Settings{"NX_WEBDAV_URL": address, "NX_WEBDAV_PASSWORD": "p"}, false, "NX_WEBDAV_USER"},
		"no address":       {exportertest.Settings{"NX_WEBDAV_URL": "records"}, false, "NX_WEBDAV_URL"},
		"password in it":   {exportertest.Settings{"NX_WEBDAV_URL": "https://u:c4nary@dav.example.org/"}, false, "NX_WEBDAV_URL"},
		"token in a query": {exportertest.Settings{"NX_WEBDAV_URL": address + "?token=c4nary"}, false, "NX_WEBDAV_URL"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := webdav.NewFactory().Configure(c.set, nexuslims.Host{})
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

// A file that is there already is never put over, and an answer that got lost is no reason
// to believe that somebody else made it.
func TestExportOverAFile(t *testing.T) {
	s := newServer(t)
	job := exportertest.NewJob(1, "Grains", exporters.Files{})
	s.failAt(1, true) // made, the answer lost, asked again by the client
	receipt, err := open(t, s).Export(t.Context(), job)
	require.NoError(t, err)
	assert.Equal(t, 1, s.count())
	assert.Equal(t, s.URL+"/records/"+receipt.ID, receipt.URL)

	s.edit()
	job.Reconcile = func([]byte) (exporters.Reconciled, error) {
		return exporters.Reconciled{}, nexuslims.E(nexuslims.Conflict, "merge", job.Name, nil)
	}
	theirs := s.documents()
	_, err = open(t, s).Export(t.Context(), job)
	require.ErrorIs(t, err, nexuslims.Conflict)
	assert.Equal(t, theirs, s.documents())
}

// What somebody writes between reading and writing is read again, and not for ever.
func TestEditInTheMomentOfAnUpdate(t *testing.T) {
	s := newServer(t)
	d := open(t, s)
	receipt, err := d.Export(t.Context(), exportertest.NewJob(1, "Grains", exporters.Files{}))
	require.NoError(t, err)
	next := exportertest.NewJob(1, "Grains, second thoughts", exporters.Files{})
	edits := 1
	next.Reconcile = func(stored []byte) (exporters.Reconciled, error) {
		if edits--; edits >= 0 {
			s.edit()
		}
		return exporters.Reconciled{Document: append(stored, "<!-- merged -->"...), Edits: []string{"a comment"}}, nil
	}
	updater := d.(exporters.Updater)
	got, err := updater.Update(t.Context(), next, receipt)
	require.NoError(t, err)
	assert.Equal(t, []string{"a comment"}, got.Warnings)
	assert.Contains(t, string(s.documents()[0]), "<!-- edited --><!-- merged -->")

	edits = 1000
	_, err = updater.Update(t.Context(), next, receipt)
	require.ErrorIs(t, err, nexuslims.Conflict)
	assert.NotContains(t, string(s.documents()[0]), "<!-- merged --><!-- merged -->")
}

func TestFetchAndDelete(t *testing.T) {
	s := newServer(t)
	d := open(t, s)
	job := exportertest.NewJob(1, "Grains", exporters.Files{})
	receipt, err := d.Export(t.Context(), job)
	require.NoError(t, err)
	stored, err := d.(exporters.Fetcher).Fetch(t.Context(), receipt)
	require.NoError(t, err)
	assert.Equal(t, job.XML, stored)
	for range 2 {
		require.NoError(t, d.(exporters.Deleter).Delete(t.Context(), receipt))
		assert.Zero(t, s.count())
	}
	_, err = d.(exporters.Fetcher).Fetch(t.Context(), receipt)
	require.ErrorIs(t, err, nexuslims.NotFound)
}
