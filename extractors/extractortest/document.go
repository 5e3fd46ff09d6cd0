package extractortest

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// newEngine returns an engine with one extractor and profile (which may be nil).
func newEngine(x extractors.Extractor, p extractors.Profile) *extractors.Engine {
	e := &extractors.Engine{
		Extractors: new(extractors.Registry), Profiles: new(extractors.Profiles), Timeout: patience,
		Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return fileTime },
	}
	_ = e.Extractors.Add(x) // Run has reported it
	if p != nil {
		_ = e.Profiles.Add(p) // RunProfile has reported it
	}
	return e
}

// checkDocuments looks at the metadata as they would stand in a record.
func (k *kit) checkDocuments() {
	k.Helper()
	out, err := newEngine(k.x, nil).Extract(context.Background(), k.sample.file())
	if err != nil {
		k.violation("a good file is read", "by the engine: %v", err)
		return
	}
	for _, n := range out.Notes {
		misfit := !strings.HasPrefix(n.Reason, "the schema of") && n.Action == "to extensions"
		if _, known := nexuslims.FieldByName(n.Field); n.Action == "replaced" || known && misfit {
			k.violation("fields of the schema hold values of their kind, with a unit of their dimension", "%s: %s", n.Field, n.Reason)
		}
	}
	for i, s := range out.Signals {
		what := fmt.Sprint("signal ", i)
		for _, key := range []string{"Creation Time", "Acquisition Timestamp"} {
			k.checkTime(what, s.Meta, key)
			k.checkTime(what, s.Meta.Group("extensions"), key)
		}
		if s.Meta.Text("Data Type") == "" || !s.DatasetType().Valid() {
			k.violation("every document has types", "%s: %q, %q", what, s.Meta.Text("DatasetType"), s.Meta.Text("Data Type"))
		}
		k.checkTexts(what, s.Meta)
		k.checkTexts(what, s.Raw)
	}
}

func (k *kit) checkTime(what string, o *nexuslims.Object, key string) {
	k.Helper()
	text := o.Text(key)
	if text == "" {
		return
	}
	if _, err := time.Parse(time.RFC3339Nano, text); err != nil || strings.HasSuffix(text, "Z") {
		k.violation("times are ISO 8601 with a numeric offset", "%s: %s is %q", what, key, text)
	}
}

func (k *kit) checkTexts(what string, v nexuslims.Value) {
	k.Helper()
	switch v := v.(type) {
	case *nexuslims.Object:
		for key, item := range v.All() {
			k.checkTexts(what+", "+key, item)
			if key == "" || !utf8.ValidString(key) {
				k.violation("names are not empty and UTF-8", "%s: %q", what, key)
			}
		}
	case nexuslims.List:
		for _, item := range v {
			k.checkTexts(what, item)
		}
	case nexuslims.Text:
		if !utf8.ValidString(string(v)) {
			k.violation("texts are UTF-8", "%s: %.80q", what, string(v))
		}
	case nexuslims.Quantity:
		if v.Unit.IsZero() {
			k.violation("a quantity has a unit", "%s: %v", what, v.Value)
		}
	}
}

// checkPixels checks the handle on the pixels of a good file, and reads a part of them.
func (k *kit) checkPixels(what string, s *extractors.Signal) {
	k.Helper()
	a := s.Data
	if a == nil {
		return
	}
	if a.Source == nil || len(a.Axes) == 0 {
		k.violation("pixels have axes and a source", "%s: %d axes", what, len(a.Axes))
		return
	}
	signal := false
	for i, x := range a.Axes {
		if x.Size < 1 || x.Scale == 0 {
			k.violation("axes have a size and a scale", "%s: axis %d: %+v", what, i, x)
		}
		if signal && x.Navigation {
			k.violation("navigation axes come before signal axes", "%s: axis %d", what, i)
		}
		signal = signal || !x.Navigation
	}
	if _, err := a.Read(context.Background(), corner(a)); err != nil {
		k.violation("the pixels of a good file can be read", "%s: %v", what, err)
	}
}

// touch reads some pixels of a damaged file: they may be refused, but not crash.
func (k *kit) touch(what string, s *extractors.Signal) {
	k.Helper()
	defer func() {
		if r := recover(); r != nil {
			k.violation("reading pixels never panics", "%s: %v\n%s", what, r, debug.Stack())
		}
	}()
	_ = s.JSON()
	if !s.Drawable() && !k.x.Info().Wildcard { // what nobody reads has nothing to draw
		k.violation("a signal has pixels, or says why they cannot be drawn", "%s", what)
	}
	for _, a := range []*extractors.Array{s.Data, s.Shown} {
		if a == nil || a.Source == nil {
			continue
		}
		for _, x := range a.Axes {
			if x.Size < 1 {
				k.violation("axes have a size", "%s: %+v", what, x)
				return
			}
		}
		_, _ = a.Read(context.Background(), corner(a))
	}
}

// corner is the last part of an array, at most eight elements wide.
func corner(a *extractors.Array) extractors.Region {
	r := a.All()
	for i, x := range a.Axes {
		r.Count[i] = min(8, x.Size)
		if len(a.Axes) > 3 {
			r.Count[i] = min(2, x.Size)
		}
		r.Start[i] = x.Size - r.Count[i]
	}
	return r
}
