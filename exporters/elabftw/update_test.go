package elabftw_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/internal/elabftwtest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// next returns another version of a job: another document, instrument and user.
func next(job *exporters.Job) *exporters.Job {
	n := *job
	n.XML = append([]byte(nil), job.XML...)
	n.XML = append(n.XML, "<!-- next -->\n"...)
	sum := sha256.Sum256(n.XML)
	n.Digest = hex.EncodeToString(sum[:])
	n.Name += "-b"
	n.Session.User = "conseil"
	n.Instrument.PID = "OTHER-TOOL"
	return &n
}

// stored returns a receipt as a ledger gives it back.
func stored(t *testing.T, r exporters.Receipt) exporters.Receipt {
	t.Helper()
	b, err := json.Marshal(r.Meta)
	require.NoError(t, err)
	r.Meta = nil
	require.NoError(t, json.Unmarshal(b, &r.Meta))
	return r
}

func setField(t *testing.T, e *elabftwtest.Experiment, name, attribute string, value any) {
	t.Helper()
	var m map[string]any
	require.NoError(t, json.Unmarshal([]byte(e.Metadata), &m))
	fields := m["extra_fields"].(map[string]any)
	if attribute == "" {
		delete(fields, name)
	} else {
		if fields[name] == nil {
			fields[name] = map[string]any{}
		}
		fields[name].(map[string]any)[attribute] = value
	}
	b, err := json.Marshal(m)
	require.NoError(t, err)
	e.Metadata = string(b)
}

func TestUpdateReplacesWhatIsOurs(t *testing.T) {
	for _, version := range []string{"5.3.11", "5.6.12"} {
		s := newServer(t, elabftwtest.Options{Version: version})
		job := newJob()
		first, err := open(t, s.URL, s.Key, nil).Export(t.Context(), job)
		require.NoError(t, err)
		n := next(job)
		n.Previous = nil // the link stays although CDCS is out of reach this time
		second, err := open(t, s.URL, s.Key, nil).Update(t.Context(), n, stored(t, first))
		require.NoError(t, err)
		assert.Equal(t, first.ID, second.ID)
		assert.Empty(t, second.Warnings)
		assert.Equal(t, n.Digest, second.Digest)
		require.Len(t, s.All(), 1)
		e := s.All()[0]
		assert.Equal(t, "NexusLIMS Experiment - "+n.Name, e.Title)
		assert.Equal(t, strings.NewReplacer("TEST-TOOL", "OTHER-TOOL", ": ned<", ": conseil<", "</strong>: ned", "</strong>: conseil").Replace(wantBody), e.Body)
		assert.Equal(t, []any{"OTHER-TOOL", "conseil", link}, []any{
			extraField(t, e, "Instrument")["value"], extraField(t, e, "User")["value"], extraField(t, e, "CDCS Record")["value"],
		})
		assert.Equal(t, []string{"NexusLIMS", "OTHER-TOOL", "conseil"}, e.Tags)
		require.Len(t, e.Uploads, 2)
		assert.Equal(t, []int{2, 1}, []int{e.Uploads[0].State, e.Uploads[1].State}, "the earlier document is in the archive")
		assert.Equal(t, string(n.XML), string(e.Uploads[1].Content))
		assert.Equal(t, []string{n.Name + ".xml", "NexusLIMS XML record"}, []string{e.Uploads[1].RealName, e.Uploads[1].Comment})

		before := len(s.Requests())
		third, err := open(t, s.URL, s.Key, nil).Update(t.Context(), n, stored(t, second))
		require.NoError(t, err)
		assert.Empty(t, third.Warnings)
		assert.Equal(t, []string{"GET experiments/41"}, s.Requests()[before:], "nothing to do")
	}
}

