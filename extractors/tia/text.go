package tia

import (
	"strings"
	"unicode/utf8"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// decodeText reads text of a Windows program: UTF-8, else Windows-1252.
func decodeText(b []byte) string {
	if utf8.Valid(b) {
		return nexuslims.ValidText(string(b))
	}
	var s strings.Builder
	for _, c := range b {
		s.WriteRune(windows1252(c))
	}
	return nexuslims.ValidText(s.String())
}

// windows1252 returns the character of a byte; where that encoding has none, the control
// character of Latin-1.
func windows1252(c byte) rune {
	const upper = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"
	if c < 0x80 || c > 0x9f {
		return rune(c)
	}
	for _, r := range upper {
		if c == 0x80 {
			return r
		}
		c--
	}
	return utf8.RuneError
}
