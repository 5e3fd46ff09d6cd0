package feitif

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// wideUserText is the setting that holds the user's text in UTF-16, as hexadecimal digits.
const wideUserText = "UserTextUnicode"

// decodeUserText reads it. Some systems write the lower byte first, others the higher one:
// the order with more zeros in the place of the higher byte is taken, which is right for
// all alphabets of Latin letters, and the order of most systems where neither has any. What
// is all zeros is the empty text. It reports false for what is no text of this form.
func decodeUserText(digits string) (string, bool) {
	b, err := hex.DecodeString(strings.TrimSpace(digits))
	if err != nil || len(b) == 0 || len(b)%2 != 0 {
		return "", false
	}
	first, second := 0, 0
	for i := 0; i < len(b); i += 2 {
		if b[i] == 0 {
			first++
		}
		if b[i+1] == 0 {
			second++
		}
	}
	var order binary.ByteOrder = binary.LittleEndian
	if first > second {
		order = binary.BigEndian
	}
	text, _, _ := strings.Cut(decodeWide(b, order), "\x00")
	return strings.TrimSpace(text), true
}
