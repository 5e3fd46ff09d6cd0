package record

import (
	"fmt"
	"path"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// dataset makes the dataset of a signal, its parameters apart.
func dataset(s Signal, f *flattener) nexuslims.Dataset {
	d := nexuslims.Dataset{
		Type:     datasetType(s, f),
		Role:     experimental,
		Name:     datasetName(s),
		Location: strings.TrimLeft(s.Location, "/"),
		Format:   s.Format,
		Preview:  strings.TrimLeft(s.Preview, "/"),
		Signal:   s.Index,
		Signals:  max(1, s.Count),
		Size:     s.Size,
	}
	if d.Format == "" {
		d.Format = strings.ToUpper(strings.TrimPrefix(path.Ext(s.Location), "."))
	}
	return d
}

func datasetName(s Signal) string {
	name := writable(path.Base(s.Location))
	if s.Count > 1 {
		name = fmt.Sprintf("%s (%d of %d)", name, s.Index+1, s.Count)
	}
	return name
}

func datasetType(s Signal, f *flattener) nexuslims.DatasetType {
	text := s.Meta.Text("DatasetType")
	if text == "" {
		text = s.Meta.Text("dataset_type")
	}
	if t := nexuslims.DatasetType(text); t.Valid() {
		return t
	}
	f.note("dataset type unknown to the schema", text, s.Location)
	return nexuslims.UnknownType
}
