package cdcs_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/cdcs"
	"github.com/nexuslims/nexuslims-go/internal/cdcstest"
	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open returns a destination for a site; more settings override the usual ones.
func open(t *testing.T, url, token string, more settings.Map) *cdcs.Destination {
	t.Helper()
	client, err := httpx.New(httpx.Options{RetryWait: time.Microsecond, MaxWait: time.Millisecond, Retries: 2, Timeout: 10 * time.Second})
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	all := settings.Map{"NX_CDCS_URL": url, "NX_CDCS_TOKEN": token}
	for k, v := range more {
		all[k] = v
	}
	host := nexuslims.Host{Client: client, Now: time.Now, Logger: slog.New(slog.DiscardHandler)}
	d, err := cdcs.NewFactory().Configure(all, host)
	require.NoError(t, err)
	require.NotNil(t, d)
	return d.(*cdcs.Destination)
}

func site(t *testing.T, o cdcstest.Options, more settings.Map) (*cdcstest.Server, *cdcs.Destination) {
	t.Helper()
	s := cdcstest.New(t, o)
	return s, open(t, s.URL, s.Token, more)
}

func document(session, titled, more string) []byte {
	return []byte(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<Experiment xmlns="` + cdcstest.Namespace + `"><title>` + titled +
		`</title><id>` + session + `</id><summary ref="https://nemo.example.org/event_details/usage/` + session + `/"><experimenter>Ned Land (ned)` +
		`</experimenter><instrument pid="TEST-TOOL">Test tool</instrument><reservationStart>2021-08-02T10:00:00-06:00</reservationStart>` +
		`<reservationEnd>2021-08-02T18:00:00-06:00</reservationEnd></summary>` + more + "</Experiment>\n")
}

func newJob(session string, xml []byte) *exporters.Job {
	digest := sha256.Sum256(xml)
	return &exporters.Job{
		Name: "2021-08-02_TEST-TOOL_" + session, XML: xml, Digest: hex.EncodeToString(digest[:]),
		Reservation: nexuslims.Reservation{Username: "ned", Email: "ned@example.org"},
	}
}

// merge is a simple Reconcile: it knows what was delivered last, keeps an edited title,
// and refuses when anything else was edited.
func merge(job *exporters.Job, delivered []byte) func([]byte) (exporters.Reconciled, error) {
	cut := func(b []byte) (before, title, after string) {
		before, rest, _ := strings.Cut(string(b), "<title>")
		title, after, _ = strings.Cut(rest, "</title>")
		return before, title, after
	}
	return func(stored []byte) (exporters.Reconciled, error) {
		_, titleThen, bodyThen := cut(delivered)
		_, titleNow, bodyNow := cut(stored)
		if bodyNow != bodyThen && string(stored) != string(job.XML) {
			return exporters.Reconciled{}, nexuslims.E(nexuslims.Conflict, "merge record", job.Name, errors.New("edited"))
		}
		before, titleNew, after := cut(job.XML)
		r := exporters.Reconciled{}
		if titleNow != titleThen && titleNow != titleNew {
			titleNew, r.Edits = titleNow, []string{"title kept"}
		}
		r.Document = []byte(before + "<title>" + titleNew + "</title>" + after)
		r.Current = string(r.Document) == string(stored)
		return r, nil
	}
}

func TestExportPublishesInOneRequest(t *testing.T) {
	for name, o := range map[string]cdcstest.Options{
		"usual": {}, "content field": {ContentField: true}, "below a path": {Prefix: "/cdcs"}, "automatic PIDs": {AutoPID: true},
		"token first": {TokenFirst: true},
	} {
		t.Run(name, func(t *testing.T) {
			s, d := site(t, o, nil)
			job := newJob("204", document("204", "A record", ""))
			receipt, err := d.Export(t.Context(), job)
			require.NoError(t, err)
			assert.Equal(t, "1", receipt.ID)
			assert.Equal(t, s.URL+"data?id=1", receipt.URL)
			assert.False(t, receipt.Partial)
			assert.Equal(t, job.Digest, receipt.Digest)
			assert.Equal(t, "1", receipt.Meta["workspace"])
			assert.Empty(t, receipt.Warnings)
			require.Len(t, s.Records(), 1)
			r := s.Records()[0]
			assert.Equal(t, []any{job.Name, 1, 1, 1}, []any{r.Title, r.Workspace, r.Owner, r.Template})
			if !o.AutoPID {
				assert.Equal(t, string(job.XML), r.XML)
			}
			assert.Zero(t, s.Asked("PATCH"))
		})
	}
}

func TestTheContentFieldIsLearnedOnce(t *testing.T) {
	s, d := site(t, cdcstest.Options{ContentField: true}, nil)
	for _, session := range []string{"1", "2", "3"} {
		_, err := d.Export(t.Context(), newJob(session, document(session, "A", "")))
		require.NoError(t, err)
	}
	assert.Equal(t, 4, s.Asked("POST rest/data/"), "one more, the first time")
	assert.Equal(t, 1, s.Asked("GET rest/template-version-manager"), "looked up once a run")
	assert.Equal(t, 1, s.Asked("GET rest/workspace"))
}

func TestUserOwnedRecords(t *testing.T) {
	on := settings.Map{"NX_CDCS_USER_OWNED_RECORDS": "true"}
	owner := func(s *cdcstest.Server) string {
		for _, u := range s.Users() {
			if u.ID == s.Records()[0].Owner {
				return u.Username
			}
		}
		return ""
	}
	export := func(t *testing.T, d *cdcs.Destination, change func(*exporters.Job)) exporters.Receipt {
		t.Helper()
		job := newJob("204", document("204", "A", ""))
		change(job)
		receipt, err := d.Export(t.Context(), job)
		require.NoError(t, err)
		assert.False(t, receipt.Partial)
		return receipt
	}
	t.Run("made when missing", func(t *testing.T) {
		s, d := site(t, cdcstest.Options{}, on)
		assert.Empty(t, export(t, d, func(*exporters.Job) {}).Warnings)
		assert.Equal(t, "ned", owner(s))
		require.NoError(t, s.CheckPasswords())
		export(t, d, func(j *exporters.Job) { j.Name = "again" })
		assert.Len(t, s.Users(), 4, "one account, remembered")
		assert.Equal(t, 1, s.Asked("GET rest/user/"))
		requests := strings.Join(s.Requests(), ",")
		assert.Less(t, strings.Index(requests, "POST rest/user/"), strings.Index(requests, "POST rest/data/"))
	})
	t.Run("by name", func(t *testing.T) {
		s, d := site(t, cdcstest.Options{}, on)
		export(t, d, func(j *exporters.Job) { j.Reservation.Username = "other" })
		assert.Equal(t, "other", owner(s))
		assert.Len(t, s.Users(), 3)
	})
	t.Run("by e-mail without case", func(t *testing.T) {
		s, d := site(t, cdcstest.Options{}, on)
		export(t, d, func(j *exporters.Job) { j.Reservation.Email = "OTHER@Example.org" })
		assert.Equal(t, "other", owner(s))
	})
	t.Run("e-mail of two accounts is nobody's", func(t *testing.T) {
		s, d := site(t, cdcstest.Options{}, on)
		s.ChangeUser("user", func(u *cdcstest.User) { u.Email = "ned@example.org" })
		s.ChangeUser("other", func(u *cdcstest.User) { u.Email = "ned@example.org" })
		export(t, d, func(*exporters.Job) {})
		assert.Equal(t, "ned", owner(s))
	})
	t.Run("from the session when the reservation is not known", func(t *testing.T) {
		s, d := site(t, cdcstest.Options{}, on)
		export(t, d, func(j *exporters.Job) { j.Reservation = nexuslims.Reservation{}; j.Session.User = "user" })
		assert.Equal(t, "user", owner(s))
	})
	t.Run("nobody", func(t *testing.T) {
		s, d := site(t, cdcstest.Options{}, on)
		export(t, d, func(j *exporters.Job) { j.Reservation = nexuslims.Reservation{} })
		assert.Zero(t, s.Asked("GET rest/user/"))
	})
	t.Run("off", func(t *testing.T) {
		s, d := site(t, cdcstest.Options{}, nil)
		export(t, d, func(*exporters.Job) {})
		assert.Zero(t, s.Asked("GET rest/user/"))
	})
	t.Run("a name that CDCS refuses", func(t *testing.T) {
		s, d := site(t, cdcstest.Options{}, on)
		receipt := export(t, d, func(j *exporters.Job) { j.Reservation.Username = "ned land" })
		require.Len(t, receipt.Warnings, 1)
		assert.Contains(t, receipt.Warnings[0], "Enter a valid username")
		assert.Equal(t, "admin", owner(s))
	})
	t.Run("no superuser", func(t *testing.T) {
		s := cdcstest.New(t, cdcstest.Options{})
		d := open(t, s.URL, s.UserToken("user"), on)
		receipt := export(t, d, func(*exporters.Job) {})
		require.Len(t, receipt.Warnings, 1)
		assert.Equal(t, "user", owner(s))
	})
	t.Run("giving away refused", func(t *testing.T) {
		s, d := site(t, cdcstest.Options{}, on)
		s.Inject(cdcstest.Fault{Method: "PATCH", Status: 500, Body: `{"message":"User matching query does not exist."}`})
		receipt := export(t, d, func(*exporters.Job) {})
		require.Len(t, receipt.Warnings, 1)
		assert.Contains(t, receipt.Warnings[0], "User matching query")
	})
	t.Run("made by somebody quicker", func(t *testing.T) {
		s, d := site(t, cdcstest.Options{}, on)
		s.Inject(cdcstest.Fault{Method: "POST", Path: "rest/user/", Times: 1, Before: func() {
			s.ChangeUser("other", func(u *cdcstest.User) { u.Username = "ned" })
		}})
		assert.Empty(t, export(t, d, func(*exporters.Job) {}).Warnings)
		assert.Len(t, s.Users(), 3)
		assert.Equal(t, "ned", owner(s))
	})
}

func TestInterruptedDeliveryIsContinued(t *testing.T) {
	s, d := site(t, cdcstest.Options{}, settings.Map{"NX_CDCS_USER_OWNED_RECORDS": "true"})
	job := newJob("204", document("204", "A", ""))
	stop := errors.New("power cut")
	var noted []exporters.Receipt
	job.Progress = func(_ context.Context, r exporters.Receipt) error {
		noted = append(noted, r)
		return stop
	}
	receipt, err := d.Export(t.Context(), job)
	require.ErrorIs(t, err, stop)
	require.Len(t, noted, 1)
	assert.Equal(t, "1", receipt.ID)
	assert.True(t, receipt.Partial)
	assert.Equal(t, cdcs.StepAssigned, receipt.Step)

	job.Progress, job.Earlier = nil, &noted[0]
	receipt, err = d.Export(t.Context(), job)
	require.NoError(t, err)
	assert.False(t, receipt.Partial)
	assert.Equal(t, cdcs.StepDone, receipt.Step)
	require.Len(t, s.Records(), 1)
	assert.Equal(t, 4, s.Records()[0].Owner)
	assert.Zero(t, s.Asked("PATCH rest/data/1/assign")+s.Asked("PATCH rest/data/1/ "), "only what was missing")
}

// A site that ignores the workspace of a create gets it by the second way.
func TestWorkspaceIsAssignedWhereTheCreateDidNot(t *testing.T) {
	s, d := site(t, cdcstest.Options{}, nil)
	s.Put(cdcstest.Record{ID: 7, Owner: 1, Template: 1, Title: "2021-08-02_TEST-TOOL_204", XML: string(document("204", "A", ""))})
	job := newJob("204", document("204", "A", ""))
	job.Earlier = &exporters.Receipt{ID: "7", Partial: true, Step: cdcs.StepCreated, Digest: job.Digest}
	s.Inject(cdcstest.Fault{Method: "PATCH", Path: "rest/data/7/assign/1", Status: 403, Times: 1, Body: `{"message":"The user doesn't have enough rights to access this document."}`})
	receipt, err := d.Export(t.Context(), job)
	require.ErrorIs(t, err, nexuslims.Permission)
	assert.Equal(t, []any{"7", true, cdcs.StepCreated}, []any{receipt.ID, receipt.Partial, receipt.Step})

	job.Earlier = &receipt
	receipt, err = d.Export(t.Context(), job)
	require.NoError(t, err)
	assert.False(t, receipt.Partial)
	assert.Equal(t, 1, s.Records()[0].Workspace)
	assert.Len(t, s.Records(), 1)
}

func TestPartialRecordThatIsGoneIsCreatedAnew(t *testing.T) {
	s, d := site(t, cdcstest.Options{}, nil)
	job := newJob("204", document("204", "A", ""))
	job.Earlier = &exporters.Receipt{ID: "7", Partial: true, Step: cdcs.StepCreated}
	_, err := d.Export(t.Context(), job)
	require.NoError(t, err)
	assert.Len(t, s.Records(), 1)
}

func TestTitles(t *testing.T) {
	long := strings.Repeat("ü", 300)
	for name, c := range map[string]struct {
		name string
		want string // "": refused
	}{
		"usual":            {"2021-08-02_TEST-TOOL_204", "2021-08-02_TEST-TOOL_204"},
		"outer blanks":     {"  outer\t", "outer"},
		"slash and quotes": {`a/b "c" <d> ’é`, `a/b "c" <d> ’é`},
		"NUL":              {"a\x00b\nc", "a_b_c"},
		"200 bytes":        {long[:200], long[:200]},
		"dollar":           {"a$b", "a_b"},
		"not UTF-8":        {"a\xffb", "a_b"},
		"blank":            {" ", ""},
		"dots":             {"...", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, d := site(t, cdcstest.Options{}, nil)
			job := newJob("204", document("204", "A", ""))
			job.Name = c.name
			_, err := d.Export(t.Context(), job)
			if c.want == "" {
				require.ErrorIs(t, err, nexuslims.Invalid)
				assert.Empty(t, s.Requests())
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.want, s.Records()[0].Title)
			_, found, err := d.Find(t.Context(), job)
			require.NoError(t, err)
			assert.True(t, found)
		})
	}
	t.Run("long ones stay distinct", func(t *testing.T) {
		s, d := site(t, cdcstest.Options{}, nil)
		for i, end := range []string{"a", "b"} {
			job := newJob("204", document("204", "A", ""))
			job.Name = long + end
			receipt, err := d.Export(t.Context(), job)
			require.NoError(t, err)
			assert.NotEmpty(t, receipt.Warnings)
			assert.InDelta(t, 200, len(s.Records()[i].Title), 1)
		}
		assert.NotEqual(t, s.Records()[0].Title, s.Records()[1].Title)
	})
}

func TestDelete(t *testing.T) {
	s, d := site(t, cdcstest.Options{}, nil)
	receipt, err := d.Export(t.Context(), newJob("204", document("204", "A", "")))
	require.NoError(t, err)
	require.NoError(t, d.Delete(t.Context(), receipt))
	assert.Empty(t, s.Records())
	require.NoError(t, d.Delete(t.Context(), receipt), "gone already")
	require.ErrorIs(t, d.Delete(t.Context(), exporters.Receipt{ID: "../user/1"}), nexuslims.Invalid)
	require.NoError(t, d.Close())
	require.NoError(t, d.Close())
}
