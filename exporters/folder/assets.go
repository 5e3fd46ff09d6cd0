package folder

import (
	"embed"
	"errors"
	"html/template"
	"path"
)

//go:embed assets
var assets embed.FS

// assetFiles lists the files that pages refer to.
func assetFiles() []string { return []string{"site.css", "list.js", "record.js"} }

// assetVersion is part of the addresses of style and script, so that a browser never
// shows a page with those of an earlier program.
func assetVersion() string {
	var all []byte
	for _, name := range assetFiles() {
		data, _ := assets.ReadFile(path.Join("assets", name)) // embedded
		all = append(all, data...)
	}
	return digest(all, 10)
}

// putAssets writes the index page, style and script where they are missing or not those of this
// program.
func (t *tree) putAssets() error {
	var faults []error
	for _, name := range assetFiles() {
		data, err := assets.ReadFile(path.Join("assets", name))
		faults = append(faults, err, t.put(path.Join(assetsDir, name), data))
	}
	page, err := render("list.html", struct{ Version string }{assetVersion()})
	if err != nil {
		return err
	}
	return errors.Join(append(faults, t.put(pageFile, page))...)
}

func templates() (*template.Template, error) {
	return template.New("").Funcs(template.FuncMap{"segments": segments}).ParseFS(assets, "assets/*.html")
}
