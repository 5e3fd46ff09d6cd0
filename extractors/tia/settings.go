package tia

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// settingFields are the settings with a field of the schema, by label in lower case.
var settingFields = map[string]string{
	"high tension":  "acceleration_voltage",
	"magnification": "magnification",
	"emission":      "emission_current",
	"camera length": "camera_length",
	"stem rotation": "scan_rotation",

	"convergence angle":  "convergence_angle",
	"acquisition device": "acquisition_device",
}

// stageFields are the axes of the stage.
var stageFields = map[string]string{"X": "x", "Y": "y", "Z": "z", "A": "tilt_alpha", "B": "tilt_beta"}

// settings writes the experimental description. Stage and energy filter have groups of
// their own.
func (w *writer) settings() {
	for _, s := range w.d.Info.Settings {
		if strings.TrimSpace(s.Value) == "" {
			continue
		}
		w.setting(s)
	}
}

func (w *writer) setting(s Setting) {
	v := settingValue(s)
	from := w.from(fmt.Sprintf("ExperimentalDescription: %s", s.Label))
	if s.Unit != "" {
		from = w.from(fmt.Sprintf("ExperimentalDescription: %s (%s)", s.Label, s.Unit))
	}
	term := termOf(s.Label)
	_, isText := v.(nexuslims.Text)
	switch field := settingFields[strings.ToLower(s.Label)]; {
	case strings.Contains(term, "Stage "):
		axis := strings.ReplaceAll(term, "Stage ", "")
		if member, ok := stageFields[axis]; ok && isQuantity(v) {
			w.sheet.Put(v, from, "stage_position", member)
			return
		}
		w.sheet.Put(v, from, "Stage Position", axis)
	case strings.Contains(term, "Filter "):
		w.sheet.Put(v, from, "Tecnai Filter", titled(strings.ReplaceAll(term, "Filter ", "")))
	case field != "" && (field == "acquisition_device") == isText:
		w.put(v, from, field, term)
	default:
		w.sheet.Put(v, from, term)
	}
}

func isQuantity(v nexuslims.Value) bool {
	_, ok := v.(nexuslims.Quantity)
	return ok
}

// settingValue gives a number its unit. What the instrument writes as a number with a unit
// has a point, whatever its text.
func settingValue(s Setting) nexuslims.Value {
	v, isNumber := number(s.Value)
	if !isNumber || s.Unit == "" {
		return v
	}
	plain, _ := nexuslims.Number(v)
	unit := s.Unit
	if width, per, _ := strings.Cut(unit, "/"); strings.EqualFold(strings.TrimSpace(per), "channel") {
		unit = strings.TrimSpace(width)
	}
	if known, ok := nexuslims.ParseUnit(unit); ok && known.Name != "dimensionless" {
		q, _ := extractors.Measure(nexuslims.Float(plain), known.Name)
		return q
	}
	return nexuslims.Float(plain)
}

// termOf returns a label as it is shown: words in small letters get a capital.
func termOf(label string) string {
	words := strings.Split(label, " ")
	for i, w := range words {
		if w == strings.ToLower(w) {
			words[i] = capital(w)
		}
	}
	return strings.ReplaceAll(strings.Join(words, " "), "Stem ", "STEM ")
}

func capital(word string) string {
	for i, r := range word {
		return string(unicode.ToUpper(r)) + word[i+len(string(r)):]
	}
	return word
}

// titled gives each word a capital and small letters.
func titled(text string) string {
	words := strings.Split(text, " ")
	for i, w := range words {
		words[i] = capital(strings.ToLower(w))
	}
	return strings.Join(words, " ")
}
