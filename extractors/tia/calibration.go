package tia

import (
	"fmt"
	"math"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// calibration writes what follows from the axes.
func (w *writer) calibration() {
	n := len(w.axes)
	switch {
	case n == 0:
	case w.kind.dataset == nexuslims.Image && w.space == realSpace && w.axes[n-1].Unit == "nm":
		w.field(w.axes[n-1], w.axes[n-2], "calibration of the first image")
	case w.scanAxes() == 2 && w.axes[0].Unit == "nm" && w.axes[1].Unit == "nm":
		w.field(w.axes[1], w.axes[0], "dimensions of the scan")
	}
	if w.space == energySpace && n > 0 && w.axes[n-1].Unit == "eV" {
		a := w.axes[n-1]
		w.sheet.Put(nexuslims.Q(a.Scale, "eV"), "CalibrationDelta of the first spectrum", "channel_size")
		w.sheet.Put(nexuslims.Q(a.Offset, "eV"), "calibration of the first spectrum", "starting_energy")
	}
}

// field writes pixel size and field width of an image or a scan. Axes may run backwards.
func (w *writer) field(x, y extractors.Axis, from string) {
	for _, a := range []struct {
		axis          extractors.Axis
		pixel, extent string
	}{{x, "pixel_width", "horizontal_field_width"}, {y, "pixel_height", "vertical_field_width"}} {
		if a.axis.Unit != "nm" {
			continue
		}
		step := math.Abs(a.axis.Scale)
		w.sheet.Put(nexuslims.Q(step, "nm"), from, a.pixel)
		if wide := step * float64(a.axis.Size); !math.IsInf(wide, 0) {
			w.sheet.Put(nexuslims.Q(wide, "nm"), from, a.extent)
			w.sheet.Converted(fmt.Sprintf("%d pixels", a.axis.Size))
		}
	}
}
