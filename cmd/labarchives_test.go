package cmd_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/labarchives"
	"github.com/nexuslims/nexuslims-go/internal/labarchivestest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/config"
)

// quickLabArchives is the destination without the second between its calls.
func quickLabArchives() exporters.Factory {
	return labarchives.Options{Pace: time.Microsecond}.NewFactory()
}

// notebooks starts a LabArchives and has the site know how to reach it.
func (s *site) notebooks() *labarchivestest.Server {
	s.t.Helper()
	server := labarchivestest.New(s.t, labarchivestest.Options{Now: func() time.Time { return s.now }})
	s.env["NX_LABARCHIVES_URL"] = server.URL
	s.env["NX_LABARCHIVES_ACCESS_KEY_ID"], s.env["NX_LABARCHIVES_ACCESS_PASSWORD"] = server.KeyID, server.Password
	return server
}

func getUID(more ...string) []string {
	return append([]string{"config", "labarchives-get-uid", "--email", "ned@example.org"}, more...)
}

func TestLabArchivesUID(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	server := s.notebooks()
	for _, known := range []string{"", server.UserID, "another"} {
		s.env["NX_LABARCHIVES_USER_ID"] = known
		s.in = server.Token + "\nmore\n"
		o := s.run(getUID()...)
		require.Equal(t, 0, o.code, o.err)
		lines := strings.Split(o.out, "\n")
		assert.Equal(t, "UID:  "+server.UserID, lines[0], "shown although it is a secret elsewhere")
		assert.Empty(t, lines[1])
		read, faults := config.ParseDotenv(lines[2], func(string) (string, bool) { return "", false })
		require.Empty(t, faults)
		require.Len(t, read, 1)
		assert.Equal(t, []string{"NX_LABARCHIVES_USER_ID", server.UserID}, []string{read[0].Name, read[0].Value})
		assert.Equal(t, []string{"  " + server.NotebookID + "  Microscopy (default)", "  other  Other <things>"}, lines[5:7])
		assert.NotContains(t, o.out+o.err, server.Token)
	}
}

func TestLabArchivesUIDNeedsNothingElse(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	server := s.notebooks()
	s.env["NX_DATA_PATH"], s.env["NX_FILE_DELAY_DAYS"], s.env["NX_CDCS_URL"] = "/nowhere", "no", "no"
	require.NoError(t, os.WriteFile(s.path("other.env"), []byte("NX_LABARCHIVES_ACCESS_PASSWORD='"+server.Password+"'\n"), 0o600))
	delete(s.env, "NX_LABARCHIVES_ACCESS_PASSWORD")
	o := s.run(getUID("--la-password", server.Token, "--json", "--env-path", "other.env", "-v")...)
	require.Equal(t, 0, o.code, o.err)
	assert.Contains(t, o.err, "other.env")
	var result map[string]any
	require.NoError(t, json.Unmarshal([]byte(o.out), &result))
	assert.Equal(t, server.UserID, result["uid"])
	assert.Equal(t, server.Login, result["email"])
	assert.Equal(t, map[string]any{"id": server.NotebookID, "name": "Microscopy", "default": true}, result["notebooks"].([]any)[0])
}

func TestLabArchivesUIDRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args   []string
		in     string
		change func(env map[string]string)
		code   int
		want   string
	}{
		"no e-mail":          {args: []string{"config", "labarchives-get-uid"}, code: 2, want: "--email is required"},
		"argument":           {args: getUID("x"), code: 2, want: "takes no argument"},
		"no password":        {args: getUID(), in: "\n", code: 2, want: "there is no password"},
		"end of input":       {args: getUID(), code: 2, want: "there is no password"},
		"wrong password":     {args: getUID(), in: "s3cret-guess\n", code: 1, want: "4514"},
		"key id is missing":  {args: getUID(), in: "x\n", code: 2, want: "NX_LABARCHIVES_ACCESS_KEY_ID: not configured", change: func(env map[string]string) { delete(env, "NX_LABARCHIVES_ACCESS_KEY_ID") }},
		"wrong key id":       {args: getUID(), in: "x\n", code: 1, want: "4506", change: func(env map[string]string) { env["NX_LABARCHIVES_ACCESS_KEY_ID"] = "other-key-id" }},
		"wrong signature":    {args: getUID(), in: "x\n", code: 1, want: "4520", change: func(env map[string]string) { env["NX_LABARCHIVES_ACCESS_PASSWORD"] = "other-secret" }},
		"no such file":       {args: getUID("--env-path", "none.env"), in: "x\n", code: 2, want: "none.env"},
		"certificate bundle": {args: getUID(), in: "x\n", code: 2, want: "NX_CERT_BUNDLE_FILE", change: func(env map[string]string) { env["NX_CERT_BUNDLE_FILE"] = "/nowhere.pem" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			server := s.notebooks()
			if s.in = c.in; c.change != nil {
				c.change(s.env)
			}
			o := s.run(c.args...)
			assert.Equal(t, c.code, o.code, o.err)
			assert.Contains(t, o.err, c.want)
			assert.Empty(t, o.out)
			for _, secret := range append(server.Secrets(), "s3cret-guess", "other-key-id", "other-secret", "sig=", "expires=") {
				assert.NotContains(t, o.err, secret)
			}
		})
	}
}

// TestLabArchives delivers to two destinations, loses an answer, and makes another version
// of a record whose summary a person edited.
func TestLabArchives(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	records, server := s.cdcs(), s.notebooks()
	s.env["NX_LABARCHIVES_USER_ID"], s.env["NX_LABARCHIVES_NOTEBOOK_ID"] = server.UserID, server.NotebookID
	s.visit("s1", "TEM", 0, "a.tif")
	server.Inject(labarchivestest.Fault{Path: "entries/add_entry", Times: 1, LoseReply: true})
	_, o := s.build()
	require.Equal(t, 3, o.code)
	assert.Equal(t, nexuslims.BuiltNotExported, s.status("s1"))
	s.now = s.now.Add(48 * time.Hour)
	_, o = s.build()
	require.Equal(t, 0, o.code, o.err)
	assert.Equal(t, nexuslims.Completed, s.status("s1"))
	page := s.onlyPage(server)
	assert.Equal(t, []string{"NexusLIMS Records", "TEM"}, page.Path)
	assert.Contains(t, page.Entries[0].Data, records.URL+"data?id=1", "the record at CDCS is linked")
	assert.Contains(t, page.Entries[0].Data, "<img ")
	assert.Equal(t, records.Records()[0].XML, page.Entries[1].Data)

	server.Edit(page.Entries[0].ID, func(e *labarchivestest.Entry) { e.Data += "<p>Grains at last</p>" })
	s.file("TEM/late.tif", morning.Add(30*time.Minute))
	o = s.run("rebuild", "s1")
	require.Equal(t, 0, o.code, o.err+o.out)
	assert.Contains(t, o.out+o.err+s.log(), "the summary stays as it is")
	page = s.onlyPage(server)
	assert.Contains(t, page.Entries[0].Data, "<p>Grains at last</p>")
	assert.Contains(t, page.Entries[1].Data, "late.tif")

	o = s.run("verify")
	assert.Equal(t, 0, o.code, o.err+o.out)
	server.RemoveNode(page.ID)
	o = s.run("verify")
	assert.Equal(t, 3, o.code, o.out)
	assert.Equal(t, 1, strings.Count(o.out, "labarchives"), o.out)
}

func (s *site) onlyPage(server *labarchivestest.Server) labarchivestest.Page {
	s.t.Helper()
	require.Len(s.t, server.Pages(), 1)
	page := server.Pages()[0]
	require.Len(s.t, page.Entries, 2)
	return page
}
