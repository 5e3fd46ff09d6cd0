package cdcs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters/cdcs"
	"github.com/nexuslims/nexuslims-go/internal/cdcstest"
	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func TestRefusals(t *testing.T) {
	html := http.Header{"Content-Type": {"text/html; charset=utf-8"}}
	for name, c := range map[string]struct {
		fault cdcstest.Fault
		want  nexuslims.Kind
		says  string
	}{
		"bad token":      {cdcstest.Fault{Status: 403, Body: `{"detail":"Invalid token."}`}, nexuslims.Permission, "the token is refused: Invalid token."},
		"bad token, 401": {cdcstest.Fault{Status: 401, Body: `{"detail":"Invalid token."}`}, nexuslims.Permission, "the token is refused"},
		"access control": {cdcstest.Fault{Status: 403, Body: `{"message":"The user doesn't have enough rights to access this document."}`}, nexuslims.Permission, "may not do this"},
		"access, as 500": {cdcstest.Fault{Status: 500, Body: `{"message":"The user doesn't have enough rights."}`}, nexuslims.Permission, "may not do this"},
		"no right to publish": {
			cdcstest.Fault{Status: 500, Body: `{"message":"The user doesn't have enough rights to publish."}`},
			nexuslims.Permission, "NX_CDCS_ASSIGN_TO_PUBLIC_WORKSPACE",
		},
		"not valid":          {cdcstest.Fault{Status: 500, Body: `{"message":"Element 'Bad': No matching global declaration, line 1"}`}, nexuslims.Invalid, "No matching global declaration"},
		"title too long":     {cdcstest.Fault{Status: 400, Body: `{"message":{"title":["Ensure this field has no more than 200 characters."]}}`}, nexuslims.Invalid, "no more than 200"},
		"template unknown":   {cdcstest.Fault{Status: 400, Body: `{"message":{"template":["Invalid pk \"9\" - object does not exist."]}}`}, nexuslims.Invalid, "Invalid pk"},
		"no such page":       {cdcstest.Fault{Status: 404, Header: html, Body: "<h1>Not Found</h1>"}, nexuslims.Invalid, "NX_CDCS_URL"},
		"too large":          {cdcstest.Fault{Status: 413, Header: html, Body: "<h1>413</h1>"}, nexuslims.Invalid, "larger than the site takes"},
		"server broken":      {cdcstest.Fault{Status: 500, Header: html, Body: "<h1>Server Error (500)</h1>"}, nexuslims.Transient, "in trouble"},
		"maintenance page":   {cdcstest.Page("", ""), nexuslims.Invalid, "a page instead of JSON"},
		"bad gateway":        {cdcstest.Fault{Status: 502}, nexuslims.Transient, "502"},
		"unavailable":        {cdcstest.Fault{Status: 503}, nexuslims.Transient, "503"},
		"throttled":          {cdcstest.Throttle("", "", 0), nexuslims.Transient, "429"},
		"redirect":           {cdcstest.Fault{Status: 301, Header: http.Header{"Location": {"/rest/data/?x=c4nary"}}}, nexuslims.Invalid, "refused to follow"},
		"wrong success":      {cdcstest.Fault{Status: 200, Body: `{"id":7}`}, nexuslims.Invalid, "status 200 where 201 was expected"},
		"no id":              {cdcstest.Fault{Status: 201, Body: `{"title":"x"}`}, nexuslims.Invalid, "no id"},
		"hostile id":         {cdcstest.Fault{Status: 201, Body: `{"id":"1/../2"}`}, nexuslims.Invalid, "no id"},
		"not JSON":           {cdcstest.Fault{Status: 201, Body: `c4nary`}, nexuslims.Invalid, "not the expected JSON"},
		"long and dirty":     {cdcstest.Fault{Status: 500, Body: `{"message":` + quote("a\n\tb "+strings.Repeat("x", 5000)+"c4nary") + `}`}, nexuslims.Invalid, "refused: a b xxx"},
		"message with token": {cdcstest.Fault{Status: 500, Body: `{"message":"Token aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa at https://u:c4nary@h/p?k=c4nary"}`}, nexuslims.Invalid, "Token *** at https://h/p"},
	} {
		t.Run(name, func(t *testing.T) {
			s, d := site(t, cdcstest.Options{}, nil)
			c.fault.Method, c.fault.Path = "POST", "rest/data/"
			s.Inject(c.fault)
			receipt, err := d.Export(t.Context(), newJob("204", document("204", "A", "")))
			require.ErrorIs(t, err, c.want)
			require.ErrorContains(t, err, c.says)
			assert.Empty(t, receipt.ID)
			assert.Less(t, len(err.Error()), 1000)
			assert.NotContains(t, err.Error(), "\n")
			assert.NotContains(t, err.Error(), "c4nary")
			assert.NotContains(t, err.Error(), s.Token)
			assert.Equal(t, 1, s.Asked("POST rest/data/"), "a create is asked for once")
			assert.Empty(t, s.Records())
		})
	}
}

