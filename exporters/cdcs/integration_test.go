package cdcs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/cdcs"
	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// realSite is what a running CDCS says of itself in cdcs.json.
type realSite struct {
	URL, Token string
	Users      map[string]struct {
		ID    int
		Token string
	}
	Workspace struct{ ID int }
}

// real returns the site of the folder NX_TEST_CDCS; without it the test is skipped.
func real(t *testing.T) realSite {
	t.Helper()
	dir := os.Getenv("NX_TEST_CDCS")
	if dir == "" {
		t.Skip("NX_TEST_CDCS names no folder with the cdcs.json of a running CDCS")
	}
	b, err := os.ReadFile(filepath.Join(dir, "cdcs.json"))
	require.NoError(t, err)
	var s realSite
	require.NoError(t, json.Unmarshal(b, &s))
	return s
}

// remote is a record as the site shows it.
type remote struct {
	ID         int
	Title      string
	Workspace  int
	Owner      string `json:"user_id"`
	XMLContent string `json:"xml_content"`
	Content    string
}

func (r remote) xml() string { return r.XMLContent + r.Content }

func (s realSite) call(t *testing.T, method, path string, body, out any) {
	t.Helper()
	request := httpx.Request{Method: method, URL: s.URL + path, Header: httpx.Token(nexuslims.NewSecret(s.Token)), Body: body}
	client, err := httpx.New(httpx.Options{})
	require.NoError(t, err)
	defer client.CloseIdleConnections()
	_, err = httpx.Call(t.Context(), client, request, out) //nolint:bodyclose // Call closes it
	require.NoError(t, err)
}

func (s realSite) record(t *testing.T, id string) remote {
	t.Helper()
	var r remote
	s.call(t, "GET", "rest/data/"+id+"/", nil, &r)
	return r
}

// edit saves a document as a person does.
func (s realSite) edit(t *testing.T, id string, change func(string) string) {
	t.Helper()
	r := s.record(t, id)
	field := "xml_content"
	if r.Content != "" {
		field = "content"
	}
	s.call(t, "PATCH", "rest/data/"+id+"/", map[string]string{field: change(r.xml())}, nil)
}

// session returns a number that no other run of the tests has.
func session() string { return strconv.FormatInt(time.Now().UnixNano(), 10) }

func TestRealCheck(t *testing.T) {
	s := real(t)
	owned := settings.Map{"NX_CDCS_USER_OWNED_RECORDS": "true"}
	require.NoError(t, open(t, s.URL, s.Token, owned).Check(t.Context()))
	require.NoError(t, open(t, strings.TrimSuffix(s.URL, "/"), s.Users["user"].Token, nil).Check(t.Context()))
	err := open(t, s.URL, s.Users["user"].Token, owned).Check(t.Context())
	require.ErrorIs(t, err, nexuslims.Permission)
	err = open(t, s.URL, strings.Repeat("0", 40), nil).Check(t.Context())
	require.ErrorIs(t, err, nexuslims.Permission)
	require.ErrorContains(t, err, "Could not authenticate to CDCS")
	err = open(t, s.URL+"nowhere/", s.Token, nil).Check(t.Context())
	require.ErrorIs(t, err, nexuslims.Invalid)
}

func TestRealLifeOfARecord(t *testing.T) {
	s := real(t)
	d := open(t, s.URL, s.Token, settings.Map{"NX_CDCS_USER_OWNED_RECORDS": "true"})
	number := session()
	job := newJob(number, document(number, "A record", ""))
	job.Reservation = nexuslims.Reservation{Username: "ned." + number, Email: "ned" + number + "@example.org"}

	_, found, err := d.Find(t.Context(), job)
	require.NoError(t, err)
	require.False(t, found)

	receipt, err := d.Export(t.Context(), job)
	require.NoError(t, err)
	t.Cleanup(func() { _ = d.Delete(context.WithoutCancel(t.Context()), receipt) })
	require.Empty(t, receipt.Warnings)
	made := s.record(t, receipt.ID)
	assert.Equal(t, job.Name, made.Title)
	assert.Equal(t, s.Workspace.ID, made.Workspace)
	assert.NotEqual(t, fmt.Sprint(s.Users["admin"].ID), made.Owner, "given to its user")

	stored, err := d.Fetch(t.Context(), receipt)
	require.NoError(t, err)
	assert.Equal(t, made.xml(), string(stored))

	hit, found, err := d.Find(t.Context(), job)
	require.NoError(t, err)
	require.True(t, found)
	assert.Equal(t, receipt.ID, hit.ID)
	assert.False(t, hit.Partial)

	second := newJob(number, document(number, "A record", "<sample><name>new</name></sample>"))
	second.Reconcile = merge(second, []byte(made.xml()))
	s.edit(t, receipt.ID, func(xml string) string { return strings.Replace(xml, "A record", "Nicer", 1) })
	_, err = d.Update(t.Context(), second, receipt)
	require.NoError(t, err)
	updated := s.record(t, receipt.ID)
	assert.Contains(t, updated.xml(), "<title>Nicer</title>")
	assert.Contains(t, updated.xml(), "<sample><name>new</name></sample>")
	assert.Equal(t, []any{made.Workspace, made.Owner, made.Title}, []any{updated.Workspace, updated.Owner, updated.Title})

	third := newJob(number, document(number, "A record", "<sample><name>newer</name></sample>"))
	third.Reconcile = merge(third, []byte(updated.xml()))
	s.edit(t, receipt.ID, func(xml string) string { return strings.Replace(xml, "Ned Land", "Conseil", 1) })
	_, err = d.Update(t.Context(), third, receipt)
	require.ErrorIs(t, err, nexuslims.Conflict)
	assert.Contains(t, s.record(t, receipt.ID).xml(), "Conseil")

	require.NoError(t, d.Delete(t.Context(), receipt))
	require.NoError(t, d.Delete(t.Context(), receipt))
	_, err = d.Update(t.Context(), third, receipt)
	require.ErrorIs(t, err, nexuslims.NotFound)
	_, err = d.Fetch(t.Context(), receipt)
	require.ErrorIs(t, err, nexuslims.NotFound)
	_, found, err = d.Find(t.Context(), job)
	require.NoError(t, err)
	assert.False(t, found)
}

