package emsa

import (
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// numericNames are the keywords whose values are numbers in the raw tree, as other
// readers of the format have them.
var numericNames = []string{
	"NPOINTS", "NCOLUMNS", "XPERCHAN", "OFFSET", "CHOFFSET", "BEAMKV", "EMISSION", "PROBECUR", "BEAMDIAM", "MAGCAM",
	"CONVANGLE", "THICKNESS", "XTILTSTGE", "YTILTSTGE", "XPOSITION", "YPOSITION", "ZPOSITION", "INTEGTIME", "DWELLTIME",
	"COLLANGLE", "ELEVANGLE", "AZIMANGLE", "SOLIDANGLE", "LIVETIME", "REALTIME", "FWHMMNKA", "TBEWIND", "TAUWIND",
	"TDEADLYR", "TACTLYR", "TALWIND", "TPYWIND", "TBNWIND", "TDIWIND", "THCWIND",
}

func isNumeric(name string) bool { return slices.Contains(numericNames, name) }

// quantity is a keyword with a unit that becomes metadata.
type quantity struct {
	name   string
	custom bool   // a program's own keyword
	unit   string // of the standard; a unit in the file wins
	open   bool   // must be more than zero, which stands for "not recorded"
	path   []string
}

// quantities in the order in which they win where several go to one place.
var quantities = []quantity{
	{"BEAMKV", false, "kilovolt", true, []string{"acceleration_voltage"}},
	{"EMISSION", false, "microampere", true, []string{"emission_current"}},
	{"PROBECUR", false, "nanoampere", true, []string{"beam_current"}},
	{"BEAMDIAM", false, "nanometer", true, []string{"Beam Diameter"}},
	{"CONVANGLE", false, "milliradian", false, []string{"convergence_angle"}},
	{"COLLANGLE", false, "milliradian", false, []string{"Collection semi-angle"}},
	{"THICKNESS", false, "nanometer", true, []string{"Specimen Thickness"}},
	{"XTILTSTGE", false, "degree", false, []string{"stage_position", "tilt_alpha"}},
	{"YTILTSTGE", false, "degree", false, []string{"stage_position", "tilt_beta"}},
	{"TILT ANGLE", true, "degree", false, []string{"stage_position", "tilt_alpha"}},
	{"DWELLTIME", false, "millisecond", true, []string{"dwell_time"}},
	{"LIVETIME", false, "second", true, []string{"live_time"}},
	{"ELEVANGLE", false, "degree", false, []string{"elevation_angle"}},
	{"AZIMANGLE", false, "degree", false, []string{"azimuthal_angle"}},
	{"TAKEOFF ANGLE", true, "degree", false, []string{"takeoff_angle"}},
	{"SOLIDANGL", false, "steradian", true, []string{"Solid angle"}},
	{"SOLIDANGLE", false, "steradian", true, []string{"Solid angle"}},
	{"FWHMMNKA", false, "electron_volt", true, []string{"detector_energy_resolution"}},
	{"RESO (MNKA)", true, "electron_volt", true, []string{"detector_energy_resolution"}},
	{"AMPTIME (USEC)", true, "microsecond", true, []string{"Amplifier Time"}},
	{"TBEWIND", false, "centimeter", false, []string{"Be Window Thickness"}},
	{"TAUWIND", false, "centimeter", false, []string{"Au Window Thickness"}},
	{"TALWIND", false, "centimeter", false, []string{"Al Window Thickness"}},
	{"TPYWIND", false, "centimeter", false, []string{"Pyrolene Window Thickness"}},
	{"TBNWIND", false, "centimeter", false, []string{"BN Window Thickness"}},
	{"TDIWIND", false, "centimeter", false, []string{"Diamond Window Thickness"}},
	{"THCWIND", false, "centimeter", false, []string{"Hydrocarbon Window Thickness"}},
	{"TDEADLYR", false, "centimeter", false, []string{"Dead Layer Thickness"}},
	{"TACTLYR", false, "centimeter", false, []string{"Active Layer Thickness"}},
	{"TACTYLR", false, "centimeter", false, []string{"Active Layer Thickness"}}, // as EDAX writes it
}

// positions have no unit in the standard; without one they are no coordinates.
var positions = []struct{ name, coordinate, plain string }{
	{"XPOSITION", "x", "X Position"}, {"YPOSITION", "y", "Y Position"}, {"ZPOSITION", "z", "Z Position"},
}

// plain is a keyword whose value has no unit.
type plain struct {
	name   string
	custom bool
	number bool
	key    string
}

var plains = []plain{
	{"CHOFFSET", false, true, "Channel Offset"},
	{"NCOLUMNS", false, true, "Number of Data Columns"},
	{"ANALYZER TYPE", true, false, "Analyzer Type"},
	{"COMMENT", false, false, "EDAX Comment"},
	{"DATATYPE", false, false, "Data Format"},
	{"DATE", false, false, "EDAX Date"},
	{"TIME", false, false, "EDAX Time"},
	{"FILENAME", true, false, "Originating File of MSA Export"},
	{"FPGA VERSION", true, false, "FPGA Version"},
	{"OWNER", false, false, "EDAX Owner"},
	{"SIGNALTYPE", false, false, "Signal Type"},
	{"TITLE", false, false, "EDAX Title"},
	{"VERSION", false, false, "MSA Format Version"},
	{"XLABEL", false, false, "X Column Label"},
	{"XUNITS", false, false, "X Column Units"},
	{"YLABEL", false, false, "Y Column Label"},
	{"YUNITS", false, false, "Y Column Units"},
	{"OPERMODE", false, false, "Operating Mode"},
	{"ELSDET", false, false, "EELS Detector"},
}

// unitNames are the units of keywords, in lower case, as programs abbreviate them.
var unitNames = map[string]string{
	"kv": "kilovolt", "v": "volt", "ev": "electron_volt", "kev": "kiloelectron_volt",
	"a": "ampere", "ma": "milliampere", "ua": "microampere", "na": "nanoampere", "pa": "picoampere",
	"m": "meter", "cm": "centimeter", "mm": "millimeter", "um": "micrometer", "nm": "nanometer", "a°": "angstrom", "å": "angstrom",
	"s": "second", "sec": "second", "ms": "millisecond", "msec": "millisecond", "us": "microsecond", "usec": "microsecond",
	"dg": "degree", "deg": "degree", "degree": "degree", "degrees": "degree", "°": "degree",
	"rad": "radian", "mr": "milliradian", "mrad": "milliradian", "sr": "steradian",
}

// unitOf returns the unit of a line: that of the keyword, that behind the number, or
// the standard's. It is false when it is unknown or measures something else.
func unitOf(e entry, standard string) (string, bool) {
	name := e.unit
	if words := strings.Fields(e.value); name == "" && len(words) == 2 {
		if _, known := unitNames[unitKey(words[1])]; known {
			name = words[1]
		}
	}
	if name == "" {
		return standard, true
	}
	unit, known := unitNames[unitKey(name)]
	if !known {
		return "", false
	}
	if e.name == "BEAMKV" { // an energy of electrons is as good
		unit = strings.Replace(unit, "electron_volt", "volt", 1)
	}
	return unit, nexuslims.MustUnit(unit).Dimension == nexuslims.MustUnit(standard).Dimension
}

func unitKey(name string) string {
	return strings.NewReplacer("µ", "u", "μ", "u").Replace(strings.ToLower(strings.TrimSpace(name)))
}
