package record

import (
	"strings"
	"unicode/utf8"
)

// clean removes what XML cannot hold from text and trims it; line breaks stay.
func clean(s string) string { return strings.TrimSpace(writable(s)) }

// writable returns text as a document gives it back.
func writable(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		to, keep := escaped(r, size, false)
		switch {
		case keep || to != "" && to != "\uFFFD":
			b.WriteRune(r)
		default:
			b.WriteString(to)
		}
		i += size
	}
	return b.String()
}

// cleanLine is clean for text of one line: control characters that are white space
// become blanks.
func cleanLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, clean(s))
}
