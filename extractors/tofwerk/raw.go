package tofwerk

import (
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// raw returns the file's own entries: attributes, the configuration, the peaks, and the
// ends of the log.
func (c *contents) raw() *nexuslims.Object {
	o := new(nexuslims.Object)
	for k, v := range c.root.All() {
		if text, ok := v.(nexuslims.Text); ok && k == attrConfig {
			v = parseConfig(string(text))
		}
		o.Set(k, shortened(v))
	}
	for _, path := range []string{pathBeam, pathSpectra, pathTiming} {
		if g := c.groups[path]; g.Len() > 0 {
			shown := nexuslims.NewObject(g.Len())
			for k, v := range g.All() {
				shown.Set(k, shortened(v))
			}
			o.Set(path, shown)
		}
	}
	if len(c.table) > 0 {
		o.Set("PeakTable", c.columns())
	}
	if len(c.log) > 0 {
		o.Set("AcquisitionLog", nexuslims.List(c.log))
	}
	all := nexuslims.NewObject(1)
	all.Set("original_metadata", o)
	return all
}

// shortened cuts long lists of numbers.
func shortened(v nexuslims.Value) nexuslims.Value {
	list, ok := v.(nexuslims.List)
	if !ok || len(list) <= extractors.LongArray {
		return v
	}
	values := make([]float64, len(list))
	for i, x := range list {
		if values[i], ok = nexuslims.Number(x); !ok {
			return list[:extractors.LongArray]
		}
	}
	return extractors.ArrayValue(values)
}

// columns turns the table of peaks into one list for each column, and cuts long ones.
func (c *contents) columns() *nexuslims.Object {
	o := new(nexuslims.Object)
	first, ok := c.table[0].(*nexuslims.Object)
	if !ok {
		return o
	}
	for _, name := range first.Keys() {
		var list nexuslims.List
		for _, row := range c.table {
			if r, ok := row.(*nexuslims.Object); ok {
				list = append(list, r.Get(name))
			}
		}
		o.Set(name, shortened(list))
	}
	return o
}

// parseConfig reads the text of a configuration file: sections of "name=value". A text
// that has none stays as it is.
func parseConfig(text string) nexuslims.Value {
	all := new(nexuslims.Object)
	section := all
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, ";") || strings.HasPrefix(line, "#") {
			continue
		}
		if strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]") && len(line) > 2 {
			section = all.Ensure(line[1 : len(line)-1])
			continue
		}
		if name, value, ok := strings.Cut(line, "="); ok && strings.TrimSpace(name) != "" {
			section.Set(strings.TrimSpace(name), nexuslims.Text(strings.TrimSpace(value)))
		}
	}
	if all.Len() == 0 {
		return nexuslims.Text(text)
	}
	return all
}
