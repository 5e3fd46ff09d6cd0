package objects_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/nexuslims/nexuslims-go/examples/s3/objects"
	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/exportertest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// files makes the files that jobs speak of. The change is called when a data file is opened.
func files(t *testing.T) (exporters.Files, string) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"tool/grain 1.tif": "pixels", "tool/gone.msa": "counts", "tool/grain 1.tif.thumb.png": "preview",
		"tool/grain 1.tif.json": "{}", "tool/gone.msa.json": "{ }",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
	}
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, root.Close()) })
	return exporters.Files{Instruments: root, Data: root}, dir
}

func manifest(t *testing.T, s *store, id string) (m objects.Manifest) {
	t.Helper()
	data, err := s.kept.ReadAll(t.Context(), id)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &m))
	return m
}

func TestLayout(t *testing.T) {
	const folder = "nexus/TEST-TOOL/2024/05/2024-05-06_TEST-TOOL_1001"
	have, _ := files(t)
	for set, want := range map[exporters.Set][]string{
		exporters.RecordOnly: {"manifest.json", "record.xml"},
		exporters.WithPreviews: {
			"manifest.json", "metadata/tool/gone.msa.json", "metadata/tool/grain 1.tif.json",
			"previews/tool/grain 1.tif.thumb.png", "record.xml",
		},
		exporters.WithData: {
			"data/tool/gone.msa", "data/tool/grain 1.tif", "manifest.json", "metadata/tool/gone.msa.json",
			"metadata/tool/grain 1.tif.json", "previews/tool/grain 1.tif.thumb.png", "record.xml",
		},
	} {
		t.Run(string(set), func(t *testing.T) {
			s := newStore(t, memblob.OpenBucket(nil))
			job := exportertest.NewJob(1, "Grains", have)
			job.Previous = map[string]exporters.Receipt{"cdcs": {URL: "https://cdcs.example.org/data?id=1"}, "none": {}}
			receipt, err := s.open("nexus", set).Export(t.Context(), job)
			require.NoError(t, err)
			assert.Empty(t, receipt.Warnings)
			assert.Equal(t, folder+"/manifest.json", receipt.ID)
			assert.Equal(t, "s3://records/"+folder+"/", receipt.URL)
			assert.Equal(t, want, s.below(folder))
			checkManifest(t, s, receipt.ID, job)
		})
	}
}

// checkManifest checks that a manifest names all objects of its folder with their digests.
func checkManifest(t *testing.T, s *store, id string, job *exporters.Job) {
	t.Helper()
	m := manifest(t, s, id)
	assert.Equal(t, []any{job.Session.ID, "TEST-TOOL", job.Name, job.Digest}, []any{m.Session, m.Instrument, m.Name, m.Digest})
	assert.Equal(t, nexuslims.Version, m.Version)
	assert.Equal(t, map[string]string{"cdcs": "https://cdcs.example.org/data?id=1"}, m.Links)
	require.Len(t, m.Files, len(s.below(path.Dir(id)))-1)
	for _, f := range m.Files {
		key := path.Dir(id) + "/" + f.Name
		data, err := s.kept.ReadAll(t.Context(), key)
		require.NoError(t, err)
		sum := sha256.Sum256(data)
		assert.Equal(t, hex.EncodeToString(sum[:]), f.SHA256)
		assert.EqualValues(t, len(data), f.Size)
		a, err := s.kept.Attributes(t.Context(), key)
		require.NoError(t, err)
		assert.Equal(t, f.MediaType, a.ContentType)
		assert.Equal(t, f.SHA256, a.Metadata["nexuslims-sha256"])
	}
}

