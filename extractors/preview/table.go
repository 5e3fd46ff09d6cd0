package preview

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
)

const tableRows = 16 // of axes that are listed

// axesTable lists the axes of data that no picture fits.
func (j *job) axesTable() error {
	nav, sig := navigationFirst(j.signal.Data.Axes)
	rows := []string{fmt.Sprintf("%16.16s | %7s | %5s | %7s | %7s | %6s",
		"Name", "size", "index", "offset", "scale", "units")}
	dashes := strings.Repeat("-", len(rows[0]))
	rows = append(rows, strings.ReplaceAll(dashes, "-", "="))
	rows = append(rows, axisRows(nav)...)
	rows = append(rows, dashes)
	rows = append(rows, axisRows(sig)...)
	points, step := 9.0, 15.0
	for points > 5 && j.width(rows[0], mono, points) > j.px(480) {
		points -= 0.25
	}
	title := j.title
	height := 54 + titleStep*float64(len(title)) + step*float64(len(rows))
	top := (DefaultSize - height) / 2
	j.fill(j.rect(0, top, DefaultSize, top+height), white)
	y := top + 6
	put := func(text string, s style, points, step float64, col color.RGBA) {
		y += step
		text = j.ellipsis(text, s, points, j.px(480))
		j.write(label{text, j.px(10), j.px(y), 0, s, points, col})
	}
	for _, t := range title {
		put(t, bold, titlePoints, titleStep, black)
	}
	put("Could not generate preview image", plain, labelPoints, 18, color.RGBA{214, 20, 20, 255})
	put("Axes information:", oblique, labelPoints, 18, black)
	for _, row := range rows {
		put(row, mono, points, step, black)
	}
	return nil
}

func axisRows(axes []extractors.Axis) []string {
	var rows []string
	for i, x := range axes {
		if i == tableRows {
			return append(rows, fmt.Sprintf("%16s", fmt.Sprintf("and %d more", len(axes)-i)))
		}
		rows = append(rows, fmt.Sprintf("%16.16s | %7d | %5d | %7.3g | %7.3g | %6.6s",
			printable(x.Name), x.Size, 0, x.Offset, x.Scale, unitText(x.Unit)))
	}
	return rows
}
