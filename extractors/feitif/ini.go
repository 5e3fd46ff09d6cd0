package feitif

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Settings are the sections of a text of key=value lines, in the order of the file. A
// section that is repeated is numbered: "Image 2".
type Settings struct {
	Sections *nexuslims.Object // of objects of texts
	Repeated map[string]int    // how often a section occurs, where that is more than once
	// Skipped counts the lines that are no settings, FirstSkipped is the first of them.
	Skipped      int
	FirstSkipped string
}

// ParseSettings reads sections. Lines that make no sense are skipped; of a repeated key the
// last one counts.
func ParseSettings(text string) Settings {
	p := settingsParser{Settings: Settings{Sections: new(nexuslims.Object), Repeated: map[string]int{}}}
	for line := range strings.Lines(text) {
		p.line(strings.TrimRight(line, " \t\n"))
	}
	for name, n := range p.Repeated {
		if n == 1 {
			delete(p.Repeated, name)
		}
	}
	return p.Settings
}

const (
	maxValue   = 16 << 10 // bytes of a value to which lines are still added
	maxRepeats = 8        // repetitions of a section in which a value is looked for
)

type settingsParser struct {
	Settings
	section *nexuslims.Object
	unit    string // the last [MultiGISUnitN]
	key     string // that the next line may continue
	indent  int    // of that key
}

func (p *settingsParser) line(line string) {
	text := strings.TrimLeft(line, " \t")
	indent := len(line) - len(text)
	switch {
	case text == "" || text[0] == '#' || text[0] == ';':
	case p.key != "" && indent > p.indent:
		if v := p.section.Text(p.key); len(v) < maxValue {
			p.section.Set(p.key, nexuslims.Text(v+"\n"+text))
		}
	case text[0] == '[' && text[len(text)-1] == ']' && len(text) > 2:
		p.begin(text[1 : len(text)-1])
	default:
		p.setting(text, indent)
	}
}

var gas = regexp.MustCompile(`^MultiGISGas\d+$`)

// begin starts a section. The gases of a unit repeat in each unit and take its name.
func (p *settingsParser) begin(name string) {
	switch {
	case strings.HasPrefix(name, "MultiGISUnit"):
		p.unit = name
	case p.unit != "" && gas.MatchString(name):
		name = p.unit + "." + name
	}
	p.Repeated[name]++
	if n := p.Repeated[name]; n > 1 {
		name = repeated(name, n)
	}
	p.section, p.key = p.Sections.Ensure(name), ""
}

// repeated is the name of the n-th section of a name.
func repeated(name string, n int) string { return fmt.Sprintf("%s %d", name, n) }

func (p *settingsParser) setting(text string, indent int) {
	i := strings.IndexAny(text, "=:")
	key := strings.TrimSpace(text[:max(i, 0)])
	if p.section == nil || key == "" {
		if p.Skipped++; p.Skipped == 1 {
			p.FirstSkipped = text
		}
		return
	}
	p.section.Set(key, nexuslims.Text(strings.TrimSpace(text[i+1:])))
	p.key, p.indent = key, indent
}

// Value returns a setting without blanks at its ends; of a repeated section the first that
// says something. The empty text stands for none.
func (s Settings) Value(section, key string) string {
	if s.Sections == nil {
		return ""
	}
	name := section
	for n := 2; ; n++ {
		if v := strings.TrimSpace(s.Sections.Group(name).Text(key)); v != "" {
			return v
		}
		if n > min(s.Repeated[section], maxRepeats) {
			return ""
		}
		name = repeated(section, n)
	}
}

// Has reports whether there is a section.
func (s Settings) Has(section string) bool { return s.Sections != nil && s.Sections.Has(section) }
