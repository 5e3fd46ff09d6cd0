package labarchives_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/exportertest"
	"github.com/nexuslims/nexuslims-go/internal/labarchivestest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// version returns the job of a session's record in one of its versions: document and
// summary both tell them apart.
func version(title string) *exporters.Job {
	job := exportertest.NewJob(1, title, exporters.Files{})
	job.Record.Activities[0].Datasets[0].Location = "tool/" + title + ".tif"
	return job
}

// delivered makes a record and returns its receipt.
func delivered(t *testing.T, b *bench) exporters.Receipt {
	t.Helper()
	receipt, err := b.open().Export(t.Context(), version("first"))
	require.NoError(t, err)
	require.False(t, receipt.Partial)
	require.Empty(t, receipt.Warnings)
	return receipt
}

func TestExport(t *testing.T) {
	b := newBench(t, labarchivestest.Options{})
	var steps []string
	job := version("first")
	job.Progress = func(_ context.Context, r exporters.Receipt) error {
		steps = append(steps, r.Step)
		assert.True(t, r.Partial)
		return nil
	}
	receipt, err := b.open().Export(t.Context(), job)
	require.NoError(t, err)
	page, summary, record := b.only()
	assert.Equal(t, []string{"NexusLIMS Records", "TEST-TOOL"}, page.Path)
	assert.Equal(t, "2024-05-06 — https://nemo.example.org/event_details/usage/1001/", page.Name)
	assert.Equal(t, "text entry", summary.Part)
	assert.Equal(t, []string{"2024-05-06_TEST-TOOL_1001.xml", "NexusLIMS XML record", string(job.XML)}, []string{record.File, record.Caption, record.Data})
	assert.Equal(t, summary.ID, receipt.ID, "as the Python program notes it")
	assert.Equal(t, strings.TrimSuffix(b.URL, "/api")+"/#/"+b.NotebookID+"/"+page.ID, receipt.URL)
	assert.Equal(t, []any{b.NotebookID, page.ID, summary.ID, record.ID}, []any{
		receipt.Meta["nbid"], receipt.Meta["page_tree_id"], receipt.Meta["entry_eid"], receipt.Meta["attachment_eid"],
	})
	assert.Equal(t, []string{"page", "summary", "attached"}, steps)
	assert.Equal(t, []string{
		"GET users/max_file_size", "GET tree_tools/get_tree_level", // before anything is made it is looked for
		"GET tree_tools/get_tree_level", "GET tree_tools/insert_node", "GET tree_tools/get_tree_level",
		"GET tree_tools/insert_node", "GET tree_tools/insert_node", "POST entries/add_entry", "POST entries/add_attachment",
		"GET tree_tools/get_entries_for_page",
	}, b.Requests())
}

func TestAddressOfThePageComesFromTheService(t *testing.T) {
	for given, want := range map[string]string{
		"https://mynotebook.example.org/share/": "https://mynotebook.example.org/share/", "javascript:alert(1)//": "",
		"https://user:pw@example.org/": "", "https://example.org/?sig=" + strings.Repeat("A", 86) + "==&x=": "",
	} {
		b := newBench(t, labarchivestest.Options{EntryURL: given})
		receipt := delivered(t, b)
		_, summary, _ := b.only()
		if want == "" {
			assert.Contains(t, receipt.URL, "/#/")
		} else {
			assert.Equal(t, want+summary.ID, receipt.URL)
		}
	}
}