func TestRealFindConfirmsByContent(t *testing.T) {
	s := real(t)
	d := open(t, s.URL, s.Token, nil)
	number := session()
	job := newJob(number, document(number, "A record", ""))
	other := newJob(number, document("9"+number, "Another session", ""))
	export := func(j *exporters.Job) exporters.Receipt {
		receipt, err := d.Export(t.Context(), j)
		require.NoError(t, err)
		t.Cleanup(func() { _ = d.Delete(context.WithoutCancel(t.Context()), receipt) })
		return receipt
	}
	export(other)
	_, found, err := d.Find(t.Context(), job)
	require.NoError(t, err)
	assert.False(t, found, "titles are not unique")

	first := export(job)
	second := export(job)
	hit, found, err := d.Find(t.Context(), job)
	require.NoError(t, err)
	require.True(t, found)
	assert.Equal(t, second.ID, hit.ID, "the newest")
	require.Len(t, hit.Warnings, 1)
	assert.Contains(t, hit.Warnings[0], second.ID+", "+first.ID)

	require.NoError(t, d.Delete(t.Context(), first))
	s.call(t, "PATCH", "rest/data/"+second.ID+"/", map[string]string{"title": "My best day " + number}, nil)
	hit, found, err = d.Find(t.Context(), job)
	require.NoError(t, err)
	require.True(t, found, "by its address")
	assert.Equal(t, second.ID, hit.ID)
}

func TestRealHostileTexts(t *testing.T) {
	s := real(t)
	d := open(t, s.URL, s.Token, nil)
	for name, title := range map[string]string{
		"path": "../../etc/passwd", "markup": `<b>"x"</b> & 'y'`, "not ASCII": "Größe µ 10–20 Å 電子", "regex": "/.*/ $ ^", "control": "a\x00b\x1fc\nd",
		"blanks": "\u00a0 x \u2003", "query": "a?b=c&d#e;f%00", "long": strings.Repeat("長", 300), "direction": "a\u202eb",
	} {
		t.Run(name, func(t *testing.T) {
			number := session()
			job := newJob(number, document(number, "]]&gt; &amp;lt;script&gt; \U0001F52C µ", "<sample><name>&amp;#1; \u202e ${x}</name></sample>"))
			job.Name = title + " " + number
			if name == "long" {
				job.Name = title
			}
			receipt, err := d.Export(t.Context(), job)
			require.NoError(t, err)
			t.Cleanup(func() { _ = d.Delete(context.WithoutCancel(t.Context()), receipt) })
			if made := s.record(t, receipt.ID); !strings.Contains(made.xml(), " pid=") {
				assert.Equal(t, string(job.XML), made.xml())
			}
			hit, found, err := d.Find(t.Context(), job)
			require.NoError(t, err)
			require.True(t, found)
			assert.Equal(t, receipt.ID, hit.ID)
		})
	}
}

func TestRealRefusals(t *testing.T) {
	s := real(t)
	number := session()
	job := newJob(number, document(number, "A record", "<nothing/>"))
	_, err := open(t, s.URL, s.Token, nil).Export(t.Context(), job)
	require.ErrorIs(t, err, nexuslims.Invalid)
	require.ErrorContains(t, err, "This element is not expected")

	job = newJob(number, document(number, "A record", ""))
	_, err = open(t, s.URL, strings.Repeat("0", 40), nil).Export(t.Context(), job)
	require.ErrorIs(t, err, nexuslims.Permission)

	admin, user := open(t, s.URL, s.Token, nil), open(t, s.URL, s.Users["user"].Token, nil)
	receipt, err := admin.Export(t.Context(), job)
	require.NoError(t, err)
	t.Cleanup(func() { _ = admin.Delete(context.WithoutCancel(t.Context()), receipt) })
	changed := newJob(number, document(number, "Changed", ""))
	_, err = user.Update(t.Context(), changed, receipt)
	require.ErrorIs(t, err, nexuslims.Permission, "somebody else's public record")
	_, err = user.Update(t.Context(), changed, cdcsReceipt("999999999"))
	require.ErrorIs(t, err, nexuslims.NotFound)
}

func cdcsReceipt(id string) exporters.Receipt {
	return exporters.Receipt{ID: id, Step: cdcs.StepDone}
}
