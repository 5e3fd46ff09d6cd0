package emd

import (
	"context"
	"fmt"
	"net/url"

	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// veloxTrees are the documents that tell how the data were made and shown: by type and
// id, as they stand in the file.
type veloxTrees struct {
	displays, operations, shared, features *nexuslims.Object
	presented                              *nexuslims.Object // displays, to version 9
}

const (
	treeDepth     = 6
	treeDocuments = 20_000
)

func (v *velox) readTrees(ctx context.Context) error {
	for _, t := range []struct {
		path string
		into **nexuslims.Object
	}{
		{"Displays", &v.trees.displays},
		{"Operations", &v.trees.operations},
		{"SharedProperties", &v.trees.shared},
		{"Features", &v.trees.features},
		{"Presentation/Displays/ImageDisplay", &v.trees.presented},
	} {
		g, err := v.root.Group(t.path)
		if err == nil {
			left := treeDocuments
			*t.into, err = v.tree(ctx, g, 0, &left)
		}
		if err != nil && !hdf5.IsLost(err) {
			return err
		}
	}
	return nil
}

// tree reads all documents below a group; those that are damaged are left out.
func (v *velox) tree(ctx context.Context, g *hdf5.Group, depth int, left *int) (*nexuslims.Object, error) {
	names, err := g.Names()
	if err != nil {
		return nil, err
	}
	o := nexuslims.NewObject(len(names))
	for _, name := range names {
		if *left--; *left < 0 {
			return o, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, nexuslims.E(nexuslims.KindOf(err), "read EMD", "", err)
		}
		member, err := g.Object(name)
		var doc *nexuslims.Object
		switch member := member.(type) {
		case *hdf5.Group:
			if depth < treeDepth {
				doc, err = v.tree(ctx, member, depth+1, left)
			}
		case *hdf5.Dataset:
			doc, err = v.parse(ctx, member)
		}
		if err = v.unless(err, fmt.Sprintf("%s/%s", g.Path(), name)); err != nil {
			return nil, err
		}
		if doc != nil {
			o.Set(nexuslims.ValidText(name), doc)
		}
	}
	return o, nil
}

// documents calls visit for each document of a type: "FftOperation".
func documents(tree *nexuslims.Object, kind string, visit func(id string, doc *nexuslims.Object)) {
	for id, v := range tree.Group(kind).All() {
		if doc, ok := v.(*nexuslims.Object); ok {
			visit(id, doc)
		}
	}
}

// unescape decodes percent-encoding; a text that is not encoded stays.
func unescape(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return nexuslims.ValidText(plain)
	}
	return text
}
