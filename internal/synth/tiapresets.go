package synth

import (
	"encoding/binary"
	"fmt"
	"time"
)

// TIA is a series with the object of the .emi file that describes it.
type TIA struct {
	SER SER
	EMI EMIObject
}

// TIASettings are the settings that the program writes for a microscope.
func TIASettings(m Microscope, mode string) []EMISetting {
	list := []EMISetting{
		{"Microscope", m.Name, ""},
		{"User", m.Operator, ""},
		{"Gun type", "FEG", ""},
		{"High tension", fmt.Sprintf("%.0f", m.Voltage/1000), "kV"},
		{"Extraction voltage", "4400", "V"},
		{"Gun lens", "6", ""},
		{"Emission", "135.0", "uA"},
		{"Mode", " " + mode, ""},
		{"Defocus", "-0.283", "um"},
		{"Magnification", fmt.Sprintf("%.0f", m.Mag), "x"},
	}
	if m.Mode == "STEM" {
		list = append(list, EMISetting{"Camera length", "0.195", "m"}, EMISetting{"Stem rotation", "-5.0", "deg"},
			EMISetting{"Stem rotation correction", "-12.3", "deg"})
	}
	return append(list, []EMISetting{
		{"Spot size", "7", ""},
		{"C2 lens", "22.133", "%"},
		{"Objective lens", "87.987", "%"},
		{"Stage X", "-197.165", "um"},
		{"Stage Y", "-126.202", "um"},
		{"Stage Z", "128.364", "um"},
		{"Stage A", "-0.84", "deg"},
		{"Stage B", "0.00", "deg"},
		{"C2 Aperture", "50", "um"},
		{"OBJ Aperture", "retracted", ""},
		{"Filter mode", "Spectroscopy", ""},
		{"Filter slit state", "", ""},
		{"Filter selected dispersion", "0.10", "eV/Channel"},
		{"Filter selected aperture", "3mm", ""},
		{"Filter ht offset", "0.00", "eV"},
	}...)
}

func numberDimension(n int) []SERDimension {
	return []SERDimension{{Size: n, Delta: 1, Description: "Number"}}
}

// block is a block for a moment in the zone of the microscope.
func (m Microscope) block(mode, manufacturer string, at time.Time) EMIBlock {
	return EMIBlock{
		UUID: fmt.Sprintf("ac427a8e-28fd-425c-ac33-%012x", at.Unix()), Date: EMIDate(at), Manufacturer: manufacturer,
		Voltage: m.Voltage, Settings: TIASettings(m, mode), Header: [][2]string{{"9", "300"}, {"31", "0.195"}},
	}
}

// TIAStack is a series of n scanned images of size × size pixels, without pixels where
// seed is 0.
func TIAStack(size, n int, seed uint64, m Microscope) TIA {
	m.Mode = "STEM"
	x := SERAxis{-float64(size) / 2 * 2.5e-9, 2.5e-9, 0}
	s := SER{Version: 0x0220, Image: true, Type: 2, Columns: size, Rows: size, Dimensions: numberDimension(n)}
	for i := range n {
		e := SERElement{X: x, Y: x, Time: m.Time.Add(time.Duration(i) * time.Second)}
		if seed > 0 {
			e.Pixels = Pixels(size, size, seed+uint64(i)).Uint16()
		}
		s.Elements = append(s.Elements, e)
	}
	b := m.block("STEM nP SA Zoom Diffraction", "FEI (STEM)", m.Time)
	b.Acquire = [][2]string{{"DwellTimePath", "0.000048"}, {"FrameTime", "60.0000"}}
	b.Range = ImageRange()
	return TIA{s, EMIObject{Type: 2, Columns: size, Rows: size, X: x, Y: x, Block: b}}
}

// TIAPattern is a diffraction pattern of size × size pixels from a camera.
func TIAPattern(size int, seed uint64, m Microscope) TIA {
	x := SERAxis{-float64(size) / 2 * 2e7, 2e7, 0}
	s := SER{
		Version: 0x0210, Image: true, Type: 6, Columns: size, Rows: size, Dimensions: numberDimension(1),
		Elements: []SERElement{{X: x, Y: x, Time: m.Time, Pixels: Pixels(size, size, seed).Int32()}},
	}
	m.Mode = "TEM"
	b := m.block("TEM uP SA Zoom Diffraction", "FEI", m.Time)
	b.Settings = append(b.Settings, EMISetting{"Camera length", "0.300", "m"})
	b.Acquire = [][2]string{{"DwellTimePath", "1.000000"}, {"CameraNamePath", "BM-UltraScan"}, {"Binning", "1"}}
	b.Range = ImageRange()
	return TIA{s, EMIObject{Type: 6, Columns: size, Rows: size, X: x, Y: x, Block: b}}
}

// TIAMap is a scan of columns × rows X-ray spectra; a scan of one row is a line.
func TIAMap(columns, rows, channels int, seed uint64, m Microscope) TIA {
	m.Mode = "STEM"
	const step = 7.5e-9
	s := SER{Version: 0x0210, Type: 3, Columns: channels, Places: true, Dimensions: []SERDimension{
		{Size: columns, Delta: step, Description: "Position", Units: "meters"},
	}}
	if rows > 1 {
		s.Dimensions = append(s.Dimensions, SERDimension{
			Size: rows, Offset: 0, Delta: -step, Element: rows, Description: "Position", Units: "meters",
		})
	}
	for i := range columns * rows {
		s.Elements = append(s.Elements, SERElement{
			X: SERAxis{0, 20, 0}, Time: m.Time.Add(time.Duration(i) * time.Second / 4),
			PlaceX: step * (0.5 + float64(i%columns)), PlaceY: step * (float64(rows-i/columns) - 0.5),
			Pixels: Counts(EDS(channels, 0, 20, seed+uint64(i), Peak{1740, 300}, Peak{8040, 200})),
		})
	}
	b := m.block("STEM nP SA Zoom Diffraction", "EDAX", m.Time)
	b.Acquire = [][2]string{
		{"IntegrationTime", "0.250000"}, {"NumberSpectra", "0"}, {"EnergyResolution", "10.0000"}, {"ShapingTime", "51.2000"},
	}
	b.Range = SpectrumRange(channels)
	return TIA{s, EMIObject{Type: 3, Columns: channels, X: SERAxis{Delta: 20}, Block: b}}
}

// Counts returns numbers as little-endian whole ones of 32 bits.
func Counts(values []float32) []byte {
	b := make([]byte, 0, 4*len(values))
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return b
}

// TIASurvey is the image of a scan that stands in an .emi file before the maps and has no
// series of its own.
func TIASurvey(size int, seed uint64, m Microscope) EMIObject {
	o := TIAStack(size, 1, seed, m).EMI
	o.Block.Manufacturer, o.Pixels = "FEI (ISAS)", Pixels(size, size, seed).Uint16()
	return o
}
