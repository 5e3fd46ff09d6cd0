package emd

import "github.com/nexuslims/nexuslims-go/nexuslims"

// raw returns the file's own tags of a signal: its metadata, the documents that say how it
// was made and shown, and what the file says of itself. Signals share the documents.
func (v *velox) raw(meta *nexuslims.Object) *nexuslims.Object {
	o := nexuslims.NewObject(meta.Len() + 5)
	for key, value := range meta.All() {
		o.Set(key, value)
	}
	for _, t := range []struct {
		name string
		tree *nexuslims.Object
	}{
		{"Displays", v.trees.displays},
		{"Operations", v.trees.operations},
		{"SharedProperties", v.trees.shared},
		{"Features", v.trees.features},
	} {
		if t.tree.Len() > 0 {
			o.Set(t.name, t.tree)
		}
	}
	about := nexuslims.NewObject(3)
	about.Set("Version", v.document)
	if v.info != nil {
		about.Set("Info", v.info)
	}
	if v.log != "" {
		about.Set("Log", nexuslims.Text(v.log))
	}
	o.Set("Velox", about)
	return o
}