func TestUpdate(t *testing.T) {
	edit := func(b *bench, what string) func(e labarchivestest.Entry) {
		return func(e labarchivestest.Entry) { b.Edit(e.ID, func(e *labarchivestest.Entry) { e.Data += what }) }
	}
	for name, c := range map[string]struct {
		form      labarchivestest.Options
		people    func(b *bench, page labarchivestest.Page, summary, record labarchivestest.Entry)
		reconcile func(stored []byte) (exporters.Reconciled, error)
		forget    bool // the receipt has no notes, as that of the Python program
		warning   string
		kind      nexuslims.Kind // of the error
		summary   string         // in the summary afterwards
		record    string         // in the attachment afterwards
	}{
		"nobody edited": {summary: "/tool/second.tif", record: "second"},
		"the service writes its own HTML": {
			form: labarchivestest.Options{Purify: purify, Underscores: true}, summary: "/tool/second.tif", record: "second",
		},
		"summary edited": {
			people:  func(b *bench, _ labarchivestest.Page, s, _ labarchivestest.Entry) { edit(b, "<p>my note</p>")(s) },
			summary: "<p>my note</p>", record: "second", warning: "the summary stays as it is: people edited it",
		},
		"summary edited, own HTML": {
			form:    labarchivestest.Options{Purify: purify},
			people:  func(b *bench, _ labarchivestest.Page, s, _ labarchivestest.Entry) { edit(b, "<p>my note</p>")(s) },
			summary: "<p>my note</p>", record: "second", warning: "the summary stays as it is",
		},
		"summary removed": {
			people:  func(b *bench, _ labarchivestest.Page, s, _ labarchivestest.Entry) { b.RemoveEntry(s.ID) },
			summary: "/tool/second.tif", record: "second",
		},
		"attachment replaced": {
			people:  func(b *bench, _ labarchivestest.Page, _, r labarchivestest.Entry) { edit(b, "<!-- mine -->")(r) },
			summary: "/tool/first.tif", record: "<!-- mine -->", kind: nexuslims.Conflict,
		},
		"attachment replaced, merged": {
			people: func(b *bench, _ labarchivestest.Page, _, r labarchivestest.Entry) { edit(b, "<!-- mine -->")(r) },
			reconcile: func(stored []byte) (exporters.Reconciled, error) {
				return exporters.Reconciled{Document: append(stored, "<!-- second -->"...), Edits: []string{"a comment"}}, nil
			},
			summary: "/tool/second.tif", record: "<!-- mine --><!-- second -->", warning: "people edited the record there: a comment",
		},
		"attachment replaced, refused": {
			people: func(b *bench, _ labarchivestest.Page, _, r labarchivestest.Entry) { edit(b, "<!-- mine -->")(r) },
			reconcile: func([]byte) (exporters.Reconciled, error) {
				return exporters.Reconciled{}, nexuslims.E(nexuslims.Conflict, "merge", "", errors.New("edited"))
			},
			summary: "/tool/first.tif", record: "<!-- mine -->", kind: nexuslims.Conflict,
		},
		"attachment removed": {
			people:  func(b *bench, _ labarchivestest.Page, _, r labarchivestest.Entry) { b.RemoveEntry(r.ID) },
			summary: "/tool/second.tif", record: "second",
		},
		"attachment renamed": {
			people: func(b *bench, _ labarchivestest.Page, _, r labarchivestest.Entry) {
				b.Edit(r.ID, func(e *labarchivestest.Entry) { e.File = "mine.xml" })
			},
			summary: "/tool/second.tif", record: "second",
		},
		"page renamed and moved": {
			people:  func(b *bench, p labarchivestest.Page, _, _ labarchivestest.Entry) { b.Rename(p.ID, "my best day") },
			summary: "/tool/second.tif", record: "second",
		},
		"without notes": {forget: true, summary: "/tool/second.tif", record: "second"},
		"without notes, summary edited": {
			people: func(b *bench, _ labarchivestest.Page, s, _ labarchivestest.Entry) { edit(b, "<p>my note</p>")(s) },
			forget: true, summary: "<p>my note</p>", record: "second", warning: "nobody knows",
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, c.form)
			receipt := delivered(t, b)
			page, summary, record := b.only()
			if c.people != nil {
				c.people(b, page, summary, record)
			}
			if c.forget {
				receipt.Meta = nil
			}
			job := version("second")
			job.Reconcile = c.reconcile
			before := len(b.Requests())
			after, err := b.open().Update(t.Context(), job, receipt)
			if c.kind != 0 {
				require.ErrorIs(t, err, c.kind)
			} else {
				require.NoError(t, err)
				assert.Equal(t, job.Digest, after.Digest)
				assert.False(t, after.Partial)
			}
			if c.warning == "" {
				assert.Empty(t, after.Warnings)
			} else {
				require.Len(t, after.Warnings, 1)
				assert.Contains(t, after.Warnings[0], c.warning)
			}
			samePage, summary, record := b.only()
			assert.Equal(t, page.ID, samePage.ID)
			assert.Contains(t, summary.Data, c.summary)
			assert.Contains(t, record.Data, c.record)
			assert.Less(t, len(b.Requests())-before, 10)

			// Once more with what is known now: nothing is sent, unless people stand in the way.
			if err == nil && c.reconcile == nil {
				sent := b.Asked("entries/update_entry") + b.Asked("entries/update_attachment")
				_, err = b.open().Update(t.Context(), job, after)
				require.NoError(t, err)
				assert.Equal(t, sent, b.Asked("entries/update_entry")+b.Asked("entries/update_attachment"))
			}
		})
	}
}

// TestPeoplesEntriesAreLeftAlone puts a person's notes and files on the page, some of which
// look like ours.
func TestPeoplesEntriesAreLeftAlone(t *testing.T) {
	b := newBench(t, labarchivestest.Options{})
	receipt := delivered(t, b)
	page, _, _ := b.only()
	theirs := []string{
		b.AddEntry(page.ID, labarchivestest.Entry{Part: "text entry", Data: "<p>about NexusLIMS Microscopy Session</p>"}),
		b.AddEntry(page.ID, labarchivestest.Entry{Part: "Attachment", File: "mine.xml", Data: "<mine/>"}),
		b.AddEntry(page.ID, labarchivestest.Entry{Part: "heading", Data: "Mine"}),
	}
	_, err := b.open().Update(t.Context(), version("second"), receipt)
	require.NoError(t, err)
	entries := b.Pages()[0].Entries
	require.Len(t, entries, 5)
	for i, want := range []string{"<p>about NexusLIMS Microscopy Session</p>", "<mine/>", "Mine"} {
		assert.Equal(t, theirs[i], entries[i+2].ID)
		assert.Equal(t, want, entries[i+2].Data)
	}
}