func TestNoRightToPublish(t *testing.T) {
	s := cdcstest.New(t, cdcstest.Options{})
	s.ChangeUser("user", func(u *cdcstest.User) { u.MayPublish = false })
	_, err := open(t, s.URL, s.UserToken("user"), nil).Export(t.Context(), newJob("204", document("204", "A", "")))
	require.ErrorIs(t, err, nexuslims.Permission)
	assert.Empty(t, s.Records(), "rather no record than one that nobody sees")

	off := settings.Map{"NX_CDCS_ASSIGN_TO_PUBLIC_WORKSPACE": "no"}
	receipt, err := open(t, s.URL, s.UserToken("user"), off).Export(t.Context(), newJob("204", document("204", "A", "")))
	require.NoError(t, err)
	assert.Equal(t, "none", receipt.Meta["workspace"])
}

func TestDocumentsThatAreNotValid(t *testing.T) {
	refuse := func([]byte) error { return errors.New("x: not expected., line 3") }
	s, d := site(t, cdcstest.Options{Validate: refuse}, nil)
	_, err := d.Export(t.Context(), newJob("204", document("204", "A", "")))
	require.ErrorIs(t, err, nexuslims.Invalid)
	require.ErrorContains(t, err, "not expected., line 3")
	_, err = d.Export(t.Context(), newJob("204", []byte("<a>\xff</a>")))
	require.ErrorIs(t, err, nexuslims.Invalid)
	assert.Equal(t, 1, s.Asked("POST rest/data/"))
}

func TestReadingIsRepeatedWhileTheSiteIsBusy(t *testing.T) {
	s, d := site(t, cdcstest.Options{}, nil)
	s.Inject(cdcstest.Throttle("GET", "rest/template", 2), cdcstest.Fault{Path: "rest/workspace", Status: 503, Times: 1},
		cdcstest.Fault{Path: "rest/workspace", LoseReply: true, Times: 1})
	_, err := d.Export(t.Context(), newJob("204", document("204", "A", "")))
	require.NoError(t, err)
	assert.Len(t, s.Records(), 1)
}

func TestCancelingEndsAStall(t *testing.T) {
	for _, path := range []string{"rest/template", "rest/workspace", "rest/user/", "rest/data/"} {
		t.Run(path, func(t *testing.T) {
			s, d := site(t, cdcstest.Options{}, settings.Map{"NX_CDCS_USER_OWNED_RECORDS": "true"})
			ctx, cancel := context.WithCancel(t.Context())
			s.Inject(cdcstest.Fault{Path: path, Stall: true, Before: func() { time.AfterFunc(time.Millisecond, cancel) }})
			_, err := d.Export(ctx, newJob("204", document("204", "A", "")))
			require.ErrorIs(t, err, nexuslims.Canceled)
		})
	}
}

func TestNothingListens(t *testing.T) {
	d := open(t, "http://127.0.0.1:1/", "x", nil)
	_, err := d.Export(t.Context(), newJob("204", document("204", "A", "")))
	require.ErrorIs(t, err, nexuslims.Transient)
	require.ErrorIs(t, d.Check(t.Context()), nexuslims.Transient)
}

