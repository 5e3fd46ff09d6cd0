package config

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// Line is one assignment of a .env file.
type Line struct {
	Name   string
	Value  string
	Set    bool // false for a name without "="
	Number int  // line on which it begins, from 1
}

// ParseDotenv reads the text of a .env file as python-dotenv 1.2 does: optional export,
// quotes over several lines, escapes in quotes, comments, ${NAME} and ${NAME:-default} in
// all values, earlier lines before the environment. Of two lines with one name the last
// wins, at the place of the first. Lines that cannot be understood are skipped and named in faults.
func ParseDotenv(text string, environment func(string) (string, bool)) (lines []Line, faults []string) {
	p := &dotenv{text: strings.TrimPrefix(text, "\ufeff"), line: 1}
	values := map[string]*Line{}
	var order []string
	for {
		l, ok, more := p.binding()
		if !more {
			break
		}
		if !ok {
			faults = append(faults, fmt.Sprintf("line %d cannot be understood and is skipped", l.Number))
			continue
		}
		if l.Name == "" {
			continue
		}
		l.Value = expand(l.Value, values, environment)
		if values[l.Name] == nil {
			order = append(order, l.Name)
		}
		values[l.Name] = &l
	}
	for _, name := range order {
		lines = append(lines, *values[name])
	}
	return lines, faults
}

var reference = regexp.MustCompile(`\$\{([^}:]*)(?::-([^}]*))?\}`)

func expand(value string, earlier map[string]*Line, environment func(string) (string, bool)) string {
	return reference.ReplaceAllStringFunc(value, func(ref string) string {
		m := reference.FindStringSubmatch(ref)
		if l := earlier[m[1]]; l != nil {
			return l.Value
		}
		if v, ok := environment(m[1]); ok {
			return v
		}
		return m[2]
	})
}

// dotenv is a cursor over the text. Each method takes what it names, or fails.
type dotenv struct {
	text string
	line int
}

// take removes n bytes and counts the lines they end.
func (p *dotenv) take(n int) string {
	t := p.text[:n]
	p.text = p.text[n:]
	p.line += strings.Count(t, "\n") + strings.Count(strings.ReplaceAll(t, "\r\n", ""), "\r")
	return t
}

func (p *dotenv) takeWhile(f func(rune) bool) string {
	n := strings.IndexFunc(p.text, func(r rune) bool { return !f(r) })
	if n < 0 {
		n = len(p.text)
	}
	return p.take(n)
}

// binding reads one assignment, comment or faulty line. more is false at the end.
func (p *dotenv) binding() (l Line, ok, more bool) {
	p.takeWhile(isSpace)
	if p.text == "" {
		return l, true, false
	}
	l.Number = p.line
	if ok = p.assignment(&l) && p.endOfLine(); !ok {
		p.restOfLine()
	}
	return l, ok, true
}

func (p *dotenv) assignment(l *Line) bool {
	if rest, ok := strings.CutPrefix(p.text, "export"); ok && rest != "" && isBlank([]rune(rest)[0]) {
		p.take(len("export"))
		p.takeWhile(isBlank)
	}
	if !p.key(l) {
		return false
	}
	p.takeWhile(isBlank)
	if strings.HasPrefix(p.text, "=") {
		p.take(1)
		l.Set = true
		return p.value(l)
	}
	return true
}

func (p *dotenv) key(l *Line) bool {
	if strings.HasPrefix(p.text, "#") {
		return true
	}
	if rest, ok := strings.CutPrefix(p.text, "'"); ok {
		n := strings.IndexByte(rest, '\'')
		if n <= 0 {
			return false
		}
		l.Name = p.take(n + 2)[1 : n+1]
		return true
	}
	l.Name = p.takeWhile(func(r rune) bool { return r != '=' && r != '#' && !isSpace(r) })
	return l.Name != ""
}

func (p *dotenv) value(l *Line) bool {
	blank := p.takeWhile(isBlank)
	if p.text == "" {
		return true
	}
	switch p.text[0] {
	case '\'':
		return p.quoted(l, '\'', `\'`)
	case '"':
		return p.quoted(l, '"', `\'"abfnrtv`)
	}
	raw := blank + p.takeWhile(func(r rune) bool { return r != '\r' && r != '\n' })
	l.Value = strings.TrimFunc(cutComment(raw), isSpace)
	return true
}

// cutComment removes a # that follows white space, with all behind it.
func cutComment(s string) string {
	space := false
	for i, r := range s {
		if r == '#' && space {
			return s[:i]
		}
		space = isSpace(r)
	}
	return s
}

// quoted reads a quoted value; a backslash before the quote keeps it from ending. The
// escapes named are decoded, every other backslash stays.
func (p *dotenv) quoted(l *Line, quote byte, escapes string) bool {
	end := closing(p.text, quote)
	if end < 0 {
		return false
	}
	l.Value = unescape(p.take(end + 1)[1:end], escapes)
	return true
}

// closing finds the quote that ends the text: the first that no backslash precedes.
func closing(text string, quote byte) int {
	for i := 1; i < len(text); i++ {
		if text[i] == quote && (text[i-1] != '\\' || i == 1) {
			return i
		}
	}
	return -1
}

var control = map[byte]byte{'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}

func unescape(s, escapes string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte(escapes, s[i+1]) >= 0 {
			i++
			if c, ok := control[s[i]]; ok {
				b.WriteByte(c)
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// endOfLine takes blanks and a comment up to the end of the line, and fails on
// anything else.
func (p *dotenv) endOfLine() bool {
	p.takeWhile(isBlank)
	if strings.HasPrefix(p.text, "#") {
		p.takeWhile(func(r rune) bool { return r != '\r' && r != '\n' })
	}
	switch {
	case p.text == "":
	case strings.HasPrefix(p.text, "\r\n"):
		p.take(2)
	case p.text[0] == '\n' || p.text[0] == '\r':
		p.take(1)
	default:
		return false
	}
	return true
}

func (p *dotenv) restOfLine() {
	p.takeWhile(func(r rune) bool { return r != '\r' && r != '\n' })
	if p.text != "" {
		p.take(1)
	}
}

// isSpace is white space as Python understands it.
func isSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

func isBlank(r rune) bool { return isSpace(r) && r != '\r' && r != '\n' }
