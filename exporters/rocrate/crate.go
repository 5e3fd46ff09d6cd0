package rocrate

import (
	"context"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/exporters"
)

// crate is a crate before it is packed: all forms are made of this value.
type crate struct {
	stem     string
	made     time.Time // of every file in an archive
	metadata []byte
	page     []byte
	files    []*part // by name
}

// entry is a file of a crate in the order of archives.
type entry struct {
	name string // slash-separated, below the crate; a folder ends in "/"
	data []byte
	part *part
}

// entries lists the description, the page, the folder and what is in it.
func (c crate) entries() []entry {
	all := []entry{{name: metadataFile, data: c.metadata}, {name: previewFile, data: c.page}, {name: recordDir + "/"}}
	for _, p := range c.files {
		all = append(all, entry{name: p.path(), part: p})
	}
	return all
}

// assemble makes the crate of a record in its nth version.
func (s *Store) assemble(job *exporters.Job, about site, files *inventory, stem string, version int) (crate, error) {
	f := factsOf(job)
	v := viewOf(job, f, files, s.config.DataURL)
	v.Number = version
	text, err := s.pages.render("text", v)
	if err != nil {
		return crate{}, err
	}
	f.text = text
	page, err := s.pages.render("preview.html", v)
	if err != nil {
		return crate{}, err
	}
	c := crate{stem: stem, made: f.made, page: []byte(page + "\n"), files: slices.Clone(files.parts)}
	c.metadata = describe(&graph{job: job, site: about, config: s.config, files: files, facts: f, version: version})
	slices.SortFunc(c.files, func(a, b *part) int { return strings.Compare(a.name, b.name) })
	return c, nil
}

// pack writes the crate as an archive.
func (c crate) pack(ctx context.Context, a *archive, form Form) error {
	prefix := ""
	if form == ELN {
		prefix = c.stem + "/"
	}
	for _, e := range c.entries() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := a.add(ctx, path.Join(prefix, e.name)+slash(e.name), e); err != nil {
			return err
		}
	}
	return a.close()
}

// slash returns what path.Join takes from the name of a folder.
func slash(name string) string {
	if strings.HasSuffix(name, "/") {
		return "/"
	}
	return ""
}
