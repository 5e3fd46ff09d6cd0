package labarchives_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/exportertest"
	"github.com/nexuslims/nexuslims-go/exporters/labarchives"
	"github.com/nexuslims/nexuslims-go/internal/labarchivestest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// pythonPage puts a page into the notebook as the Python program made it.
func pythonPage(b *bench, folder string, files ...labarchivestest.Entry) (page, summary string) {
	page = b.AddNode(folder, "2024-05-06 — https://nemo.example.org/event_details/usage/1001/", true)
	summary = b.AddEntry(page, labarchivestest.Entry{Part: "text entry", Data: "<h1>NexusLIMS Microscopy Session</h1>\n<h2>Session Details</h2>\n<ul>" +
		"<li><strong>Session ID</strong>: https://nemo.example.org/event_details/usage/1001/</li></ul>"})
	for _, f := range files {
		b.AddEntry(page, f)
	}
	return page, summary
}

func pythonFile(b *bench, document string) labarchivestest.Entry {
	return labarchivestest.Entry{Part: "attachment", File: "2024-05-06_TEST-TOOL_1001.xml", Caption: "NexusLIMS XML record", Data: document}
}

// pythonFolders makes the folders of the Python program.
func pythonFolders(b *bench) string {
	return b.AddNode(b.AddNode("0", "NexusLIMS Records", false), "TEST-TOOL", false)
}

// TestFoldersAndPagesAreReused: what is there is used, and a page that is named like a
// folder is none.
func TestFoldersAndPagesAreReused(t *testing.T) {
	b := newBench(t, labarchivestest.Options{})
	b.AddNode("0", "NexusLIMS Records", true)
	records := b.AddNode("0", " NexusLIMS  Records ", false)
	b.AddNode(records, "TEST-TOOL", true)
	tool := b.AddNode(records, "TEST-TOOL", false)
	b.AddNode(tool, "2024-05-06 — https://nemo.example.org/event_details/usage/1001/", false)
	b.AddNode(tool, "2024-05-06 — https://nemo.example.org/event_details/usage/10010/", true)
	d := b.open()
	for n := range 2 {
		_, err := d.Export(t.Context(), exportertest.NewJob(1+n, "Grain map", exporters.Files{}))
		require.NoError(t, err)
	}
	assert.Equal(t, 2, b.Asked("tree_tools/insert_node"), "two pages, no folder")
	assert.Equal(t, 4, b.Asked("tree_tools/get_tree_level"), "folders are remembered")
	pages := b.Pages()
	assert.Equal(t, []string{" NexusLIMS  Records ", "TEST-TOOL"}, pages[len(pages)-1].Path)
}

// TestPageOfThePythonProgramIsAdopted updates it in place, if nobody edited it.
func TestPageOfThePythonProgramIsAdopted(t *testing.T) {
	b := newBench(t, labarchivestest.Options{})
	page, summary := pythonPage(b, pythonFolders(b), pythonFile(b, string(version("first").XML)))
	d := b.open()
	job := version("first")
	found, exists, err := d.Find(t.Context(), job)
	require.NoError(t, err)
	require.True(t, exists)
	assert.Equal(t, []string{summary, job.Digest, labarchives.StepDone}, []string{found.ID, found.Digest, found.Step})
	assert.False(t, found.Partial)

	job = version("second")
	found, exists, err = d.Find(t.Context(), job)
	require.NoError(t, err)
	require.True(t, exists)
	assert.Empty(t, found.Digest, "another version stands there")
	_, err = d.Update(t.Context(), job, found)
	require.NoError(t, err)
	p, s, r := b.only()
	assert.Equal(t, []string{page, summary, string(job.XML)}, []string{p.ID, s.ID, r.Data})
	assert.Contains(t, s.Data, "/tool/second.tif")
}

// TestSeveralPages takes the one of the receipt, else the first, and says so.
func TestSeveralPages(t *testing.T) {
	b := newBench(t, labarchivestest.Options{})
	folder := pythonFolders(b)
	first, _ := pythonPage(b, folder, pythonFile(b, "<old/>"))
	second, summary := pythonPage(b, folder, pythonFile(b, "<old/>"))
	job := version("first")
	d := b.open()
	found, exists, err := d.Find(t.Context(), job)
	require.NoError(t, err)
	require.True(t, exists)
	assert.Equal(t, first, found.Meta["page_tree_id"])
	require.Len(t, found.Warnings, 1)
	assert.Contains(t, found.Warnings[0], "several pages of this session: "+first+", "+second)

	known := exporters.Receipt{ID: summary} // of upload_log, which has no notes
	after, err := d.Update(t.Context(), job, known)
	require.NoError(t, err)
	assert.Equal(t, second, after.Meta["page_tree_id"])
	assert.Equal(t, string(job.XML), b.Pages()[1].Entries[1].Data)
	assert.Equal(t, "<old/>", b.Pages()[0].Entries[1].Data)

	known.URL = strings.TrimSuffix(b.URL, "/api") + "/#/" + b.NotebookID + "/" + second
	document, err := d.Fetch(t.Context(), known)
	require.NoError(t, err)
	assert.Equal(t, string(job.XML), string(document))
}

