package rocrate

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const (
	glossaryBase = "https://purls.helmholtz-metadaten.de/emg/"
	stagePrefix  = "Stage Position – "
)

// keyring gives the parameters of a Dataset keys that differ.
type keyring map[string]bool

var notInKey = regexp.MustCompile(`[^a-z0-9]+`)

// take returns a free key made of a name. Dots would nest, and importers take a level of
// numbers for a list.
func (k keyring) take(name string) string {
	if f, ok := nexuslims.FieldByName(name); ok {
		name = f.Name
	}
	key := strings.Trim(notInKey.ReplaceAllString(strings.ToLower(name), "_"), "_")
	if key == "" || key[0] >= '0' && key[0] <= '9' {
		key = strings.TrimSuffix("parameter_"+key, "_")
	}
	unique := key
	for i := 2; k[unique]; i++ {
		unique = fmt.Sprintf("%s_%d", key, i)
	}
	k[unique] = true
	return unique
}

// addParameters describes parameters and returns their ids. Ids begin with "#pv-" and
// place, property ids with prefix.
func (g *graph) addParameters(place, prefix string, params []nexuslims.Param) []string {
	var ids []string
	keys := keyring{}
	for _, p := range params {
		value := parameterValue(p)
		if value == nil {
			continue
		}
		key := keys.take(p.Name)
		e := newEntity(g.free("#pv-"+place+"-"+key), "PropertyValue").
			text("name", parameterName(p.Name, key)).text("propertyID", prefix+key)
		e["value"] = value
		if _, number := nexuslims.Number(value); number {
			e.text("unitText", p.Unit)
			if u, ok := nexuslims.ParseUnit(p.Unit); ok && u.QUDT != "" {
				e.text("unitCode", nexuslims.QUDTBase+u.QUDT)
			}
		}
		if f, ok := nexuslims.FieldByName(p.Name); ok && f.Glossary != "" {
			e.text("identifier", glossaryBase+f.Glossary)
		}
		g.parameters = append(g.parameters, e)
		ids = append(ids, e.id())
	}
	return ids
}

// parameterName returns the name for people.
func parameterName(name, key string) string {
	if shown := oneLine(name); shown != "" {
		return shown
	}
	return key
}

// parameterValue returns a value of its kind: number, truth value or text; nil for what
// says nothing. A number without unit must look exactly as we write numbers: "0123" and
// "1.10" are names.
func parameterValue(p nexuslims.Param) nexuslims.Value {
	text := clean(p.Text)
	switch strings.TrimSpace(text) {
	case "", "None", "nan", "inf", "-inf":
		return nil
	case "True":
		return nexuslims.Bool(true)
	case "False":
		return nexuslims.Bool(false)
	}
	if i, err := strconv.ParseInt(text, 10, 64); err == nil && (p.Unit != "" || strconv.FormatInt(i, 10) == text) {
		return nexuslims.Int(i)
	}
	f, err := strconv.ParseFloat(text, 64)
	finite := err == nil && !math.IsInf(f, 0) && !math.IsNaN(f)
	if finite && (p.Unit != "" || nexuslims.FloatText(f) == text) {
		return nexuslims.Float(f)
	}
	return nexuslims.Text(text)
}

// schemaParams returns the parameters that the metadata schema knows.
func schemaParams(params []nexuslims.Param) []nexuslims.Param {
	var out []nexuslims.Param
	for _, p := range params {
		if _, ok := nexuslims.FieldByName(p.Name); ok || strings.HasPrefix(p.Name, stagePrefix) {
			out = append(out, p)
		}
	}
	return out
}
