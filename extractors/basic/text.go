package basic

import (
	"bytes"
	"context"
	"unicode/utf8"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// maxText bounds what of a text is looked at.
const maxText = 64 << 10

// text adds encoding and number of lines of a text, and the handle on its beginning.
// What looks binary stays as it is.
func text(f *extractors.File, sheet *extractors.Sheet, s *extractors.Signal, head []byte) {
	encoding := encodingOf(head)
	if encoding == "" {
		return
	}
	s.Text = func(_ context.Context, n int) ([]byte, error) { return f.Head(n) }
	b, err := f.Head(maxText)
	if err != nil {
		return
	}
	if encoding == "utf-8" && !validStart(b) {
		encoding = "windows-1252"
	}
	sheet.Put(nexuslims.Text(encoding), "the first bytes", "extensions", "Encoding")
	wide := encoding == "utf-16le" || encoding == "utf-16be"
	if f.Size() <= maxText && !wide {
		sheet.Put(nexuslims.Int(lines(b)), "the text", "extensions", "Lines")
	}
}

// encodingOf judges by the first bytes: a mark, UTF-8, or one byte a character; "" for
// binary data.
func encodingOf(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return "utf-16le"
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return "utf-16be"
	}
	control := 0
	for _, c := range head {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b {
			control++
		}
	}
	switch {
	case control > 0 && control*50 > len(head) || bytes.IndexByte(head, 0) >= 0:
		return ""
	case validStart(head):
		return "utf-8"
	}
	return "windows-1252"
}

// validStart reports whether b is UTF-8, apart from a last character that may be cut.
func validStart(b []byte) bool {
	for cut := 0; cut < utf8.UTFMax && cut <= len(b); cut++ {
		whole, rest := b[:len(b)-cut], b[len(b)-cut:]
		if utf8.Valid(whole) {
			return !utf8.FullRune(rest) || cut == 0
		}
	}
	return false
}

// lines counts as editors do: the last line need not end.
func lines(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	n := bytes.Count(b, []byte("\n"))
	if n == 0 {
		n = bytes.Count(b, []byte("\r"))
	}
	if last := b[len(b)-1]; last != '\n' && last != '\r' {
		n++
	}
	return n
}
