package tofwerk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// massMap gathers what the preview shows.
func (m *mapper) massMap() *extractors.MassMap {
	s, _ := m.shape()
	p := &extractors.MassMap{
		Integrated: m.processed(), Positive: m.root.Text("IonMode") == "positive",
		Writes: s.writes, Height: s.lines, Width: s.pixels, Image: m.image(),
	}
	if m.peaks != nil {
		p.Peaks = m.peaks.Shape()[3]
	}
	p.Title = m.titleParts(p)
	if a, ok := arrayOf(m.masses); ok {
		if b, ok := arrayOf(m.sum); ok && a.Axes[0].Size == b.Axes[0].Size {
			p.Spectrum = m.spectrum
		}
	}
	if slices.Contains([]int{s.writes, s.lines, s.pixels}, 0) {
		return p
	}
	if _, ok := arrayOf(m.peaks); ok {
		p.Counts = func(ctx context.Context) (*extractors.MassCounts, error) { return m.countPeaks(ctx) }
	} else if m.events != nil && m.events.Check() == nil {
		p.Integrated = false
		p.Counts = func(ctx context.Context) (*extractors.MassCounts, error) { return m.countEvents(ctx) }
	}
	return p
}

// titleParts are what stands above the picture, each only where it is known.
func (m *mapper) titleParts(p *extractors.MassMap) []string {
	title := "pFIB-ToF-SIMS Preview (Raw)"
	if p.Integrated {
		title = "pFIB-ToF-SIMS Preview (Processed)"
	}
	g := m.groups[pathBeam]
	var beam []string
	if name := nexuslims.TextOf(g.Get("FibHardware")); name != "" {
		beam = append(beam, name+" FIB")
	}
	if v, ok := nexuslims.Number(g.Get("Voltage")); ok {
		beam = append(beam, fmt.Sprintf("%.4g kV", v/1000))
	}
	if mode := nexuslims.TextOf(m.root.Get("IonMode")); mode != "" {
		beam = append(beam, mode+" mode")
	}
	size := fmt.Sprintf("%d depth slices, %d×%d px", p.Writes, p.Width, p.Height)
	if p.Integrated {
		size += fmt.Sprintf(", %d peaks", p.Peaks)
	}
	parts := []string{title, strings.Join(beam, ", "), size, strings.TrimSpace(m.root.Text("HDF5 File Creation Time"))}
	return slices.DeleteFunc(parts, func(s string) bool { return s == "" })
}

// image returns the first image of the ion beam that can be read.
func (m *mapper) image() *extractors.Array {
	g, err := m.contents.file.Root().Group(pathImages)
	if err != nil {
		m.missing(pathImages, err)
		return nil
	}
	names, err := g.Names()
	if err != nil {
		m.missing(pathImages, err)
	}
	for _, name := range names[:min(len(names), 8)] {
		d, err := g.Dataset(name + "/Data")
		if err != nil {
			m.missing(pathImages+"/"+name, err)
			continue
		}
		if a, ok := arrayOf(d); ok && len(a.Axes) == 2 {
			return a
		}
	}
	return nil
}

// maxSpectrum is how many samples of the spectrum are drawn at most.
const maxSpectrum = 4 << 20

func (m *mapper) spectrum(ctx context.Context) (masses, counts []float64, err error) {
	a, _ := arrayOf(m.masses)
	b, _ := arrayOf(m.sum)
	n := min(a.Axes[0].Size, maxSpectrum)
	r := extractors.Region{Start: []int{0}, Count: []int{n}, Step: []int{1}}
	if masses, err = a.Float64(ctx, r); err != nil {
		return nil, nil, err
	}
	counts, err = b.Float64(ctx, r)
	return masses, counts, err
}
