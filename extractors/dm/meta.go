package dm

import (
	"io"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// builder makes the metadata of one signal. The names it writes are those of the
// reference implementation before migration: profiles are written against them.
type builder struct {
	r    io.ReaderAt
	p    picture
	axes []axis
	base *Group // where the tags of the acquisition stand
	mode string // TEM, STEM or SEM
	meta *nexuslims.Object

	notes  []note
	places map[*nexuslims.Object]string // the keys of the groups in meta
}

func newBuilder(r io.ReaderAt, p picture) *builder {
	return &builder{
		r: r, p: p, base: baseOf(p.tags), axes: axesOf(p), meta: nexuslims.NewObject(40),
		places: map[*nexuslims.Object]string{},
	}
}

// baseOf finds the tags of the acquisition: those of the image, or, in a stack put together
// from single images, those of the first of them. One plug-in that builds stacks keeps them
// elsewhere.
func baseOf(tags *Group) *Group {
	if source := tags.Sub("plane info", "TagGroup0", "source tags"); source != nil {
		return source
	}
	if source := tags.Sub("source", "Tags at creation"); source != nil && tags.Sub("Microscope Info") == nil {
		return source
	}
	return tags
}

// build fills the metadata in the order in which later sources win over earlier ones.
func (b *builder) build() {
	b.microscope()
	b.session()
	b.apply(b.meta, b.base.Sub("Meta Data"), analyticRules)
	b.acquisition()
	b.calibration()
	eels, eds, cl := b.eels(), b.eds(), b.cathodoluminescence()
	si := b.spectrumImaging()
	b.set("EELS", eels)
	b.set("EDS", eds)
	b.set("CL", cl)
	b.set("Spectrum Imaging", si)
	kind := b.classify(eels, eds)
	const evidence = "axes, units and tags"
	b.put(b.meta, "DatasetType", nexuslims.Text(kind.dataset), evidence, "")
	b.put(b.meta, "Data Type", nexuslims.Text(kind.data), evidence, "")
	if kind.transform {
		b.put(b.meta, "Derived", nexuslims.Text("FFT"), evidence, "")
		b.meta.Delete("Field of View")
	}
}

func (b *builder) set(key string, o *nexuslims.Object) {
	if o.Len() > 0 {
		b.meta.Set(key, o)
		b.places[o] = key
	}
}

// rule says which tag becomes which entry.
type rule struct {
	path string // tag names, separated by colons as in the program's own scripts
	key  string // empty: the last name of the path
	unit string // empty: the value is taken as it is
	keep bool   // placeholders and empty texts are taken too
}

func (r rule) split() []string { return strings.Split(r.path, ":") }

func (r rule) name() string {
	if r.key != "" {
		return r.key
	}
	return r.path[strings.LastIndexByte(r.path, ':')+1:]
}

func (b *builder) apply(o *nexuslims.Object, g *Group, rules []rule) {
	if g == nil {
		return
	}
	for _, r := range rules {
		b.applyOne(o, g, r)
	}
}

// applyOne sets an entry, unless the tag is missing or nothing was entered. A value that
// should have a unit and is no number stays what it is, under its own name.
func (b *builder) applyOne(o *nexuslims.Object, g *Group, r rule) bool {
	path := r.split()
	v := b.value(g, path...)
	if v == nil || isPlaceholder(v) && (!r.keep || r.unit != "" || isEmpty(v)) {
		return false
	}
	from := tagPath(g, path...)
	if r.unit == "" {
		b.put(o, r.name(), v, from, "")
		return true
	}
	q, ok := quantity(v, r.unit)
	if !ok {
		b.put(o, path[len(path)-1], v, from, "")
		return true
	}
	how := ""
	if _, text := v.(nexuslims.Text); text {
		how = "text to number"
	}
	b.put(o, r.name(), q, from, how)
	return true
}

// value returns the value of a tag, long texts included.
func (b *builder) value(g *Group, path ...string) nexuslims.Value {
	t, ok := g.At(path...)
	if !ok || t.Value != nil || t.Array == nil {
		return t.Value
	}
	budget := int64(2 * maxText)
	v, err := t.Array.read(b.r, &budget)
	if text, ok := v.(nexuslims.Text); ok && err == nil {
		return text
	}
	return nil
}

// isPlaceholder reports whether a value says that nothing was entered.
func isPlaceholder(v nexuslims.Value) bool {
	return isEmpty(v) || v == nexuslims.Text("DO NOT EDIT") || v == nexuslims.Text("DO NOT ENTER")
}

func isEmpty(v nexuslims.Value) bool {
	switch v := v.(type) {
	case nexuslims.Text:
		return v == ""
	case nexuslims.List:
		return len(v) == 0
	}
	return false
}

// quantity gives a number, or text that is one, a unit. A number that is infinite stays so:
// it is reported later.
func quantity(v nexuslims.Value, unit string) (nexuslims.Quantity, bool) {
	q, ok := extractors.Measure(v, unit)
	_, text := v.(nexuslims.Text)
	return q, ok && (!text || q.IsFinite())
}
