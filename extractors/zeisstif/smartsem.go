package zeisstif

import (
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// smartSEM is the text of SmartSEM, taken apart.
type smartSEM struct {
	tag     int               // in which it stands
	numbers []nexuslims.Value // of the block at the beginning
	names   []string          // in the order of the file
	lines   map[string]string // by name, the line that follows it: "WD = 14.808 mm"
}

// Positions in the block of numbers at the beginning: the first of its records. (Inferred.)
const (
	semPixelSize     = 3 // metre, of a picture of semColumns columns
	semMagnification = 4
	semVoltage       = 6 // volt
	semCurrent       = 8 // ampere, of the probe
	semDistance      = 9 // metre, the working distance
	semNumbers       = 10

	semColumns = 1024
)

// parseSmartSEM takes a text apart. Lines that belong to nothing are left out.
func parseSmartSEM(text string) *smartSEM {
	const usual = 40 // bytes of a setting, two lines
	s := &smartSEM{tag: tagSmartSEM, names: make([]string, 0, len(text)/usual), lines: make(map[string]string, len(text)/usual)}
	name := "" // the last one
	fresh := false
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case isName(line):
			if name, fresh = line, true; !has(s.lines, name) {
				s.names = append(s.names, name)
			}
			s.lines[name] = ""
		case name == "":
			if n, ok := extractors.ParseNumber(line); ok && len(s.names) == 0 {
				s.numbers = append(s.numbers, n)
			}
		case fresh:
			s.lines[name], fresh = line, false
		case strings.TrimSpace(line) != "": // texts of users may have several lines
			s.lines[name] += "\n" + line
		}
	}
	return s
}

func has(m map[string]string, key string) bool {
	_, ok := m[key]
	return ok
}

// isName recognises the names of settings: AP_WD, DP_ZOOM, SV_VERSION.
func isName(line string) bool {
	if len(line) < 4 || len(line) > 80 || line[2] != '_' {
		return false
	}
	switch line[:2] {
	case "AP", "DP", "SV":
	default:
		return false
	}
	for _, c := range line[3:] {
		if c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// known reports whether the text is one of SmartSEM: it has names, or at least the numbers
// of one record that can be what they are taken for.
func (s *smartSEM) known() bool {
	if s == nil {
		return false
	}
	if len(s.names) > 0 {
		return true
	}
	if len(s.numbers) < semNumbers {
		return false
	}
	size, _ := nexuslims.Number(s.numbers[semPixelSize])
	voltage, _ := nexuslims.Number(s.numbers[semVoltage])
	return size > 0 && size < 1 && voltage >= 0 && voltage < 1e6
}

// value returns what stands behind the label of a setting: after the first equals sign, or,
// where there is none (date and time), after the first colon.
func (s *smartSEM) value(name string) string {
	line := s.lines[name]
	if _, after, ok := strings.Cut(line, "="); ok {
		return strings.TrimSpace(after)
	}
	if _, after, ok := strings.Cut(line, ":"); ok {
		return strings.TrimSpace(after)
	}
	return ""
}

// number returns one of the numbers at the beginning, 0 where there is none.
func (s *smartSEM) number(i int) float64 {
	if i >= len(s.numbers) {
		return 0
	}
	n, _ := nexuslims.Number(s.numbers[i])
	return n
}

// raw returns all settings, in the order of the file; the numbers are its "Header".
func (s *smartSEM) raw() *nexuslims.Object {
	o := nexuslims.NewObject(len(s.names) + 1)
	if len(s.numbers) > 0 {
		numbers := s.numbers
		if len(numbers) > extractors.LongArray {
			numbers = numbers[:extractors.LongArray]
		}
		o.Set("Header", nexuslims.List(numbers))
	}
	for _, name := range s.names {
		o.Set(name, nexuslims.Text(strings.TrimSpace(s.lines[name])))
	}
	return o
}