// TestPeoplesEditsStay changes one part of an experiment as a person does. That part stays
// in all later versions, everything else is brought up to date.
func TestPeoplesEditsStay(t *testing.T) {
	const title, text = "Grains at last", "<h1>My notes</h1>"
	for name, c := range map[string]struct {
		edit  func(t *testing.T, e *elabftwtest.Experiment)
		stays func(t *testing.T, e elabftwtest.Experiment) bool
		says  string
	}{
		"title": {
			func(_ *testing.T, e *elabftwtest.Experiment) { e.Title = title },
			func(_ *testing.T, e elabftwtest.Experiment) bool { return e.Title == title }, "people changed the title",
		},
		"text": {
			func(_ *testing.T, e *elabftwtest.Experiment) { e.Body = text },
			func(_ *testing.T, e elabftwtest.Experiment) bool { return e.Body == text }, "people changed the text",
		},
		"a word added": {
			func(_ *testing.T, e *elabftwtest.Experiment) { e.Body += "<p>!</p>" },
			func(_ *testing.T, e elabftwtest.Experiment) bool { return e.Body == wantBody+"<p>!</p>" }, "people changed the text",
		},
		"text taken away": {
			func(_ *testing.T, e *elabftwtest.Experiment) { e.Body = "" },
			func(_ *testing.T, e elabftwtest.Experiment) bool { return e.Body == "" }, "people changed the text",
		},
		"text as Markdown": {
			func(_ *testing.T, e *elabftwtest.Experiment) { e.Body, e.ContentType = "# My notes", 2 },
			func(_ *testing.T, e elabftwtest.Experiment) bool { return e.Body == "# My notes" && e.ContentType == 2 }, "people changed the text",
		},
		"value of a field": {
			func(t *testing.T, e *elabftwtest.Experiment) { setField(t, e, "User", "value", "Ned Land") },
			func(t *testing.T, e elabftwtest.Experiment) bool {
				return extraField(t, e, "User")["value"] == "Ned Land"
			}, `"User" has another value`,
		},
		"emptied field": {
			func(t *testing.T, e *elabftwtest.Experiment) { setField(t, e, "User", "value", "") },
			func(t *testing.T, e elabftwtest.Experiment) bool { return extraField(t, e, "User")["value"] == "" }, `"User" has another value`,
		},
		"attribute of a field": {
			func(t *testing.T, e *elabftwtest.Experiment) { setField(t, e, "User", "description", "who") },
			func(t *testing.T, e elabftwtest.Experiment) bool {
				return extraField(t, e, "User")["description"] == "who" && extraField(t, e, "User")["value"] != "ned"
			}, "",
		},
		"field moved to another group": {
			func(t *testing.T, e *elabftwtest.Experiment) { setField(t, e, "User", "group_id", 9) },
			func(t *testing.T, e elabftwtest.Experiment) bool {
				return extraField(t, e, "User")["group_id"] == 9.0 && extraField(t, e, "User")["value"] != "ned"
			}, "",
		},
		"removed field": {
			func(t *testing.T, e *elabftwtest.Experiment) { setField(t, e, "User", "", nil) },
			func(t *testing.T, e elabftwtest.Experiment) bool { return extraField(t, e, "User") == nil }, `"User" was removed`,
		},
		"field of their own": {
			func(t *testing.T, e *elabftwtest.Experiment) { setField(t, e, "Grid", "value", "Cu") },
			func(t *testing.T, e elabftwtest.Experiment) bool { return extraField(t, e, "Grid")["value"] == "Cu" }, "",
		},
		"key": {
			func(t *testing.T, e *elabftwtest.Experiment) { setField(t, e, "Session ID", "value", "x") },
			func(t *testing.T, e elabftwtest.Experiment) bool {
				return extraField(t, e, "Session ID")["value"] == "x"
			}, "not found by it",
		},
		"removed key": { // it is the one field that comes back
			func(t *testing.T, e *elabftwtest.Experiment) { setField(t, e, "Session ID", "", nil) },
			func(t *testing.T, e elabftwtest.Experiment) bool {
				return extraField(t, e, "Session ID")["value"] == "https://nemo.example.org/event_details/usage/1001/"
			}, "",
		},
		"emptied key": {
			func(t *testing.T, e *elabftwtest.Experiment) { setField(t, e, "Session ID", "value", "") },
			func(t *testing.T, e elabftwtest.Experiment) bool {
				return extraField(t, e, "Session ID")["value"] == "https://nemo.example.org/event_details/usage/1001/"
			}, "",
		},
		"groups that are none": {
			func(_ *testing.T, e *elabftwtest.Experiment) {
				e.Metadata = strings.Replace(e.Metadata, `"extra_fields_groups":[`, `"extra_fields_groups":{},"before":[`, 1)
			},
			func(_ *testing.T, e elabftwtest.Experiment) bool {
				return strings.Contains(e.Metadata, `"extra_fields_groups":{}`)
			}, "",
		},
		"groups of another name": {
			func(_ *testing.T, e *elabftwtest.Experiment) {
				e.Metadata = strings.Replace(e.Metadata, "Session Information", "Our session", 1)
			},
			func(_ *testing.T, e elabftwtest.Experiment) bool {
				return strings.Contains(e.Metadata, `"name":"Our session"`) && !strings.Contains(e.Metadata, "Session Information")
			}, "",
		},
		"metadata that are none": {
			func(_ *testing.T, e *elabftwtest.Experiment) { e.Metadata = `["mine"]` },
			func(_ *testing.T, e elabftwtest.Experiment) bool { return e.Metadata == `["mine"]` }, "not understood",
		},
		"tag taken away": {
			func(_ *testing.T, e *elabftwtest.Experiment) { e.Tags = e.Tags[1:] },
			func(_ *testing.T, e elabftwtest.Experiment) bool {
				return strings.Join(e.Tags, "|") == "OTHER-TOOL|conseil"
			}, "",
		},
		"tag of their own": {
			func(_ *testing.T, e *elabftwtest.Experiment) { e.Tags = append(e.Tags, "grains") },
			func(_ *testing.T, e elabftwtest.Experiment) bool {
				return strings.Join(e.Tags, "|") == "NexusLIMS|grains|OTHER-TOOL|conseil"
			}, "",
		},
		"name of the attachment": {
			func(_ *testing.T, e *elabftwtest.Experiment) { e.Uploads[0].RealName = "mine.xml" },
			func(_ *testing.T, e elabftwtest.Experiment) bool { return e.Attached()[0].RealName == "mine.xml" }, "",
		},
		"comment of the attachment": {
			func(_ *testing.T, e *elabftwtest.Experiment) { e.Uploads[0].Comment = "mine" },
			func(_ *testing.T, e elabftwtest.Experiment) bool { return e.Attached()[0].Comment == "mine" }, "",
		},
		"file of their own": {
			func(_ *testing.T, e *elabftwtest.Experiment) {
				e.Uploads = append(e.Uploads, elabftwtest.Upload{ID: 999, RealName: "other.xml", State: 1})
			},
			func(_ *testing.T, e elabftwtest.Experiment) bool { return len(e.Attached()) == 2 }, "",
		},
		"attachment taken away": {
			func(_ *testing.T, e *elabftwtest.Experiment) { e.Uploads = nil },
			func(_ *testing.T, e elabftwtest.Experiment) bool { return len(e.Attached()) == 1 }, "attached again",
		},
		"category": {
			func(_ *testing.T, e *elabftwtest.Experiment) { e.Category, e.Status = 1, 2 },
			func(_ *testing.T, e elabftwtest.Experiment) bool { return e.Category == 1 && e.Status == 2 }, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, elabftwtest.Options{})
			job := newJob()
			receipt, err := open(t, s.URL, s.Key, nil).Export(t.Context(), job)
			require.NoError(t, err)
			s.Edit(41, func(e *elabftwtest.Experiment) { c.edit(t, e) })
			first := next(job)
			receipt, err = open(t, s.URL, s.Key, nil).Update(t.Context(), first, stored(t, receipt))
			require.NoError(t, err)
			e := s.Experiments()[0]
			assert.True(t, c.stays(t, e), "after the first version: %s %s %s", e.Title, e.Body, e.Metadata)
			said := strings.Join(receipt.Warnings, "\n")
			assert.Contains(t, said, c.says)
			assert.Equal(t, c.says == "", said == "", said)
			assert.Contains(t, e.Title+e.Body+e.Metadata, "conseil", "the rest is up to date")
			assert.Equal(t, string(first.XML), string(e.Attached()[len(e.Attached())-1].Content))

			second := next(first)
			second.Session.User = "aronnax"
			if name != "tag taken away" && name != "tag of their own" { // their lists name the tags
				_, err = open(t, s.URL, s.Key, nil).Update(t.Context(), second, stored(t, receipt))
				require.NoError(t, err)
				e = s.Experiments()[0]
				assert.True(t, c.stays(t, e), "after the second version: %s %s %s", e.Title, e.Body, e.Metadata)
			}
			assert.Len(t, s.All(), 1)
		})
	}
}

