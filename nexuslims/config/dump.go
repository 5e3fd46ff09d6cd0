package config

import (
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const redacted = "***"

// isSecret judges by the declaration of the variable, and by its name where it has none.
func isSecret(name string, known []nexuslims.Variable) bool {
	upper := strings.ToUpper(name)
	for _, v := range known {
		base, numbered := strings.CutSuffix(v.Name, "_N")
		if upper == v.Name || numbered && strings.HasPrefix(upper, base+"_") && !strings.HasSuffix(upper, "_FILE") {
			return v.Secret
		}
	}
	return !strings.HasSuffix(upper, "_FILE") &&
		slices.ContainsFunc([]string{"TOKEN", "PASSWORD", "PASSWD", "SECRET", "API_KEY", "APIKEY", "ACCESS_KEY"}, func(word string) bool {
			return strings.Contains(upper, word)
		})
}

// Dump returns the variables of the program as JSON values with their sources, secrets
// masked, in the order of known; set ones that nobody declared follow, by name.
// Variables that are not set are null.
func (t *Texts) Dump(known []nexuslims.Variable) *nexuslims.Object {
	out := nexuslims.NewObject(len(known))
	for _, v := range known {
		if base, ok := strings.CutSuffix(v.Name, "_N"); ok {
			t.dumpNumbered(out, base+"_", known)
			continue
		}
		out.Set(v.Name, t.shown(v.Name, known))
	}
	for _, name := range t.Names() {
		if strings.HasPrefix(name, "NX_") && !out.Has(name) {
			out.Set(name, t.shown(name, known))
		}
	}
	return out
}

func (t *Texts) dumpNumbered(out *nexuslims.Object, prefix string, known []nexuslims.Variable) {
	for _, name := range t.Names() {
		if strings.HasPrefix(name, prefix) {
			out.Set(name, t.shown(name, known))
		}
	}
}

func (t *Texts) shown(name string, known []nexuslims.Variable) nexuslims.Value {
	value, source, ok := t.Lookup(name)
	if !ok {
		return nexuslims.Null{}
	}
	if isSecret(name, known) {
		value = redacted
	} else if user := userInfo(value); user != "" {
		value = strings.Replace(value, user, redacted, 1)
	}
	o := nexuslims.NewObject(2)
	o.Set("value", nexuslims.Text(value))
	o.Set("source", nexuslims.Text(source))
	return o
}

// oldNames are the names of releases 1.x, for a hint.
var oldNames = map[string]string{ //nolint:gosec // names, no secrets
	"MMFNEXUS_PATH": "NX_INSTRUMENT_DATA_PATH", "NEXUSLIMS_PATH": "NX_DATA_PATH", "NEXUSLIMS_DB_PATH": "NX_DB_PATH",
	"NEXUSLIMS_USER": "NX_CDCS_TOKEN", "CDCS_URL": "NX_CDCS_URL", "NEXUSLIMS_FILE_STRATEGY": "NX_FILE_STRATEGY",
	"NEXUSLIMS_IGNORE_PATTERNS": "NX_IGNORE_PATTERNS", "NEXUSLIMS_FILE_DELAY_DAYS": "NX_FILE_DELAY_DAYS",
	"NEXUSLIMS_CERT_BUNDLE_FILE": "NX_CERT_BUNDLE_FILE", "NEXUSLIMS_CERT_BUNDLE": "NX_CERT_BUNDLE",
	"EMAIL_SENDER": "NX_EMAIL_SENDER", "EMAIL_RECIPIENTS": "NX_EMAIL_RECIPIENTS",
	"NX_CDCS_USER": "NX_CDCS_TOKEN", "NX_CDCS_PASS": "NX_CDCS_TOKEN",
}

// Hints tells of set variables that mean nothing: names of old releases, and names
// beginning with NX_ that neither the program nor an implementation knows.
func (t *Texts) Hints(known []nexuslims.Variable) []string {
	var hints []string
	for _, name := range t.Names() {
		switch now, old := oldNames[name]; {
		case old:
			hints = append(hints, name+" is a name of an old release; it is now "+now)
		case strings.HasPrefix(name, "NX_") && !strings.HasPrefix(name, "NX_TEST_") && !declared(name, known):
			hints = append(hints, name+" is not a setting of this program")
		}
	}
	return hints
}

func declared(name string, known []nexuslims.Variable) bool {
	plain := strings.TrimSuffix(name, "_FILE")
	return slices.ContainsFunc(known, func(v nexuslims.Variable) bool {
		base, numbered := strings.CutSuffix(v.Name, "_N")
		return name == v.Name || v.Secret && plain == v.Name || numbered && strings.HasPrefix(name, base+"_")
	})
}
