package elabftw

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// attached returns the attachment that holds the document: the one that is remembered, or
// else the newest of our comment or name. Files in the archive do not count.
func attached(all []upload, m memory, name string) (upload, bool) {
	all = slices.DeleteFunc(slices.Clone(all), func(u upload) bool { return u.State != stateNormal })
	slices.SortFunc(all, func(a, b upload) int { return cmp.Compare(b.ID, a.ID) })
	for _, ours := range []func(u upload) bool{
		func(u upload) bool { return m.Upload != 0 && int(u.ID) == m.Upload },
		func(u upload) bool { return u.Comment == comment },
		func(u upload) bool { return name != "" && u.RealName == name },
	} {
		if i := slices.IndexFunc(all, ours); i >= 0 {
			return all[i], true
		}
	}
	return upload{}, false
}

// file is what is to be attached.
type file struct {
	name     string
	theirs   bool   // people gave it that name
	content  []byte // nil: what is attached is right
	earlier  int    // attachment whose place it takes, 0 for none
	standing int    // attachment that is right
	cited    string // under which the text may refer to the earlier one
}

// document compares the attached document with the one to deliver. People's edits of it
// are merged, or are a conflict.
func (v *visit) document(ctx context.Context, e experiment) (file, error) {
	name := fileName(v.job.Name)
	current, exists := attached(e.Uploads, v.memory, name)
	switch {
	case !exists && v.memory.Upload != 0:
		v.notes = append(v.notes, "people removed the attached document, it was attached again")
		return file{name: name, content: v.job.XML}, nil
	case !exists:
		return file{name: name, content: v.job.XML}, nil
	case current.holds(v.job.Digest):
		return file{standing: int(current.ID)}, nil
	}
	stored, err := v.d.client.download(ctx, v.id, current)
	if err != nil {
		return file{}, err
	}
	result, err := v.reconcile(stored)
	if err != nil {
		return file{}, err
	}
	if len(result.Edits) > 0 {
		v.notes = append(v.notes, "people edited the attached document: "+strings.Join(result.Edits, "; "))
	}
	if result.Current || bytes.Equal(result.Document, stored) {
		return file{standing: int(current.ID)}, nil
	}
	f := file{name: name, content: result.Document, earlier: int(current.ID), cited: current.LongName}
	if current.Fixed != 0 {
		f.earlier = 0 // it cannot be moved to the archive
	}
	if v.memory.File != "" && current.RealName != v.memory.File {
		f.name, f.theirs = fileName(strings.TrimSuffix(current.RealName, ".xml")), true
	}
	return f, nil
}

func (v *visit) reconcile(stored []byte) (exporters.Reconciled, error) {
	if v.job.Reconcile != nil {
		return v.job.Reconcile(stored)
	}
	sum := sha256.Sum256(stored)
	switch digest := hex.EncodeToString(sum[:]); {
	case bytes.Equal(stored, v.job.XML):
		return exporters.Reconciled{Document: stored, Current: true}, nil
	case digest == v.receipt.Digest:
		return exporters.Reconciled{Document: v.job.XML}, nil
	}
	err := errors.New("people changed the attached document")
	return exporters.Reconciled{}, nexuslims.E(nexuslims.Conflict, "update experiment", v.receipt.ID, err)
}

// attach uploads the document and looks at how it arrived.
func (v *visit) attach(ctx context.Context, e experiment, f file) (experiment, error) {
	if f.content == nil {
		v.memory.Upload = f.standing
		v.memory.File = cmp.Or(v.memory.File, fileName(v.job.Name))
		return e, nil
	}
	if err := v.note(ctx, StepCreated); err != nil {
		return e, err
	}
	if f.cited != "" && strings.Contains(e.Body, f.cited) { // the server would refuse to archive it
		v.notes = append(v.notes, "the text refers to the earlier document, which stays beside the new one")
		f.earlier = 0
	}
	id, err := v.d.client.attach(ctx, v.id, f.earlier, f.name, f.content)
	if err != nil && !errors.Is(err, errNoID) {
		return e, err
	}
	if v.memory.Upload = id; !f.theirs {
		v.memory.File = f.name
	}
	after, err := v.d.client.read(ctx, v.id)
	if err != nil {
		return e, err
	}
	arrived, exists := attached(after.Uploads, v.memory, f.name)
	if !exists || !whole(arrived, f.content) {
		err := errors.New("the document did not arrive whole")
		return after, nexuslims.E(nexuslims.Invalid, "attach document", v.receipt.ID, err)
	}
	if v.memory.Upload = int(arrived.ID); !f.theirs {
		v.memory.File = arrived.RealName
	}
	return after, nil
}

// whole compares the server's digest with ours; of a large file the server has none.
func whole(u upload, content []byte) bool {
	if u.Hash == "" || u.HashKind != "sha256" {
		return u.Size == 0 || int(u.Size) == len(content)
	}
	sum := sha256.Sum256(content)
	return u.holds(hex.EncodeToString(sum[:]))
}
