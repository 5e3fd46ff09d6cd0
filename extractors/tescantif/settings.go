package tescantif

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// settings are sections of keys and texts, in the order of the file.
type settings struct {
	sections *nexuslims.Object
	from     map[string]string // by section, where it stands: "tag 50431"
	skipped  int               // lines that are no settings
}

func newSettings() *settings {
	return &settings{sections: nexuslims.NewObject(2), from: map[string]string{}}
}

func (s *settings) empty() bool { return s.sections.Len() == 0 }

// value returns a setting, "" where it is missing.
func (s *settings) value(section, key string) string {
	return strings.TrimSpace(s.sections.Group(section).Text(key))
}

// add adds the sections of more that are not there.
func (s *settings) add(more *settings) {
	for name, section := range more.sections.All() {
		if !s.sections.Has(name) {
			s.sections.Set(name, section)
			s.from[name] = more.from[name]
		}
	}
}

// raw returns the sections as raw groups.
func (s *settings) raw() *nexuslims.Object {
	raw := s.sections.Clone()
	raw.Delete("nx_meta") // the name of the metadata themselves
	return raw
}

// The types of records.
const (
	recordEnd       = 0
	recordThumbnail = 1
)

// sectionOf names the section that a record is in the text file.
var sectionOf = map[uint16]string{2: "MAIN", 3: "SEM", 4: "GAMA", 5: "FIB"}

// parseRecords reads the records of a tag. What follows a record whose length cannot be is
// left out; ok is false where there is such.
func parseRecords(b []byte, order binary.ByteOrder) (s *settings, ok bool) {
	s = newSettings()
	for len(b) >= 6 {
		size := int64(order.Uint32(b))
		kind := order.Uint16(b[4:])
		if kind == recordEnd {
			return s, true
		}
		if size < 2 || size > int64(len(b)-4) {
			return s, false
		}
		content := b[6 : 4+size]
		b = b[4+size:]
		if kind == recordThumbnail {
			continue
		}
		name, known := sectionOf[kind]
		if !known {
			name = "Record " + strconv.Itoa(int(kind))
		}
		if text := decodeText(content); known || strings.Contains(text, "=") && !strings.Contains(text, "\x00") {
			s.parse(text, name, "tag 50431")
		}
	}
	return s, true
}

// parseTag reads the tag: its records, or else whatever text is in it.
func parseTag(b []byte) (s *settings, whole bool) {
	s, whole = parseRecords(b, binary.LittleEndian)
	if !s.empty() {
		return s, whole
	}
	if big, ok := parseRecords(b, binary.BigEndian); !big.empty() {
		return big, ok
	}
	text := decodeText(b)
	start := -1
	for _, mark := range []string{"[MAIN]", "AccFrames=", "AccType=", "Company=", "Date="} {
		if i := strings.Index(text, mark); i >= 0 && (start < 0 || i < start) {
			start = i
		}
	}
	if start >= 0 {
		s.parse(text[start:], "MAIN", "tag 50431")
	}
	return s, whole
}

// parse reads lines of settings; those before the first section belong to the one given. The
// last one of a key counts.
func (s *settings) parse(text, section, from string) {
	headed := false
	last := ""
	for line := range strings.Lines(unixLines(text)) {
		line = strings.TrimRight(line, "\n\x00")
		trimmed := strings.TrimSpace(line)
		key, value, isPair := strings.Cut(trimmed, "=")
		key = strings.TrimSpace(key)
		switch {
		case trimmed == "" || trimmed[0] == ';' || trimmed[0] == '#':
		case trimmed[0] == '[' && strings.HasSuffix(trimmed, "]"):
			section, headed, last = strings.TrimSpace(trimmed[1:len(trimmed)-1]), true, ""
		case last != "" && (line[0] == ' ' || line[0] == '\t'): // goes on
			o := s.sections.Ensure(section)
			o.Set(last, nexuslims.Text(o.Text(last)+"\n"+trimmed))
		case !isPair || key == "":
			s.skipped++
		default:
			if !headed && section == "MAIN" && isOfColumn(key) {
				section = "SEM" // a text without sections
			}
			last = key
			s.from[section] = from
			s.sections.Ensure(section).Set(key, nexuslims.Text(strings.TrimSpace(value)))
		}
	}
}

// isOfColumn reports whether a key is one of a column.
func isOfColumn(key string) bool {
	return slices.ContainsFunc(columnFields, func(f field) bool { return f.key == key })
}

// unixLines makes one kind of line ends.
func unixLines(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}

// decodeText decodes UTF-8, or else Windows-1252.
func decodeText(b []byte) string {
	text := strings.TrimRight(strings.TrimPrefix(string(b), "\ufeff"), "\x00")
	if utf8.ValidString(text) || utf8.ValidString(cutRune(text)) {
		return strings.ToValidUTF8(text, "")
	}
	var s strings.Builder
	for _, c := range []byte(text) {
		if c >= 0x80 && c < 0xa0 {
			s.WriteRune(windows1252[c-0x80])
		} else {
			s.WriteRune(rune(c))
		}
	}
	return s.String()
}

// cutRune drops a character that the end of a piece of text cuts.
func cutRune(text string) string {
	for i := len(text) - 1; i >= 0 && i >= len(text)-3; i-- {
		if utf8.RuneStart(text[i]) {
			if !utf8.FullRuneInString(text[i:]) {
				return text[:i]
			}
			return text
		}
	}
	return text
}

// windows1252 are the characters 0x80 to 0x9f of that code page.
var windows1252 = [32]rune{
	'€', 0xfffd, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0xfffd, 'Ž', 0xfffd,
	0xfffd, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0xfffd, 'ž', 'Ÿ',
}
