package preview

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const (
	textBytes   = 1 << 16 // of a text that are read
	textColumns = 44
	dataRows    = 17 // of data
	noteRows    = 18 // of a note; a text with more line ends is data
	tabColumns  = 4
	textPoints  = 12
)

// text draws the beginning of a text: of a long one, or of data, its first lines cut at
// the edge, of a note all words.
func (j *job) text(ctx context.Context) error {
	raw, err := j.signal.Text(ctx, textBytes)
	if err != nil {
		return err
	}
	text, ok := decodeText(raw)
	if !ok {
		return nexuslims.E(nexuslims.Unsupported, op, j.signal.Title, errors.New("not a text"))
	}
	j.fill(j.img.Bounds(), white)
	// 12 points at 100 dots per inch in a picture of 500 pixels, whatever the figures have.
	size := textPoints * 100 / 72.0
	points := size / (j.pt(1) / j.scale)
	for i, row := range textLines(text) {
		y := 0.03*DefaultSize + size*0.93 + float64(i)*size*1.7
		j.write(label{row, j.px(0.02 * DefaultSize), j.px(y), 0, mono, points, black})
	}
	return nil
}

// decodeText returns the text of the beginning of a file, UTF-16 by its mark, UTF-8, or
// Windows-1252 with 1250 where that is undefined. It refuses binary data.
func decodeText(raw []byte) (string, bool) {
	if bytes.HasPrefix(raw, []byte{0xff, 0xfe}) || bytes.HasPrefix(raw, []byte{0xfe, 0xff}) {
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(raw[:len(raw)&^1])
		return string(out), err == nil
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if bytes.IndexByte(raw, 0) >= 0 {
		return "", false
	}
	// The piece that was read may end within a character.
	for cut := 0; cut < min(utf8.UTFMax, len(raw)+1); cut++ {
		if cut > 0 && len(raw) < textBytes-3 {
			break
		}
		if utf8.Valid(raw[:len(raw)-cut]) {
			return string(raw[:len(raw)-cut]), true
		}
	}
	var b strings.Builder
	for _, c := range raw {
		r := charmap.Windows1252.DecodeByte(c)
		if r == utf8.RuneError || c >= 0x80 && c < 0xa0 && r == rune(c) {
			r = charmap.Windows1250.DecodeByte(c)
		}
		if r == utf8.RuneError || c >= 0x80 && c < 0xa0 && r == rune(c) {
			return "", false
		}
		b.WriteRune(r)
	}
	return b.String(), true
}

// textLines returns the rows that are shown.
func textLines(text string) []string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	lines := strings.SplitN(text, "\n", noteRows+2)
	for i, line := range lines {
		lines[i] = expand(line)
	}
	if len(lines) > noteRows+1 {
		lines = lines[:dataRows]
		for i, line := range lines {
			if r := []rune(line); len(r) > textColumns {
				lines[i] = string(r[:textColumns])
			}
		}
		return lines
	}
	var rows []string
	for _, line := range lines {
		if strings.TrimSpace(line) == "" {
			rows = append(rows, "")
			continue
		}
		rows = append(rows, wrapText(line)...)
	}
	return rows[:min(len(rows), noteRows)]
}

// wrapText wraps a line of a note and keeps the blanks at its beginning and between words.
func wrapText(line string) []string {
	r := []rune(strings.TrimRight(line, " "))
	var rows []string
	for len(r) > textColumns && len(rows) < noteRows {
		cut := textColumns
		for k := textColumns; k > 0; k-- {
			if r[k] == ' ' && strings.TrimSpace(string(r[:k])) != "" {
				cut = k
				break
			}
		}
		rows = append(rows, strings.TrimRight(string(r[:cut]), " "))
		r = []rune(strings.TrimLeft(string(r[cut:]), " "))
	}
	return append(rows, string(r))
}

// expand replaces tabs by blanks up to the next column that four divides, and drops
// control characters.
func expand(line string) string {
	var b strings.Builder
	column := 0
	for _, r := range line {
		switch {
		case r == '\t':
			n := tabColumns - column%tabColumns
			b.WriteString(strings.Repeat(" ", n))
			column += n
		case r < ' ' || r == 0x7f || r == '\ufeff':
		default:
			b.WriteRune(r)
			column++
		}
		if column > textBytes {
			break
		}
	}
	return b.String()
}
