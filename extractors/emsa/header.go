package emsa

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// entry is one line of the header.
type entry struct {
	key    string // as written, without # and blanks at its ends
	name   string // in upper case; of keywords of the standard without unit and blanks
	unit   string // what follows the last hyphen of the keyword
	custom bool   // a program's own keyword
	value  string
	valued bool // there is a colon
}

// header is what stands before the values.
type header struct {
	entries []entry
	data    int64 // where the values begin; -1 when they are not there
}

// parseHeader reads lines up to the keyword SPECTRUM; b begins at a place of the file.
func parseHeader(b []byte, from int64) header {
	h := header{data: -1}
	at := 0
	if bytes.HasPrefix(b, []byte("\ufeff")) {
		at = 3
	}
	for at < len(b) {
		end, next := line(b, at)
		e, ok := parseEntry(decodeText(b[at:end]))
		at = next
		switch {
		case !ok:
		case e.name == "SPECTRUM" && !e.custom:
			h.data = from + int64(at)
			return h
		case e.name == "ENDOFDATA" && !e.custom:
			return h
		default:
			h.entries = append(h.entries, e)
		}
	}
	return h
}

// line returns where a line ends and where the next one begins.
func line(b []byte, at int) (end, next int) {
	i := bytes.IndexAny(b[at:], "\r\n")
	if i < 0 {
		return len(b), len(b)
	}
	end = at + i
	next = end + 1
	if b[end] == '\r' && next < len(b) && b[next] == '\n' {
		next++
	}
	return end, next
}

// parseEntry takes a line apart at its first colon.
func parseEntry(text string) (entry, bool) {
	text = strings.TrimLeft(text, " \t")
	if !strings.HasPrefix(text, "#") {
		return entry{}, false
	}
	e := entry{custom: strings.HasPrefix(text, "##")}
	e.key, e.value, e.valued = strings.Cut(text, ":")
	e.key = strings.TrimSpace(strings.TrimLeft(e.key, "#"))
	e.value = strings.TrimRight(strings.TrimPrefix(e.value, " "), " \t")
	e.name = strings.ToUpper(strings.Join(strings.Fields(e.key), " "))
	if !e.custom {
		if i := strings.LastIndexByte(e.key, '-'); i > 0 {
			e.unit = strings.TrimSpace(e.key[i+1:])
			e.name = strings.ToUpper(e.key[:i])
		}
		e.name = strings.Join(strings.Fields(e.name), "")
	}
	return e, e.key != ""
}

// decodeText returns a line as text: UTF-8 where it is, else Windows-1252.
func decodeText(b []byte) string {
	if utf8.Valid(b) {
		return nexuslims.ValidText(string(b))
	}
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = charmap.Windows1252.DecodeByte(c)
	}
	return nexuslims.ValidText(string(runes))
}

// find returns the last line of a keyword of the standard, or of a program's own.
func (h header) find(name string, custom bool) (entry, bool) {
	for i := len(h.entries) - 1; i >= 0; i-- {
		if e := h.entries[i]; e.name == name && (e.custom == custom || custom) {
			return e, true
		}
	}
	return entry{}, false
}

// text returns the value of a keyword of the standard; titles and comments go over
// several lines.
func (h header) text(name string) string {
	if !joined(name) {
		e, _ := h.find(name, false)
		return strings.TrimSpace(e.value)
	}
	var b strings.Builder
	for _, e := range h.entries {
		if e.name == name && !e.custom {
			b.WriteString(e.value)
		}
	}
	return strings.TrimSpace(b.String())
}

func joined(name string) bool { return name == "TITLE" || name == "COMMENT" }

// number returns the number of a keyword of the standard.
func (h header) number(name string) (float64, bool) {
	e, ok := h.find(name, false)
	if !ok {
		return 0, false
	}
	v, ok := parseNumber(e.value)
	if !ok {
		return 0, false
	}
	return nexuslims.Number(v)
}

// decimalComma reports whether the header writes numbers with a comma for the point.
func (h header) decimalComma() bool {
	for _, e := range h.entries {
		if e.custom || !isNumeric(e.name) || strings.Count(e.value, ",") != 1 {
			continue
		}
		if _, ok := parseNumber(e.value); ok {
			return true
		}
	}
	return false
}

// parseNumber reads a number as programs write it: "20.", "2.0 E-06", "1.5D3", "10 kV".
func parseNumber(text string) (nexuslims.Value, bool) {
	text = strings.TrimSpace(text)
	if text == "" || !strings.Contains("+-.0123456789", text[:1]) {
		return nil, false
	}
	if v, ok := finite(text); ok {
		return v, true
	}
	if strings.ContainsAny(text, "eEdD") {
		joined := strings.Join(strings.Fields(text), "")
		if v, ok := finite(strings.NewReplacer("d", "e", "D", "E").Replace(joined)); ok {
			return v, true
		}
	}
	return finite(strings.Fields(text)[0])
}

func finite(text string) (nexuslims.Value, bool) {
	v, ok := extractors.ParseNumber(text)
	if !ok {
		return nil, false
	}
	_, ok = nexuslims.Number(v)
	return v, ok
}

// raw returns the header as it stands in the file: numbers of the standard as numbers,
// repeated keywords once, those without value as null.
func (h header) raw() *nexuslims.Object {
	o := nexuslims.NewObject(len(h.entries))
	for _, e := range h.entries {
		switch v, ok := parseNumber(e.value); {
		case !e.valued:
			o.Set(e.key, nexuslims.Null{})
		case !e.custom && joined(e.name) && o.Has(e.key):
		case !e.custom && joined(e.name):
			o.Set(e.key, nexuslims.Text(h.text(e.name)))
		case !e.custom && ok && isNumeric(e.name):
			o.Set(e.key, v)
		default:
			o.Set(e.key, nexuslims.Text(strings.TrimSpace(e.value)))
		}
	}
	return o
}