func TestTemplates(t *testing.T) {
	nexus := cdcstest.Template{ID: 3, Title: "Nexus Experiment Schema", Content: cdcstest.Schema(cdcstest.Namespace)}
	other := cdcstest.Template{ID: 4, Title: "Other", Content: cdcstest.Schema("urn:other")}
	broken := cdcstest.Template{ID: 5, Title: "Broken", Content: "no XML"}
	old := cdcstest.Template{ID: 6, Title: "Old", Content: nexus.Content, Disabled: true}
	copied := cdcstest.Template{ID: 7, Title: "Copy", Content: nexus.Content}
	for name, c := range map[string]struct {
		all   []cdcstest.Template
		named string
		want  int // 0: an error
	}{
		"the only one":        {[]cdcstest.Template{other}, "", 4},
		"disabled ones apart": {[]cdcstest.Template{old, nexus}, "", 3},
		"by its namespace":    {[]cdcstest.Template{broken, other, old, nexus}, "", 3},
		"by its title":        {[]cdcstest.Template{nexus, copied}, "Copy", 7},
		"two of them":         {[]cdcstest.Template{nexus, copied}, "", 0},
		"none of them":        {[]cdcstest.Template{other, broken}, "", 0},
		"none at all":         {nil, "", 0},
		"title unknown":       {[]cdcstest.Template{nexus}, "Nexus", 0},
		"title disabled":      {[]cdcstest.Template{nexus, old}, "Old", 0},
	} {
		t.Run(name, func(t *testing.T) {
			s, d := site(t, cdcstest.Options{}, settings.Map{"NX_CDCS_TEMPLATE": c.named})
			s.SetTemplates(c.all...)
			_, err := d.Export(t.Context(), newJob("204", document("204", "A", "")))
			if c.want == 0 {
				require.ErrorIs(t, err, nexuslims.Invalid)
				require.ErrorIs(t, d.Check(t.Context()), nexuslims.Invalid)
				_, offered, _ := strings.Cut(err.Error(), "NX_CDCS_TEMPLATE to one of ")
				for _, template := range c.all {
					assert.Equal(t, !template.Disabled, strings.Contains(offered, fmt.Sprintf("%q", template.Title)), template.Title)
				}
				return
			}
			require.NoError(t, err)
			require.NoError(t, d.Check(t.Context()))
			assert.Equal(t, c.want, s.Records()[0].Template)
		})
	}
}

func TestWorkspaces(t *testing.T) {
	global := cdcstest.Workspace{ID: 4, Title: "Global Public Workspace", Public: true}
	group := cdcstest.Workspace{ID: 2, Title: "Group", Owner: 3, Public: true}
	mine := cdcstest.Workspace{ID: 1, Title: "Mine", Owner: 1}
	for name, c := range map[string]struct {
		all   []cdcstest.Workspace
		named string
		want  int // 0: none
		fails bool
	}{
		"the site's own":     {[]cdcstest.Workspace{mine, group, global}, "", 4, false},
		"the only public":    {[]cdcstest.Workspace{mine, group}, "", 2, false},
		"none public":        {[]cdcstest.Workspace{mine}, "", 0, false},
		"none at all":        {nil, "", 0, false},
		"two owned":          {[]cdcstest.Workspace{group, {ID: 9, Title: "B", Owner: 2, Public: true}}, "", 0, false},
		"by title":           {[]cdcstest.Workspace{global, mine}, "Mine", 1, false},
		"by number":          {[]cdcstest.Workspace{global, group}, "2", 2, false},
		"named, not there":   {[]cdcstest.Workspace{global}, "Mine", 0, true},
		"named, two of them": {[]cdcstest.Workspace{mine, {ID: 9, Title: "Mine", Owner: 1}}, "Mine", 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, d := site(t, cdcstest.Options{}, settings.Map{"NX_CDCS_WORKSPACE": c.named})
			s.SetWorkspaces(c.all...)
			receipt, err := d.Export(t.Context(), newJob("204", document("204", "A", "")))
			if c.fails {
				require.ErrorIs(t, err, nexuslims.Invalid)
				assert.Empty(t, s.Records())
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.want, s.Records()[0].Workspace)
			assert.False(t, receipt.Partial)
			check := d.Check(t.Context())
			if c.want == 0 {
				assert.Equal(t, "none", receipt.Meta["workspace"])
				assert.Len(t, receipt.Warnings, 1)
				require.ErrorIs(t, check, nexuslims.Invalid)
				return
			}
			require.NoError(t, check)
		})
	}
}

