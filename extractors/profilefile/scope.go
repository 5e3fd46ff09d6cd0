package profilefile

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// scope is what the expressions of a step see: the document and its file.
type scope struct {
	doc     *extractors.Document
	subject extractors.Subject
}

// environment returns the names that expressions may use. Their types do not depend on the
// document, so that mistakes are found when a file is read.
func (s *scope) environment() map[string]any {
	return map[string]any{
		"text":       s.text,
		"number":     s.number,
		"has":        s.has,
		"raw":        s.raw,
		"words":      words,
		"quantity":   quantity,
		"file":       s.subject.Name,
		"stem":       strings.TrimSuffix(s.subject.Name, filepath.Ext(s.subject.Name)),
		"folder":     strings.TrimSuffix(strings.TrimSuffix(s.subject.Path, s.subject.Name), "/"),
		"instrument": s.subject.Instrument.PID,
		"dimensions": dimensions(s.doc),
	}
}

// find returns the value at a path. Extractors write fields beside each other that stand
// among the extensions at last: both ways of naming them are understood.
func find(meta *nexuslims.Object, p path) (nexuslims.Value, path) {
	if len(p) == 0 {
		return nil, nil
	}
	if v := meta.At(p...); v != nil {
		return v, p
	}
	if p[0] == "extensions" {
		return meta.At(p[1:]...), p[1:]
	}
	long := append(path{"extensions"}, p...)
	return meta.At(long...), long
}

// pathIn splits the names that an expression gives: text("EDS / Live time") and
// text("EDS", "Live time") mean the same.
func pathIn(names []string) path {
	var p path
	for _, n := range names {
		for part := range strings.SplitSeq(n, " / ") {
			p = append(p, strings.TrimSpace(part))
		}
	}
	return p
}

// text returns a field as records show it, "" where it is missing.
func (s *scope) text(names ...string) string {
	v, _ := find(s.doc.Meta, pathIn(names))
	return nexuslims.TextOf(v)
}

// number returns the number of a field, of a quantity in its own unit, and of a text that
// is one; not-a-number for everything else, of which every comparison is false.
func (s *scope) number(names ...string) float64 {
	v, _ := find(s.doc.Meta, pathIn(names))
	return numberOf(v)
}

func numberOf(v nexuslims.Value) float64 {
	switch v := v.(type) {
	case nexuslims.Quantity:
		return v.Value
	case nexuslims.Text:
		if q, ok := nexuslims.ParseQuantity(string(v)); ok {
			return q.Value
		}
	}
	if n, ok := nexuslims.Number(v); ok {
		return n
	}
	return math.NaN()
}

func (s *scope) has(names ...string) bool {
	v, _ := find(s.doc.Meta, pathIn(names))
	return v != nil
}

// raw returns a tag of the file, by its names one by one, as a text.
func (s *scope) raw(names ...string) string {
	if s.doc.Raw == nil || len(names) == 0 {
		return ""
	}
	return nexuslims.TextOf(s.doc.Raw.At(names...))
}

// words returns the words of a text in lower case: what stands between other characters
// than letters.
func words(text string) []string {
	list := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) })
	if list == nil {
		list = []string{}
	}
	return list
}

// quantity makes a number with a unit.
func quantity(number float64, unit string) (nexuslims.Quantity, error) {
	u, ok := nexuslims.ParseUnit(unit)
	if !ok {
		return nexuslims.Quantity{}, fmt.Errorf("the unit %q is not known", unit)
	}
	if math.IsNaN(number) || math.IsInf(number, 0) {
		return nexuslims.Quantity{}, errors.New("not a number")
	}
	return nexuslims.Quantity{Value: number, Unit: u}, nil
}

// dimensions reads the sizes that "(2, 1024)" shows.
func dimensions(doc *extractors.Document) []int {
	list := []int{}
	for part := range strings.SplitSeq(strings.Trim(doc.Meta.Text("Data Dimensions"), "()"), ",") {
		if n, err := strconv.Atoi(strings.TrimSpace(part)); err == nil {
			list = append(list, n)
		}
	}
	return list
}