// TestEditedAttachment: the document goes through Reconcile; without one only what was
// delivered last is replaced.
func TestEditedAttachment(t *testing.T) {
	s := newServer(t, elabftwtest.Options{})
	job := newJob()
	receipt, err := open(t, s.URL, s.Key, nil).Export(t.Context(), job)
	require.NoError(t, err)
	n := next(job)
	s.Replace(41, s.Experiments()[0].Uploads[0].ID, []byte("theirs"))
	before := s.All()
	_, err = open(t, s.URL, s.Key, nil).Update(t.Context(), n, stored(t, receipt))
	require.ErrorIs(t, err, nexuslims.Conflict)
	assert.Equal(t, before, s.All(), "nothing was changed")

	n.Reconcile = func([]byte) (exporters.Reconciled, error) {
		return exporters.Reconciled{}, nexuslims.E(nexuslims.Conflict, "merge", "", errors.New("edited"))
	}
	_, err = open(t, s.URL, s.Key, nil).Update(t.Context(), n, stored(t, receipt))
	require.ErrorIs(t, err, nexuslims.Conflict)
	assert.Equal(t, before, s.All(), "nothing was changed")

	n.Reconcile = func(theirs []byte) (exporters.Reconciled, error) {
		assert.Equal(t, "theirs", string(theirs))
		return exporters.Reconciled{Document: []byte("merged"), Edits: []string{"title kept"}}, nil
	}
	receipt, err = open(t, s.URL, s.Key, nil).Update(t.Context(), n, stored(t, receipt))
	require.NoError(t, err)
	assert.Contains(t, strings.Join(receipt.Warnings, "\n"), "title kept")
	assert.Equal(t, "merged", string(s.Experiments()[0].Attached()[0].Content))
}

