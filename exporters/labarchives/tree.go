package labarchives

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// folder returns the id of a folder, "" when it is not there and must not be made. Pages
// of the same name are none.
func (d *Destination) folder(ctx context.Context, p place, create bool) (string, error) {
	if id := d.folders[p]; id != "" {
		return id, nil
	}
	nodes, err := d.client.level(ctx, p.notebook, p.parent)
	if err != nil {
		return "", err
	}
	id := ""
	if i := slices.IndexFunc(nodes, func(n node) bool { return !n.Page && squeeze(n.Name) == p.name }); i >= 0 {
		id = nodes[i].ID
	} else if create {
		if id, err = d.client.insert(ctx, p.notebook, p.parent, p.name, true); err != nil {
			return "", err
		}
	}
	if id != "" {
		d.folders[p] = id
	}
	return id, nil
}

// instrumentFolder returns the id of the folder of the job's instrument, "" when it is not
// there and must not be made.
func (d *Destination) instrumentFolder(ctx context.Context, job *exporters.Job, create bool) (string, error) {
	records, err := d.folder(ctx, place{d.notebook, root, folderOfRecords}, create)
	if err != nil || records == "" {
		return "", err
	}
	return d.folder(ctx, place{d.notebook, records, label(instrumentOf(job))}, create)
}

// forget drops what is remembered of folders: they are not what they were.
func (d *Destination) forget() { clear(d.folders) }

func instrumentOf(job *exporters.Job) string {
	for _, pid := range []string{job.Instrument.PID, job.Session.Instrument, job.Record.InstrumentPID} {
		if pid != "" {
			return pid
		}
	}
	return "Unknown instrument"
}

// sessionPages lists the pages of the job's session. Nothing is made.
func (d *Destination) sessionPages(ctx context.Context, job *exporters.Job) ([]node, error) {
	folder, err := d.instrumentFolder(ctx, job, false)
	if err != nil || folder == "" {
		return nil, err
	}
	nodes, err := d.client.level(ctx, d.notebook, folder)
	if refused(err) {
		d.forget()
		return nil, nexuslims.E(nexuslims.Transient, "list folder", instrumentOf(job), err)
	}
	wanted, session := pageName(job), separator+label(sessionOf(job))
	others := func(n node) bool { return !n.Page || !hasDay(n.Name) || squeeze(n.Name)[len(day):] != session }
	nodes = slices.DeleteFunc(nodes, others)
	slices.SortStableFunc(nodes, func(a, b node) int {
		return order(squeeze(a.Name) != wanted) - order(squeeze(b.Name) != wanted)
	})
	return nodes, err
}

func order(later bool) int {
	if later {
		return 1
	}
	return 0
}

const (
	day       = "2006-01-02"
	separator = " — "
)

// pageName returns the name of a session's page: its first day and its identifier.
func pageName(job *exporters.Job) string {
	from := job.Session.From
	if from.IsZero() {
		from = job.Record.Start
	}
	return from.Format(day) + separator + label(sessionOf(job))
}

// hasDay reports whether a name begins as those of pages do. The day itself is not
// compared: that of a session whose times were corrected may be another now.
func hasDay(name string) bool {
	name = squeeze(name)
	if len(name) < len(day) {
		return false
	}
	_, err := time.Parse(day, name[:len(day)])
	return err == nil
}

func sessionOf(job *exporters.Job) string {
	if job.Session.ID != "" {
		return job.Session.ID
	}
	return job.Record.SessionIdentifier
}

const maxLabel = 200 // bytes

// label makes a text fit to be the name of a node: one line, of bounded length. One that
// had to be changed gets a part of its digest, so that two texts stay two.
func label(text string) string {
	clean := squeeze(text)
	if clean == text && clean != "" && len(clean) <= maxLabel {
		return clean
	}
	sum := sha256.Sum256([]byte(text))
	return squeeze(nexuslims.CutText(clean, maxLabel, "…") + " " + hex.EncodeToString(sum[:4]))
}

// squeeze writes a text on one line, with single blanks, and nothing that XML cannot hold.
func squeeze(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) || unicode.IsSpace(r):
			return ' '
		case r == '\uFFFE' || r == '\uFFFF':
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	return strings.Join(strings.Fields(text), " ")
}

// fileName returns the name of the attachment.
func fileName(job *exporters.Job) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, squeeze(job.Name))
	if name = strings.Trim(name, " ."); name == "" {
		name = "record"
	}
	return nexuslims.CutText(name, maxLabel, "…") + recordsExtension
}
