package synth

import (
	"fmt"
	"strings"
	"time"
)

// MSA describes a spectrum in the EMSA/MAS text format (.msa).
type MSA struct {
	// Header are the lines before the values, keyword and value, in order: "BEAMKV   -kV", "10.0". A
	// keyword that begins with # is a program's own.
	Header [][2]string
	X      []float64 // before each value, where not nil
	Y      []float64
	// Columns is how many values or pairs stand in a line; 0: one.
	Columns int
	// Separator stands between numbers, Newline ends lines; empty: ", " and "\r\n".
	Separator, Newline string
	// Open leaves out the last line.
	Open bool
	// Comma writes numbers with a decimal comma.
	Comma bool
}

// With returns the spectrum with the value of a keyword replaced, or added at the end.
func (m MSA) With(keyword, value string) MSA {
	header := make([][2]string, 0, len(m.Header)+1)
	found := false
	for _, line := range m.Header {
		if line[0] == keyword {
			line[1], found = value, true
		}
		header = append(header, line)
	}
	if !found {
		header = append(header, [2]string{keyword, value})
	}
	m.Header = header
	return m
}

// Without returns the spectrum without a keyword.
func (m MSA) Without(keyword string) MSA {
	var header [][2]string
	for _, line := range m.Header {
		if line[0] != keyword {
			header = append(header, line)
		}
	}
	m.Header = header
	return m
}

// Bytes returns the file.
func (m MSA) Bytes() []byte {
	newline, separator := m.Newline, m.Separator
	if newline == "" {
		newline = "\r\n"
	}
	if separator == "" {
		separator = ", "
	}
	var b strings.Builder
	for _, line := range m.Header {
		fmt.Fprintf(&b, "#%-12s: %s%s", line[0], line[1], newline)
	}
	b.WriteString("#SPECTRUM    : Spectral Data Starts Here" + newline)
	columns := max(m.Columns, 1)
	for i, y := range m.Y {
		if m.X != nil {
			b.WriteString(m.number(m.X[i]) + separator)
		}
		b.WriteString(m.number(y))
		if (i+1)%columns == 0 || i == len(m.Y)-1 {
			b.WriteString(newline)
		} else {
			b.WriteString(separator)
		}
	}
	if !m.Open {
		b.WriteString("#ENDOFDATA   : " + newline)
	}
	return []byte(b.String())
}

func (m MSA) number(v float64) string {
	text := fmt.Sprintf("%.3f", v)
	if m.Comma {
		return strings.Replace(text, ".", ",", 1)
	}
	return text
}

// EDSText describes an X-ray spectrum as TEAM of EDAX exports it.
func EDSText(seed uint64, at time.Time) MSA {
	m := MSA{Header: [][2]string{
		{"FORMAT", "EMSA/MAS SPECTRAL DATA FILE"},
		{"VERSION", "1.0"},
		{"TITLE", "oxide, spot 1"},
		{"DATE", at.Format("02-Jan-2006")},
		{"TIME", at.Format("15:04")},
		{"OWNER", "EDAX TEAM EDS/block"},
		{"NPOINTS", "1024"},
		{"NCOLUMNS", "1"},
		{"XUNITS", "Energy (EV)"},
		{"YUNITS", "Intensity"},
		{"DATATYPE", "XY"},
		{"XPERCHAN", "10.000"},
		{"OFFSET", "0.0"},
		{"CHOFFSET", "0.0"},
		{"SIGNALTYPE", "EDS"},
		{"XLABEL", "X-RAY Energy"},
		{"YLABEL", "X-RAY Intensity"},
		{"BEAMKV   -kV", "15.0"},
		{"LIVETIME  -s", "30.0"},
		{"REALTIME  -s", "0.0"},
		{"ELEVANGLE-dg", "35.0"},
		{"AZIMANGLE-dg", "0.0"},
		{"TBEWIND  -cm", "0.000000"},
		{"TDEADLYR -cm", "0.030"},
		{"TACTYLR  -cm", "0.1"},
		{"COMMENT", "Converted by EDAX.TeamEDS"},
		{"#AmpTime (usec)", "7.68"},
		{"#FPGA Version", "0"},
		{"#RESO (MnKa)", "125.2"},
		{"#EDAX Detector", "Octane Elite 25"},
		{"#Analyzer Type", "DPP4"},
		{"#Tilt Angle", "-1.0"},
		{"#TakeOff Angle", "35.5"},
		{"#Elements", "8,27"},
	}}
	for i, v := range EDS(1024, 0, 10, seed, Peak{525, 900}, Peak{775, 160}, Peak{6924, 240}) {
		m.X = append(m.X, 10*float64(i))
		m.Y = append(m.Y, float64(v))
	}
	return m
}

// EELSText describes an energy-loss spectrum as DigitalMicrograph exports it.
func EELSText(seed uint64) MSA {
	m := MSA{Newline: "\n", Header: [][2]string{
		{"FORMAT", "EMSA/MAS Spectral Data File"},
		{"VERSION", "1.0"},
		{"TITLE", "O K edge"},
		{"OWNER", ""},
		{"NPOINTS", "512.000"},
		{"NCOLUMNS", "1.00000"},
		{"XUNITS", "eV"},
		{"YUNITS", "Counts"},
		{"DATATYPE", "Y"},
		{"XPERCHAN", "0.500000"},
		{"OFFSET", "450.000"},
		{"SIGNALTYPE", "ELS"},
		{"BEAMKV   -kV", "300.0"},
		{"CONVANGLE-mR", "10.0"},
		{"COLLANGLE-mR", "18.5"},
		{"INTEGTIME-ms", "200."},
	}}
	for _, v := range EELS(512, 450, 0.5, seed, 532) {
		m.Y = append(m.Y, float64(v))
	}
	return m
}