func TestLockedAndArchivedAreConflicts(t *testing.T) {
	for name, edit := range map[string]func(e *elabftwtest.Experiment){
		"lock":                      func(e *elabftwtest.Experiment) { e.Locked = true },
		"unarchive":                 func(e *elabftwtest.Experiment) { e.State = 2 },
		"Pierre Aronnax is editing": func(e *elabftwtest.Experiment) { e.EditedBy = "Pierre Aronnax" },
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, elabftwtest.Options{})
			job := newJob()
			receipt, err := open(t, s.URL, s.Key, nil).Export(t.Context(), job)
			require.NoError(t, err)
			s.Edit(41, edit)
			before := s.All()
			d := open(t, s.URL, s.Key, nil)
			_, err = d.Update(t.Context(), next(job), stored(t, receipt))
			require.ErrorIs(t, err, nexuslims.Conflict)
			require.ErrorContains(t, err, name)
			assert.Equal(t, before, s.All())
			found, exists, err := d.Find(t.Context(), job)
			require.NoError(t, err)
			assert.True(t, exists, "it is no reason for a second one")
			assert.Equal(t, "41", found.ID)
		})
	}
}

// TestCitedAttachment: a file that a text refers to cannot be moved to the archive.
func TestCitedAttachment(t *testing.T) {
	s := newServer(t, elabftwtest.Options{})
	job := newJob()
	receipt, err := open(t, s.URL, s.Key, nil).Export(t.Context(), job)
	require.NoError(t, err)
	s.Edit(41, func(e *elabftwtest.Experiment) { e.Body += `<a href="app/download.php?f=ab/ab701.xml">the record</a>` })
	n := next(job)
	receipt, err = open(t, s.URL, s.Key, nil).Update(t.Context(), n, stored(t, receipt))
	require.NoError(t, err)
	assert.Contains(t, strings.Join(receipt.Warnings, "\n"), "stays beside the new one")
	require.Len(t, s.Experiments()[0].Attached(), 2)
	document, err := open(t, s.URL, s.Key, nil).Fetch(t.Context(), stored(t, receipt))
	require.NoError(t, err)
	assert.Equal(t, string(n.XML), string(document))
	receipt, err = open(t, s.URL, s.Key, nil).Update(t.Context(), next(n), stored(t, receipt))
	require.NoError(t, err)
	require.Len(t, s.Experiments()[0].Attached(), 2, "the new one takes the place of the one before")
}