func TestCheck(t *testing.T) {
	owned := settings.Map{"NX_CDCS_USER_OWNED_RECORDS": "true"}
	t.Run("changes nothing", func(t *testing.T) {
		s, d := site(t, cdcstest.Options{}, owned)
		require.NoError(t, d.Check(t.Context()))
		for _, r := range s.Requests() {
			assert.True(t, strings.HasPrefix(r, "GET "), r)
		}
	})
	for name, o := range map[string]cdcstest.Options{"403": {}, "401": {TokenFirst: true}} {
		t.Run("bad token "+name, func(t *testing.T) {
			s, d := site(t, o, nil)
			s.Revoke()
			err := d.Check(t.Context())
			require.ErrorIs(t, err, nexuslims.Permission)
			require.ErrorContains(t, err, "CDCS authentication failed: Could not authenticate to CDCS")
		})
	}
	t.Run("no superuser", func(t *testing.T) {
		s := cdcstest.New(t, cdcstest.Options{})
		err := open(t, s.URL, s.UserToken("user"), owned).Check(t.Context())
		require.ErrorIs(t, err, nexuslims.Permission)
		require.ErrorContains(t, err, "CDCS configuration error: list accounts for NX_CDCS_USER_OWNED_RECORDS")
		require.NoError(t, open(t, s.URL, s.UserToken("user"), nil).Check(t.Context()))
	})
	t.Run("not the root", func(t *testing.T) {
		s := cdcstest.New(t, cdcstest.Options{Prefix: "/cdcs"})
		for _, root := range []string{s.URL, strings.TrimSuffix(s.URL, "/")} {
			require.NoError(t, open(t, root, s.Token, nil).Check(t.Context()), "with and without the slash")
		}
		err := open(t, strings.TrimSuffix(s.URL, "cdcs/"), s.Token, nil).Check(t.Context())
		require.ErrorIs(t, err, nexuslims.Invalid)
		require.ErrorContains(t, err, "CDCS configuration error: ")
		require.ErrorContains(t, err, "NX_CDCS_URL is not the root")
	})
}

func TestConfig(t *testing.T) {
	for name, c := range map[string]struct {
		set   settings.Map
		off   bool
		fault string // the variable at fault
	}{
		"nothing":          {settings.Map{}, true, ""},
		"switches only":    {settings.Map{"NX_CDCS_USER_OWNED_RECORDS": "yes"}, true, ""},
		"both":             {settings.Map{"NX_CDCS_URL": "https://h", "NX_CDCS_TOKEN": "any text!"}, false, "NX_CDCS_TOKEN"},
		"good":             {settings.Map{"NX_CDCS_URL": "https://h/cdcs", "NX_CDCS_TOKEN": "t0ken"}, false, ""},
		"no token":         {settings.Map{"NX_CDCS_URL": "https://h/"}, false, "NX_CDCS_TOKEN"},
		"empty token":      {settings.Map{"NX_CDCS_URL": "https://h/", "NX_CDCS_TOKEN": ""}, false, "NX_CDCS_TOKEN"},
		"no address":       {settings.Map{"NX_CDCS_TOKEN": "x"}, false, "NX_CDCS_URL"},
		"no URL":           {settings.Map{"NX_CDCS_URL": "cdcs", "NX_CDCS_TOKEN": "x"}, false, "NX_CDCS_URL"},
		"user information": {settings.Map{"NX_CDCS_URL": "https://u:p@h/", "NX_CDCS_TOKEN": "x"}, false, "NX_CDCS_URL"},
		"query":            {settings.Map{"NX_CDCS_URL": "https://h/?a=b", "NX_CDCS_TOKEN": "x"}, false, "NX_CDCS_URL"},
		"line in token":    {settings.Map{"NX_CDCS_URL": "https://h/", "NX_CDCS_TOKEN": "x\ny"}, false, "NX_CDCS_TOKEN"},
		"no bool":          {settings.Map{"NX_CDCS_URL": "https://h/", "NX_CDCS_TOKEN": "x", "NX_CDCS_USER_OWNED_RECORDS": "maybe"}, false, "NX_CDCS_USER_OWNED_RECORDS"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := cdcs.NewFactory().Configure(c.set, nexuslims.Host{})
			if c.fault != "" {
				var faults nexuslims.Faults
				require.ErrorAs(t, err, &faults)
				require.Len(t, faults, 1)
				assert.Equal(t, c.fault, faults[0].Variable)
				assert.NotContains(t, err.Error(), "any text!")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.off, d == nil)
		})
	}
	spec := cdcs.NewFactory().Spec()
	assert.Equal(t, "cdcs", spec.Name)
	assert.Equal(t, 100, spec.Priority)
	assert.False(t, spec.Local)
	_, err := cdcs.New(cdcs.Config{}, nexuslims.Host{})
	require.ErrorIs(t, err, nexuslims.Invalid)
}