// An update uploads what differs, removes what is left over of ours, and leaves what people
// put beside it.
func TestUpdateUploadsWhatDiffers(t *testing.T) {
	s := newStore(t, memblob.OpenBucket(nil))
	have, dir := files(t)
	d := s.open("", exporters.WithData)
	receipt, err := d.Export(t.Context(), exportertest.NewJob(1, "Grains", have))
	require.NoError(t, err)
	folder := path.Dir(receipt.ID)
	require.NoError(t, s.kept.WriteAll(t.Context(), folder+"/notes of people.txt", []byte("keep"), nil))

	require.NoError(t, os.WriteFile(filepath.Join(dir, "tool", "grain 1.tif.thumb.png"), []byte("another"), 0o600))
	next := exportertest.NewJob(1, "Second thoughts", have)
	next.Record.Activities[0].Datasets = next.Record.Activities[0].Datasets[:1]
	next.Name = "renamed"
	clear(s.writes)
	again, err := d.Update(t.Context(), next, receipt)
	require.NoError(t, err)
	assert.Equal(t, receipt.ID, again.ID, "links stay valid, whatever the record is called")
	assert.Len(t, s.writes, 3, "preview, document, manifest: %v", s.writes)
	assert.Equal(t, []string{
		"data/tool/grain 1.tif", "manifest.json", "metadata/tool/grain 1.tif.json", "notes of people.txt",
		"previews/tool/grain 1.tif.thumb.png", "record.xml",
	}, s.below(folder))
	preview, err := s.kept.ReadAll(t.Context(), folder+"/previews/tool/grain 1.tif.thumb.png")
	require.NoError(t, err)
	assert.Equal(t, "another", string(preview))

	require.NoError(t, d.Delete(t.Context(), again))
	assert.Equal(t, []string{folder + "/notes of people.txt"}, s.keys(t.Context(), ""), "and nothing else of ours")
	require.NoError(t, d.Delete(t.Context(), again))
}

// A delivery that was interrupted goes on with what is missing.
func TestInterruptedDeliveryGoesOn(t *testing.T) {
	s := newStore(t, memblob.OpenBucket(nil))
	have, _ := files(t)
	job := exportertest.NewJob(1, "Grains", have)
	d := s.open("", exporters.WithData)
	s.fault = 6 // two objects are there
	receipt, err := d.Export(t.Context(), job)
	require.ErrorIs(t, err, nexuslims.Transient)
	require.NotEmpty(t, receipt.ID)
	_, found, err := d.Find(t.Context(), job)
	require.NoError(t, err)
	assert.False(t, found, "it has no manifest")
	require.Len(t, s.below(path.Dir(receipt.ID)), 2)

	job.Earlier = &receipt
	_, err = d.Export(t.Context(), job)
	require.NoError(t, err)
	assert.Len(t, s.below(path.Dir(receipt.ID)), 7)
	for key, n := range s.writes {
		assert.Equal(t, 1, n, key)
	}
}

// What somebody writes while files are uploaded is not lost.
func TestEditDuringAnUpload(t *testing.T) {
	s := newStore(t, memblob.OpenBucket(nil))
	d := s.open("", exporters.RecordOnly)
	receipt, err := d.Export(t.Context(), exportertest.NewJob(1, "Grains", exporters.Files{}))
	require.NoError(t, err)
	key := path.Dir(receipt.ID) + "/record.xml"
	next := exportertest.NewJob(1, "Second thoughts", exporters.Files{})
	asked := 0
	next.Reconcile = func(stored []byte) (exporters.Reconciled, error) {
		if asked++; asked == 1 {
			require.NoError(t, s.kept.WriteAll(context.Background(), key, []byte("theirs"), nil))
			return exporters.Reconciled{Document: next.XML}, nil
		}
		assert.Equal(t, "theirs", string(stored))
		return exporters.Reconciled{Document: append(bytes.Clone(stored), "+ours"...), Edits: []string{"all of it"}}, nil
	}
	receipt, err = d.Update(t.Context(), next, receipt)
	require.NoError(t, err)
	assert.Equal(t, []string{"all of it"}, receipt.Warnings)
	stored, err := d.Fetch(t.Context(), receipt)
	require.NoError(t, err)
	assert.Equal(t, "theirs+ours", string(stored))
	m := manifest(t, s, receipt.ID)
	sum := sha256.Sum256(stored)
	assert.Equal(t, hex.EncodeToString(sum[:]), m.Files[0].SHA256, "of what is there")
	assert.Equal(t, next.Digest, m.Digest, "of what was built")
}

// changing is a file whose content is another each time it is opened.
type changing struct {
	fs.File
	content *strings.Reader
}

func (c changing) Read(p []byte) (int, error) { return c.content.Read(p) }
func (c changing) Close() error               { return nil }

