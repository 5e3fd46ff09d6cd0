package synth

import (
	"time"
)

// Microscope is what the tags of a signal say about microscope and moment. Local text
// times are written in the American form, as most installations do.
type Microscope struct {
	Name     string // "FEI Titan"
	Mode     string // illumination: TEM, STEM, SEM
	Voltage  float64
	Mag      float64
	Device   string // camera or scan unit
	Detector string // name of the signal; may be empty
	Operator string
	Specimen string
	Time     time.Time
}

// DefaultMicroscope is a microscope of 300 kV with a camera.
func DefaultMicroscope(at time.Time) Microscope {
	return Microscope{
		Name: "Example TEM", Mode: "TEM", Voltage: 300e3, Mag: 64e3, Device: "OneView", Operator: "Ada Example",
		Specimen: "Au on carbon", Time: at,
	}
}

// Tags returns the image tags.
func (m Microscope) Tags() Group {
	operation, imaging := "IMAGING", "MAG1"
	if m.Mode != "TEM" {
		operation, imaging = "SCANNING", "DIFFRACTION"
	}
	bar := Group{
		{"Acquisition Date", m.Time.Format("1/2/2006")},
		{"Acquisition Time", m.Time.Format("3:04:05 PM")},
		{"Acquisition Time (OS)", FileTime(m.Time)},
		{"Device Name", m.Device},
		{"Exposure Time (s)", 0.5},
	}
	if m.Detector != "" {
		bar = append(bar, Tag{"Signal Name", m.Detector})
	}
	return Group{
		{"Acquisition", Group{
			{"Device", Group{{"Name", m.Device}}},
			{"Parameters", Group{{"High Level", Group{
				{"Binning", Record{int32(1), int32(1)}}, {"Exposure (s)", 0.5}, {"Processing", "Gain Normalized"},
			}}}},
		}},
		{"DataBar", bar},
		{"GMS Version", Group{{"Created", "3.52.3932.0"}, {"Saved", "3.52.3932.0"}}},
		{"Microscope Info", Group{
			{"Actual Magnification", m.Mag * 1.3},
			{"Cs(mm)", 1.2},
			{"Illumination Mode", m.Mode},
			{"Imaging Mode", imaging},
			{"Indicated Magnification", m.Mag},
			{"Microscope", m.Name},
			{"Name", m.Name},
			{"Operation Mode", operation},
			{"Operator", m.Operator},
			{"Specimen", m.Specimen},
			{"Stage Position", Group{
				{"Stage Alpha", 1.25}, {"Stage Beta", -0.5}, {"Stage X", 120.5}, {"Stage Y", -33.25}, {"Stage Z", 88.0},
			}},
			{"STEM Camera Length", 0.0},
			{"Voltage", m.Voltage},
		}},
	}
}

// FileTime returns an instant as a Windows FILETIME.
func FileTime(t time.Time) float64 { return float64(t.UnixNano()/100 + 116444736000000000) }

// TEMImage is a camera image with a thumbnail before it, as GMS writes it. With 2048 pixels
// a side the file has 17 MB.
func TEMImage(size int, seed uint64, m Microscope) DM {
	p := Pixels(size, size, seed)
	nm := DMAxis{Scale: 0.5, Unit: "nm"}
	return DM{
		Version: 3, Thumbnail: p.Thumbnail(min(size, 384)),
		Images: []DMImage{{
			Name: "Au particles", Type: 7, Size: []int{size, size}, Pixels: p.Int32(), Axes: []DMAxis{nm, nm},
			Light: DMAxis{Scale: 1, Unit: "counts"}, Tags: m.Tags(),
		}},
	}
}

// EDSSpectrum is one X-ray spectrum of gold on carbon and copper.
func EDSSpectrum(seed uint64, m Microscope) DM {
	const channels, step = 2048, 10.0
	values := EDS(channels, 0, step, seed, Peak{277, 900}, Peak{525, 200}, Peak{930, 700}, Peak{2123, 2400},
		Peak{8040, 1500}, Peak{9713, 1100}, Peak{11443, 600})
	tags := append(m.Tags(),
		Tag{"Meta Data", Group{{"Acquisition Mode", "Parallel dispersive"}, {"Format", "Spectrum"}, {"Signal", "X-ray"}}},
		Tag{"EDS", Group{
			{"Acquisition", Group{{"Dispersion (eV)", step}, {"Exposure (s)", 60.0}}},
			{"Detector Info", Group{{"Azimuthal angle", 45.0}, {"Elevation angle", 18.0}}},
			{"Live time", 52.5},
			{"Real time", 60.0},
		}})
	return DM{Version: 4, Images: []DMImage{{
		Name: "EDS spectrum", Type: 2, Size: []int{channels}, Pixels: Floats(values),
		Axes: []DMAxis{{Scale: step / 1000, Unit: "keV"}}, Light: DMAxis{Scale: 1, Unit: "Counts"}, Tags: tags,
	}}}
}

// EELSImage is a spectrum image of energy losses: one spectrum at each point of an area,
// stored energy after energy.
func EELSImage(width, height, channels int, seed uint64, m Microscope) DM {
	const first, step = 250.0, 0.5
	spectra := make([]float32, width*height*channels)
	shape := Pixels(width, height, seed)
	for point := range width * height {
		edges := []float64{284}
		if shape.Values[point] > 4000 {
			edges = append(edges, 456, 532)
		}
		for i, v := range EELS(channels, first, step, seed+uint64(point), edges...) {
			spectra[i*width*height+point] = v
		}
	}
	nm := DMAxis{Scale: 1.5, Unit: "nm"}
	return DM{Version: 4, Images: []DMImage{{
		Name: "EELS Spectrum Image", Type: 2, Size: []int{width, height, channels}, Pixels: Floats(spectra),
		Axes:  []DMAxis{nm, nm, {Origin: -first / step, Scale: step, Unit: "eV"}},
		Light: DMAxis{Scale: 1, Unit: "e-"}, Tags: append(m.Tags(), eelsTags(width, height, m.Time)...),
	}}}
}

func eelsTags(width, height int, at time.Time) Group {
	return Group{
		{"Meta Data", Group{{"Acquisition Mode", "Parallel dispersive"}, {"Format", "Spectrum image"}, {"Signal", "EELS"}}},
		{"EELS", Group{
			{"Acquisition", Group{{"Exposure (s)", 0.02}, {"Number of frames", uint32(1)}}},
			{"Experimental Conditions", Group{
				{"Collection semi-angle (mrad)", float32(30)}, {"Convergence semi-angle (mrad)", float32(21)},
			}},
		}},
		{"SI", Group{{"Acquisition", Group{
			{"Date", at.Format("1/2/2006")},
			{"End time", at.Add(2 * time.Minute).Format("3:04:05 PM")},
			{"Pixel time (s)", 0.02},
			{"SI Application Mode", Group{{"Name", "2D Array"}}},
			{"Spatial Sampling", Group{
				{"Height (pixels)", int32(height)}, {"Width (pixels)", int32(width)},
			}},
			{"Start time", at.Format("3:04:05 PM")},
		}}}},
	}
}

// Stack is a series of images without pixels: written to a new file it takes no room,
// whatever its size.
func Stack(width, height, frames int, m Microscope) DM {
	nm := DMAxis{Scale: 0.25, Unit: "nm"}
	return DM{Version: 4, Images: []DMImage{{
		Name: "in situ series", Type: 10, Size: []int{width, height, frames},
		Axes: []DMAxis{nm, nm, {Scale: 0.1, Unit: "s"}}, Tags: m.Tags(),
	}}}
}
