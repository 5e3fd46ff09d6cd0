package emd

import (
	"unicode"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// veloxName is what the processing graph and the displays say of an image.
type veloxName struct {
	name      string
	operation string // type of the operation that made it
	detector  string // of the scan
	made      string // what it was derived as: "iDPC"
}

// nameAll collects the names of images and the elements that were chosen.
func (v *velox) nameAll() {
	v.names = map[string]veloxName{}
	if v.version >= 11 || v.version == 0 {
		v.nameByDisplays()
	}
	v.nameByOperations()
	v.nameByPresentation()
	v.findElements()
}

// nameByDisplays follows the displays of version 11 and later to their data. Their id is
// the name, unless it is a letter that only counts them.
func (v *velox) nameByDisplays() {
	references := map[string]string{}
	documents(v.trees.shared, "ImageSeriesDataReference", func(id string, doc *nexuslims.Object) {
		references["/SharedProperties/ImageSeriesDataReference/"+id] = textAt(doc, "dataPath")
	})
	documents(v.trees.displays, "ImageDisplay", func(_ string, doc *nexuslims.Object) {
		path, name := references[textAt(doc, "data")], textAt(doc, "id")
		if r := []rune(name); len(r) == 0 || len(r) == 1 && unicode.IsLower(r[0]) {
			name = textAt(doc, "title")
		}
		if path != "" {
			v.name(path, veloxName{name: name})
		}
	})
}

// name adds what is known of an image; what is known already stays.
func (v *velox) name(path string, n veloxName) {
	have := v.names[path]
	for _, f := range []struct {
		to   *string
		from string
	}{
		{&have.name, n.name}, {&have.operation, n.operation}, {&have.detector, n.detector}, {&have.made, n.made},
	} {
		if *f.to == "" {
			*f.to = f.from
		}
	}
	v.names[path] = have
}

// nameByOperations follows the processing graph, which files have to version 9.
func (v *velox) nameByOperations() {
	for kind := range v.trees.operations.All() {
		documents(v.trees.operations, kind, func(_ string, doc *nexuslims.Object) {
			for _, key := range []string{"dataPath", "unfilteredDataPath", "imageOutputPath"} {
				path := textAt(doc, key)
				if path == "" {
					continue
				}
				n := operationName(kind, key, doc)
				n.operation = kind
				v.name(path, n)
			}
		})
	}
}

func operationName(kind, key string, doc *nexuslims.Object) veloxName {
	switch kind {
	case "CameraInputOperation":
		return veloxName{name: textAt(doc, "cameraName")}
	case "StemInputOperation":
		d := textAt(doc, "detector")
		return veloxName{name: d, detector: d}
	case "DpcOperation":
		return veloxName{name: "DPC", made: "DPC"}
	case "IntegrationOperation":
		return veloxName{name: "DCFI", made: "DCFI"}
	case "SurfaceReconstructionOperation":
		name := "dDPC"
		if isTrue(doc, "integrationMode") {
			name = "iDPC"
		}
		made := name
		if key == "dataPath" && isTrue(doc, "enableFilter") {
			name = "Filtered " + name
		}
		return veloxName{name: name, made: made}
	case "MathematicsOperation":
		return mathematicsName(doc)
	case "FftOperation":
		return veloxName{made: "FFT"} // the display names it better
	}
	return veloxName{}
}

// mathematicsName tells the differences of opposite segments apart by the input of the next
// operation that they are.
func mathematicsName(doc *nexuslims.Object) veloxName {
	outputs, _ := doc.Get("outputs").(nexuslims.List)
	if len(outputs) == 0 {
		return veloxName{}
	}
	first, _ := outputs[0].(*nexuslims.Object)
	switch textAt(first, "inputIndex") {
	case "0":
		return veloxName{name: "A-C", made: "A-C"}
	case "1":
		return veloxName{name: "B-D", made: "B-D"}
	}
	return veloxName{}
}

// nameByPresentation takes the labels of displays of version 9 and before.
func (v *velox) nameByPresentation() {
	if v.version >= 11 {
		return
	}
	for _, d := range v.trees.presented.All() {
		if doc, ok := d.(*nexuslims.Object); ok {
			if path := textAt(doc, "dataPath"); path != "" {
				v.name(path, veloxName{name: unescape(textAt(doc, "display", "label"))})
			}
		}
	}
	for path, n := range v.names {
		if n.name == "" && n.made == "FFT" {
			n.name = "FFT"
			v.names[path] = n
		}
	}
}
