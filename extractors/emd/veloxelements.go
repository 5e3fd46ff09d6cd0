package emd

import "github.com/nexuslims/nexuslims-go/nexuslims"

// The techniques of spectra.
const (
	techniqueEDS  = "EDS"
	techniqueEELS = "EELS"
)

// veloxElements are the symbols of the elements that the user chose, and where that stands.
type veloxElements struct {
	symbols nexuslims.List
	from    string
}

// findElements reads which elements were chosen for quantification, for each technique. Of
// several lists the first that has some counts. The properties beside them are a table of
// all elements.
func (v *velox) findElements() {
	v.elements = map[string]veloxElements{}
	for _, t := range []struct {
		tree                  *nexuslims.Object
		root, kind, technique string
	}{
		{v.trees.shared, "SharedProperties", "EDSSpectrumQuantificationSettings", techniqueEDS},
		{v.trees.operations, "Operations", "ImageQuantificationOperation", techniqueEDS},
		{v.trees.shared, "SharedProperties", "EELSSpectrumQuantificationSettings", techniqueEELS},
	} {
		documents(t.tree, t.kind, func(id string, doc *nexuslims.Object) {
			if len(v.elements[t.technique].symbols) == 0 {
				from := t.root + "/" + t.kind + "/" + id + ": elementSelection"
				v.elements[t.technique] = veloxElements{symbolsOf(doc.Get("elementSelection")), from}
			}
		})
	}
}

// symbolsOf turns atomic numbers, or texts of them, into symbols.
func symbolsOf(v nexuslims.Value) nexuslims.List {
	list, _ := v.(nexuslims.List)
	var symbols nexuslims.List
	for _, item := range list {
		n, ok := asNumber(item)
		if !ok || n < 1 || n > 200 {
			continue
		}
		if symbol, ok := nexuslims.ElementSymbol(int(n)); ok {
			symbols = append(symbols, nexuslims.Text(symbol))
		}
	}
	return symbols
}
