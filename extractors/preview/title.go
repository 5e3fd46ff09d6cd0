package preview

import (
	"fmt"
	"image/color"
	"strings"
	"unicode"

	"github.com/nexuslims/nexuslims-go/extractors"
)

const (
	titleColumns = 60
	titleRows    = 3
	titlePoints  = 12
	labelPoints  = 10
	titleStep    = 15.5 // units from one line to the next
)

// titleLines returns the title in lines, taken literally, with the number of the signal
// below it where there are several.
func titleLines(s *extractors.Signal, o Options) []string {
	title := s.Title
	if strings.TrimSpace(title) == "" {
		title = o.Title
	}
	lines := wrap(printable(title), titleColumns)
	if len(lines) > titleRows {
		lines = lines[:titleRows]
		lines[titleRows-1] += "…"
	}
	if o.Count > 1 {
		lines = append(lines, fmt.Sprintf("signal %d of %d", o.Index+1, o.Count))
	}
	return lines
}

// printable replaces control characters by blanks and joins white space.
func printable(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == unicode.ReplacementChar
	}), " ")
}

// wrap breaks a text by words into lines of at most so many characters; words that are
// longer are cut.
func wrap(s string, columns int) []string {
	var lines []string
	var line []rune
	for _, word := range strings.Fields(s) {
		w := []rune(word)
		if len(line) > 0 && len(line)+1+len(w) > columns {
			lines, line = append(lines, string(line)), nil
		}
		if len(line) > 0 {
			line = append(line, ' ')
		}
		line = append(line, w...)
		for len(line) > columns {
			lines, line = append(lines, string(line[:columns])), line[columns:]
		}
	}
	if len(line) > 0 {
		lines = append(lines, string(line))
	}
	return lines
}

// writeTitle writes the title, and below it a bold line unless that is empty, centred on
// x, with the last baseline at y.
func (j *job) writeTitle(x, y float64, strong string) {
	lines := j.title
	styles := make([]style, len(lines), len(lines)+1)
	if strong != "" {
		lines = append(lines[:len(lines):len(lines)], strong)
		styles = append(styles, bold)
	}
	for i, text := range lines {
		points := float64(titlePoints)
		if room := j.px(490); j.width(text, styles[i], points) > room {
			points = max(9, points*room/j.width(text, styles[i], points))
			text = j.ellipsis(text, styles[i], points, room)
		}
		j.write(label{text, j.px(x), j.px(y - titleStep*float64(len(lines)-1-i)), 0.5, styles[i], points, black})
	}
}

// cycle returns the i-th colour of lines: the ten of Tableau.
func cycle(i int) color.RGBA {
	return [...]color.RGBA{
		{0x1f, 0x77, 0xb4, 255},
		{0xff, 0x7f, 0x0e, 255},
		{0x2c, 0xa0, 0x2c, 255},
		{0xd6, 0x27, 0x28, 255},
		{0x94, 0x67, 0xbd, 255},
		{0x8c, 0x56, 0x4b, 255},
		{0xe3, 0x77, 0xc2, 255},
		{0x7f, 0x7f, 0x7f, 255},
		{0xbc, 0xbd, 0x22, 255},
		{0x17, 0xbe, 0xcf, 255},
	}[i%10]
}
