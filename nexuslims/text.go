package nexuslims

import (
	"strings"
	"unicode/utf8"
)

// ValidText returns a text that can be stored everywhere: UTF-8 without NUL. What is
// neither becomes U+FFFD.
func ValidText(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// CutText cuts a text of more than most bytes between characters, so that it ends with the
// mark and has at most that length.
func CutText(text string, most int, mark string) string {
	if len(text) <= most {
		return text
	}
	cut := max(0, most-len(mark))
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + mark
}