// TestGone: what was deleted, or is another session's by now, is made anew.
func TestGone(t *testing.T) {
	for name, edit := range map[string]func(t *testing.T, e *elabftwtest.Experiment){
		"deleted": func(_ *testing.T, e *elabftwtest.Experiment) { e.State = 3 },
		"another session": func(t *testing.T, e *elabftwtest.Experiment) {
			setField(t, e, "Session ID", "value", "other")
			e.ElabID = "20270101-0"
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, elabftwtest.Options{})
			job := newJob()
			receipt, err := open(t, s.URL, s.Key, nil).Export(t.Context(), job)
			require.NoError(t, err)
			s.Edit(41, func(e *elabftwtest.Experiment) { edit(t, e) })
			d := open(t, s.URL, s.Key, nil)
			_, err = d.Update(t.Context(), next(job), stored(t, receipt))
			require.ErrorIs(t, err, nexuslims.NotFound)
			job.Earlier = &receipt
			receipt, err = d.Export(t.Context(), job)
			require.NoError(t, err)
			assert.Equal(t, "42", receipt.ID)
		})
	}
}

// TestInterruptedChange: our own words, half delivered, are not taken for people's.
func TestInterruptedChange(t *testing.T) {
	s := newServer(t, elabftwtest.Options{})
	job := newJob()
	receipt, err := open(t, s.URL, s.Key, nil).Export(t.Context(), job)
	require.NoError(t, err)
	n := next(job)
	var noted exporters.Receipt
	n.Progress = func(_ context.Context, r exporters.Receipt) error { noted = stored(t, r); return nil }
	s.Inject(elabftwtest.Fault{Method: "PATCH", Times: 1, LoseReply: true})
	_, err = open(t, s.URL, s.Key, nil).Update(t.Context(), n, stored(t, receipt))
	require.ErrorIs(t, err, nexuslims.Transient)
	require.True(t, noted.Partial)

	last := next(n)
	last.Session.User, last.Instrument.PID, last.Earlier = "aronnax", "THIRD-TOOL", &noted
	receipt, err = open(t, s.URL, s.Key, nil).Export(t.Context(), last)
	require.NoError(t, err)
	assert.Empty(t, receipt.Warnings)
	e := s.Experiments()[0]
	assert.Equal(t, "NexusLIMS Experiment - "+last.Name, e.Title)
	assert.Contains(t, e.Body, "THIRD-TOOL")
	assert.Equal(t, "aronnax", extraField(t, e, "User")["value"])
}
