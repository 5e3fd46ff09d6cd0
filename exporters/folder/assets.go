package folder

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"path"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

//go:embed assets
var assets embed.FS

// assetFiles lists the files that pages refer to.
func assetFiles() []string { return []string{"site.css", "list.js", "record.js"} }

// pages renders pages. Its version is part of the addresses of style and script, so that
// a browser never shows a page with those of an earlier program.
type pages struct {
	templates *template.Template
	version   string
}

func newPages() (pages, error) {
	var all []byte
	for _, name := range assetFiles() {
		data, err := assets.ReadFile(path.Join("assets", name))
		if err != nil {
			return pages{}, err
		}
		all = append(all, data...)
	}
	funcs := template.FuncMap{"segments": segments}
	templates, err := template.New("").Funcs(funcs).ParseFS(assets, "assets/*.html")
	return pages{templates, digest(all, 10)}, err
}

func (p pages) render(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	err := p.templates.ExecuteTemplate(&b, name, data)
	return bytes.ToValidUTF8(b.Bytes(), []byte("\uFFFD")), err
}

// putAssets writes the index page, style and script where they are missing or not those
// of this program.
func (t *tree) putAssets() error {
	var faults []error
	for _, name := range assetFiles() {
		data, err := assets.ReadFile(path.Join("assets", name))
		faults = append(faults, err, t.put(path.Join(assetsDir, name), data))
	}
	page, err := t.pages.render("list.html", struct{ Version string }{t.pages.version})
	if err != nil {
		return nexuslims.E(nexuslims.Internal, "render", "index", err)
	}
	return errors.Join(append(faults, t.put(pageFile, page))...)
}