// TestUnfinishedPageIsCompleted finds a page of each stage that a killed run can leave.
func TestUnfinishedPageIsCompleted(t *testing.T) {
	for step, entries := range map[string]int{labarchives.StepPage: 0, labarchives.StepSummary: 1} {
		b := newBench(t, labarchivestest.Options{})
		page, _ := pythonPage(b, pythonFolders(b))
		if entries == 0 {
			b.RemoveEntry(b.Pages()[0].Entries[0].ID)
		}
		job := version("first")
		found, exists, err := b.open().Find(t.Context(), job)
		require.NoError(t, err)
		require.True(t, exists)
		assert.Equal(t, step, found.Step)
		assert.True(t, found.Partial)
		job.Earlier = &found
		_, err = b.open().Export(t.Context(), job)
		require.NoError(t, err)
		p, _, _ := b.only()
		assert.Equal(t, page, p.ID)
	}
}

// TestAnotherNotebook: a record stays in the notebook that it was made in.
func TestAnotherNotebook(t *testing.T) {
	b := newBench(t, labarchivestest.Options{})
	receipt := delivered(t, b)
	b.settings["NX_LABARCHIVES_NOTEBOOK_ID"] = "other"
	after, err := b.open().Update(t.Context(), version("second"), receipt)
	require.NoError(t, err)
	page, _, record := b.only()
	assert.Equal(t, b.NotebookID, page.Notebook)
	assert.Equal(t, b.NotebookID, after.Meta["nbid"])
	assert.Equal(t, string(version("second").XML), record.Data)
}

// TestFolderThatVanishes: a run that remembers it does not go on with it.
func TestFolderThatVanishes(t *testing.T) {
	b := newBench(t, labarchivestest.Options{})
	folder := pythonFolders(b)
	d := b.open()
	_, exists, err := d.Find(t.Context(), version("first"))
	require.NoError(t, err)
	require.False(t, exists)
	b.RemoveNode(folder)
	_, _, err = d.Find(t.Context(), version("first"))
	require.ErrorIs(t, err, nexuslims.Transient)
	_, err = d.Export(t.Context(), version("first"))
	require.NoError(t, err)
	b.only()
}

// TestDelete moves the page aside: the service deletes nothing.
func TestDelete(t *testing.T) {
	b := newBench(t, labarchivestest.Options{})
	receipt := delivered(t, b)
	d := b.open()
	require.NoError(t, d.Delete(t.Context(), receipt))
	page, _, _ := b.only()
	assert.Equal(t, []string{"API Deleted Items"}, page.Path)
	_, exists, err := d.Find(t.Context(), version("first"))
	require.NoError(t, err)
	assert.False(t, exists)
	b.RemoveNode(page.ID)
	require.NoError(t, d.Delete(t.Context(), receipt), "it is gone already")
	require.ErrorIs(t, d.Delete(t.Context(), exporters.Receipt{ID: "1"}), nexuslims.Unsupported)
}

// TestInbox delivers without a notebook: entries are found by what the receipt knows only.
func TestInbox(t *testing.T) {
	b := newBench(t, labarchivestest.Options{})
	delete(b.settings, "NX_LABARCHIVES_NOTEBOOK_ID")
	d := b.open()
	_, exists, err := d.Find(t.Context(), version("first"))
	require.NoError(t, err)
	assert.False(t, exists)
	receipt, err := d.Export(t.Context(), version("first"))
	require.NoError(t, err)
	entries := b.Inbox()
	require.Len(t, entries, 2)
	assert.Equal(t, entries[0].ID, receipt.ID)
	assert.Equal(t, strings.TrimSuffix(b.URL, "/api"), receipt.URL, "just the host")
	assert.Empty(t, b.Pages())
	assert.Equal(t, []string{"GET users/max_file_size", "POST entries/add_entry", "POST entries/add_attachment"}, b.Requests())

	document, err := d.Fetch(t.Context(), receipt)
	require.NoError(t, err)
	assert.Equal(t, string(version("first").XML), string(document))

	receipt, err = d.Update(t.Context(), version("second"), receipt)
	require.NoError(t, err)
	entries = b.Inbox()
	require.Len(t, entries, 2)
	assert.Equal(t, string(version("second").XML), entries[1].Data)
	assert.Contains(t, entries[0].Data, "/tool/first.tif")
	require.Len(t, receipt.Warnings, 1)
	assert.Contains(t, receipt.Warnings[0], "the summary in the inbox stays as it is")

	// A delivery that broke off between the two goes on.
	b.RemoveEntry(entries[1].ID)
	job, partial := version("second"), receipt
	partial.Meta, partial.Partial, partial.Step = nil, true, labarchives.StepSummary
	job.Earlier = &partial
	_, err = d.Export(t.Context(), job)
	require.NoError(t, err)
	assert.Len(t, b.Inbox(), 2)

	for _, e := range b.Inbox() {
		b.RemoveEntry(e.ID)
	}
	_, err = d.Update(t.Context(), version("third"), receipt)
	require.ErrorIs(t, err, nexuslims.NotFound)
	require.ErrorIs(t, d.Delete(t.Context(), receipt), nexuslims.Unsupported)
}