func TestAFileThatChangesIsNotMadeVisible(t *testing.T) {
	s := newStore(t, memblob.OpenBucket(nil))
	d := s.open("", exporters.RecordOnly)
	opened := 0
	err := d.PutPart(t.Context(), "data/a", exporters.Part{Name: "data/a", Open: func() (fs.File, error) {
		opened++
		return changing{content: strings.NewReader(strings.Repeat("x", opened))}, nil
	}})
	require.ErrorIs(t, err, nexuslims.Transient)
	assert.Empty(t, s.keys(t.Context(), ""))
}

func TestMissingFilesAreSaid(t *testing.T) {
	s := newStore(t, memblob.OpenBucket(nil))
	have, dir := files(t)
	require.NoError(t, os.Remove(filepath.Join(dir, "tool", "grain 1.tif.thumb.png")))
	receipt, err := s.open("", exporters.WithPreviews).Export(t.Context(), exportertest.NewJob(1, "Grains", have))
	require.NoError(t, err)
	assert.Equal(t, []string{"previews/tool/grain 1.tif.thumb.png could not be read"}, receipt.Warnings)
}

// Two sessions whose records have one name do not share a folder, and what stands in the
// store is not believed blindly.
// What was delivered stays while its folder is not mounted, or empty.
func TestFilesOutOfReachStay(t *testing.T) {
	for name, reach := range map[string]func(dir string, f *exporters.Files){
		"not mounted": func(_ string, f *exporters.Files) { *f = exporters.Files{} },
		"empty":       func(dir string, _ *exporters.Files) { require.NoError(t, os.RemoveAll(filepath.Join(dir, "tool"))) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t, memblob.OpenBucket(nil))
			d := s.open("nexus", exporters.WithData)
			have, dir := files(t)
			job := exportertest.NewJob(1, "Grains", have)
			receipt, err := d.Export(t.Context(), job)
			require.NoError(t, err)
			before, whole := s.below(path.Dir(receipt.ID)), manifest(t, s, receipt.ID)
			reach(dir, &have)
			next := exportertest.NewJob(1, "Grains again", have)
			again, err := d.Update(t.Context(), next, receipt)
			require.NoError(t, err)
			assert.Equal(t, before, s.below(path.Dir(again.ID)))
			now := manifest(t, s, again.ID)
			assert.Equal(t, next.Digest, now.Digest)
			assert.Len(t, now.Files, len(whole.Files), "they are part of the record still")
		})
	}
}

func TestNotesAndNames(t *testing.T) {
	s := newStore(t, memblob.OpenBucket(nil))
	d := s.open("p", exporters.RecordOnly)
	one, two := exportertest.NewJob(1, "A", exporters.Files{}), exportertest.NewJob(2, "B", exporters.Files{})
	two.Name = one.Name
	first, err := d.Export(t.Context(), one)
	require.NoError(t, err)
	second, err := d.Export(t.Context(), two)
	require.NoError(t, err)
	assert.Regexp(t, `1001-[0-9a-f]{8}/manifest\.json$`, second.ID)

	for _, damaged := range []string{"{", `{"session":"` + one.Session.ID + `","folder":"../../elsewhere"}`, `{"session":"x","folder":"y"}`} {
		for _, key := range s.keys(t.Context(), "p/sessions/") {
			require.NoError(t, s.kept.WriteAll(t.Context(), key, []byte(damaged), nil))
		}
		again, err := d.Export(t.Context(), one)
		require.NoError(t, err)
		assert.Equal(t, first.ID, again.ID, "the record is found by its name")
	}
	_, err = d.Update(t.Context(), two, first)
	require.ErrorIs(t, err, nexuslims.NotFound, "that is another session's")
}

func TestFailures(t *testing.T) {
	for status, want := range map[int]nexuslims.Kind{
		400: nexuslims.Invalid, 401: nexuslims.Permission, 403: nexuslims.Permission, 408: nexuslims.Transient,
		429: nexuslims.Transient, 500: nexuslims.Transient, 503: nexuslims.Transient,
	} {
		s := newStore(t, memblob.OpenBucket(nil))
		s.status = status
		d := s.open("", exporters.RecordOnly)
		_, err := d.Export(t.Context(), exportertest.NewJob(1, "A", exporters.Files{}))
		require.ErrorIs(t, err, want, "%d", status)
		assert.NotContains(t, err.Error(), "c4nary")
		assert.ErrorIs(t, d.Check(t.Context()), want)
	}
}