// TestSummaryEditedAtTheLastMoment has somebody save an edit while the update runs.
func TestSummaryEditedAtTheLastMoment(t *testing.T) {
	b := newBench(t, labarchivestest.Options{})
	receipt := delivered(t, b)
	_, summary, _ := b.only()
	b.Inject(labarchivestest.Fault{Path: "entries/update_attachment", Times: 1, Before: func() {
		b.Edit(summary.ID, func(e *labarchivestest.Entry) { e.Data += "<p>just now</p>" })
	}, Status: 0})
	after, err := b.open().Update(t.Context(), version("second"), receipt)
	require.NoError(t, err)
	require.Len(t, after.Warnings, 1)
	_, summary, _ = b.only()
	assert.Contains(t, summary.Data, "<p>just now</p>")
}

func TestUpdateOfWhatIsGone(t *testing.T) {
	for name, remove := range map[string]func(b *bench, page labarchivestest.Page){
		"page":         func(b *bench, p labarchivestest.Page) { b.RemoveNode(p.ID) },
		"both entries": func(b *bench, p labarchivestest.Page) { b.RemoveEntry(p.Entries[0].ID); b.RemoveEntry(p.Entries[1].ID) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, labarchivestest.Options{})
			receipt := delivered(t, b)
			page, _, _ := b.only()
			remove(b, page)
			_, err := b.open().Update(t.Context(), version("second"), receipt)
			require.ErrorIs(t, err, nexuslims.NotFound)
			_, err = b.open().Fetch(t.Context(), receipt)
			require.ErrorIs(t, err, nexuslims.NotFound)
		})
	}
}

// TestRefusedPageIsNotMadeAgain: a page that is there and that the service will not show
// gets no second one beside it.
func TestRefusedPageIsNotMadeAgain(t *testing.T) {
	b := newBench(t, labarchivestest.Options{})
	receipt := delivered(t, b)
	b.Inject(labarchivestest.Refusal("tree_tools/get_entries_for_page", 400, 4529, "no"))
	_, err := b.open().Update(t.Context(), version("second"), receipt)
	require.ErrorIs(t, err, nexuslims.Invalid)
	job := version("second")
	receipt.Partial, job.Earlier = true, &receipt
	_, err = b.open().Export(t.Context(), job)
	require.ErrorIs(t, err, nexuslims.Invalid)
	_, _, err = b.open().Find(t.Context(), job)
	require.ErrorIs(t, err, nexuslims.Invalid)
	b.only()
}

// TestAttachmentThatCannotBeReplaced is the service's own error 4999 at update_attachment.
func TestAttachmentThatCannotBeReplaced(t *testing.T) {
	for name, c := range map[string]struct {
		commit bool
		files  int
	}{"carried out": {true, 1}, "not carried out": {false, 2}} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, labarchivestest.Options{})
			receipt := delivered(t, b)
			f := labarchivestest.Refusal("entries/update_attachment", 500, 4999, "Internal error")
			f.Commit = c.commit
			b.Inject(f)
			after, err := b.open().Update(t.Context(), version("second"), receipt)
			require.NoError(t, err)
			entries := b.Pages()[0].Entries
			require.Len(t, entries, 1+c.files)
			assert.Equal(t, string(version("second").XML), entries[c.files].Data)
			assert.Equal(t, entries[c.files].ID, after.Meta["attachment_eid"])
			assert.Len(t, after.Warnings, c.files-1)

			// Without notes the newest counts.
			b.Heal()
			after.Meta = nil
			document, err := b.open().Fetch(t.Context(), after)
			require.NoError(t, err)
			assert.Equal(t, string(version("second").XML), string(document))
		})
	}
}

// TestSummaryThatSomebodyKeepsReplacing puts another one in its place before every look,
// each as untouched as the one before.
func TestSummaryThatSomebodyKeepsReplacing(t *testing.T) {
	b := newBench(t, labarchivestest.Options{})
	receipt := delivered(t, b)
	receipt.Meta["entry_sha256"] = ""
	b.Inject(labarchivestest.Fault{Path: "tree_tools/get_entries_for_page", Before: func() {
		page, summary, _ := b.only()
		b.RemoveEntry(summary.ID)
		b.AddEntry(page.ID, labarchivestest.Entry{Part: summary.Part, Data: summary.Data + "<!-- mine -->"})
	}})
	after, err := b.open().Update(t.Context(), version("second"), receipt)
	require.NoError(t, err)
	require.Len(t, after.Warnings, 1)
	assert.Contains(t, after.Warnings[0], "somebody keeps editing it")
	assert.Zero(t, b.Asked("entries/update_entry"))
}
