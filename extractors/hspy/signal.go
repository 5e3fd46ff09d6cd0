package hspy

import (
	"context"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// signal makes the signal of an experiment.
func (e *experiment) signal(ctx context.Context) (*extractors.Signal, error) {
	array, why, err := e.pixels(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{Sheet: extractors.NewSheet(e.file, nexuslims.Misc, "Miscellaneous"), experiment: e}
	shape := e.data.Shape()
	if array != nil {
		w.axes, shape = array.Axes, array.Shape()
		if err := e.data.Check(); err != nil {
			why = err.Error()
		}
	}
	w.choose()
	w.classify()
	w.write()
	w.Put(nexuslims.Text(dimensions(shape)), "shape of "+nexuslims.ValidText(e.data.Path()), "Data Dimensions")
	raw := nexuslims.NewObject(2)
	raw.Set("metadata", e.metadata)
	raw.Set("original_metadata", e.original)
	s := w.Signal(raw)
	s.Title, s.Data, s.NoPreview = w.title(), array, why
	s.DataLabel, s.Shown = w.dataLabel(), w.shown(array)
	switch {
	case why == ragged:
		e.warn("%s", ragged)
	case why != "":
		e.warn("%s has no pixels that can be read: %s", nexuslims.ValidText(e.path), why)
	case e.data.Type().Element() == "":
		e.warn("the colours of %s have 16 bits, of which the upper 8 are given", nexuslims.ValidText(e.path))
	}
	return s, nil
}

// title is that of the metadata, which the name of the group gives without slashes.
func (e *experiment) title() string {
	if title := plainText(e.metadata.At("General", "title")); title != "" {
		return title
	}
	if e.name == unnamed {
		return ""
	}
	return nexuslims.ValidText(e.name)
}

// dimensions is the text of a shape: "(128, 128)", "(4096,)".
func dimensions(shape []int) string {
	text := make([]string, len(shape))
	for i, n := range shape {
		text[i] = strconv.Itoa(n)
	}
	if len(text) == 1 {
		return "(" + text[0] + ",)"
	}
	return "(" + strings.Join(text, ", ") + ")"
}
