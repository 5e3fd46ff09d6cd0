package dm

import (
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

var scanRules = []rule{
	{path: "Pixel time (s)", key: "Pixel time", unit: "second"},
	{path: "SI Application Mode:Name", key: "Scan Mode", keep: true},
	{path: "Spatial Sampling:Height (pixels)", key: "Spatial Sampling (Vertical)"},
	{path: "Spatial Sampling:Width (pixels)", key: "Spatial Sampling (Horizontal)"},
	{path: "Scan Options:Sub-pixel sampling", key: "Sub-pixel Sampling Factor"},
}

// spectrumImaging reads how a spectrum image was scanned.
func (b *builder) spectrumImaging() *nexuslims.Object {
	o := nexuslims.NewObject(8)
	group := b.base.Sub("SI", "Acquisition")
	b.apply(o, group, scanRules)
	if text, ok := driftText(group.Sub("Artefact Correction", "Spatial Drift")); ok {
		from := tagPath(group, "Artefact Correction", "Spatial Drift")
		b.put(o, "Artefact Correction", nexuslims.Text(text), from, "number and unit to a sentence")
	}
	if seconds, ok := duration(group.Text("Start time"), group.Text("End time")); ok {
		from := tagPath(group, "Start time") + " and End time"
		b.put(o, "Acquisition Duration", nexuslims.Q(seconds, "second"), from, "difference of the times of day")
	}
	return o
}

// driftText says how often the drift was corrected, from a number and a unit such as
// "seconds(s)" or "row(s)".
func driftText(g *Group) (string, bool) {
	period, units := g.Value("Periodicity"), g.Text("Units")
	n, ok := nexuslims.Number(period)
	if !ok || units == "" {
		return "", false
	}
	text := "Spatial drift correction every " + nexuslims.TextOf(period) + " " + units
	if n == 1 {
		text = strings.ReplaceAll(text, "(s)", "")
	} else {
		text = strings.ReplaceAll(text, "(s)", "s")
	}
	if strings.HasSuffix(text, "ss") {
		text = text[:len(text)-1]
	}
	return text, true
}

// duration returns the seconds between two times of day. There is no date of the end:
// a scan over midnight is right, one of more than a day is not.
func duration(start, end string) (float64, bool) {
	from, ok := clock(start)
	if !ok {
		return 0, false
	}
	to, ok := clock(end)
	if !ok {
		return 0, false
	}
	d := to - from
	if d < 0 {
		d += 24 * time.Hour
	}
	return d.Seconds(), true
}
