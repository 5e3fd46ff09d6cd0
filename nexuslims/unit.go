package nexuslims

import (
	"strconv"
	"strings"
)

// Unit is a unit of measurement.
type Unit struct {
	Name      string // long name, used in JSON: "kilovolt"
	Symbol    string // short symbol, used in XML: "kV"; empty for dimensionless
	QUDT      string // id in the QUDT vocabulary: "KiloV"; empty where it has none
	Dimension string // what it measures: "voltage"
	factor    string // decimal or fraction that turns a number into the base unit of the dimension
	offset    string // added after the factor; for temperatures
}

// QUDTBase stands before [Unit.QUDT] in a full identifier.
const QUDTBase = "http://qudt.org/vocab/unit/"

// IsZero reports whether the unit is unset.
func (u Unit) IsZero() bool { return u.Name == "" }

// power returns the power of ten that turns a number into the base unit, and false where
// another number or an offset does.
func (u Unit) power() (int, bool) {
	if u.factor == "1" {
		return 0, u.offset == ""
	}
	digits, ok := strings.CutPrefix(u.factor, "1e")
	if !ok || u.offset != "" {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil
}

// String returns the long name.
func (u Unit) String() string { return u.Name }

// unitTable holds the units of the field. The QUDT ids are those of QUDT 3.1.9.
var unitTable = []Unit{
	{"dimensionless", "", "UNITLESS", "number", "1", ""},
	{"percent", "%", "PERCENT", "number", "1e-2", ""},
	{"kiloX", "kX", "", "magnification", "1e3", ""},
	{"pixel", "pixel", "PIXEL", "pixel", "1", ""},
	{"count", "count", "COUNT", "count", "1", ""},

	{"megavolt", "MV", "MegaV", "voltage", "1e6", ""},
	{"kilovolt", "kV", "KiloV", "voltage", "1e3", ""},
	{"volt", "V", "V", "voltage", "1", ""},
	{"millivolt", "mV", "MilliV", "voltage", "1e-3", ""},
	{"microvolt", "µV", "MicroV", "voltage", "1e-6", ""},

	{"kilometer", "km", "KiloM", "length", "1e3", ""},
	{"meter", "m", "M", "length", "1", ""},
	{"centimeter", "cm", "CentiM", "length", "1e-2", ""},
	{"millimeter", "mm", "MilliM", "length", "1e-3", ""},
	{"micrometer", "µm", "MicroM", "length", "1e-6", ""},
	{"nanometer", "nm", "NanoM", "length", "1e-9", ""},
	{"angstrom", "Å", "ANGSTROM", "length", "1e-10", ""},
	{"picometer", "pm", "PicoM", "length", "1e-12", ""},

	{"ampere", "A", "A", "current", "1", ""},
	{"milliampere", "mA", "MilliA", "current", "1e-3", ""},
	{"microampere", "µA", "MicroA", "current", "1e-6", ""},
	{"nanoampere", "nA", "NanoA", "current", "1e-9", ""},
	{"picoampere", "pA", "PicoA", "current", "1e-12", ""},

	{"hour", "h", "HR", "time", "3600", ""},
	{"minute", "min", "MIN", "time", "60", ""},
	{"second", "s", "SEC", "time", "1", ""},
	{"millisecond", "ms", "MilliSEC", "time", "1e-3", ""},
	{"microsecond", "µs", "MicroSEC", "time", "1e-6", ""},
	{"nanosecond", "ns", "NanoSEC", "time", "1e-9", ""},

	{"radian", "rad", "RAD", "angle", "1", ""},
	{"milliradian", "mrad", "MilliRAD", "angle", "1e-3", ""},
	{"microradian", "µrad", "MicroRAD", "angle", "1e-6", ""},
	// π/180 to the precision of a float64: a degree is converted through floats (see Convert).
	{"degree", "deg", "DEG", "angle", "0.017453292519943295", ""},
	{"steradian", "sr", "SR", "solid angle", "1", ""},

	{"kilopascal", "kPa", "KiloPA", "pressure", "1e3", ""},
	{"hectopascal", "hPa", "HectoPA", "pressure", "1e2", ""},
	{"pascal", "Pa", "PA", "pressure", "1", ""},
	{"millipascal", "mPa", "MilliPA", "pressure", "1e-3", ""},
	{"micropascal", "µPa", "MicroPA", "pressure", "1e-6", ""},
	{"bar", "bar", "BAR", "pressure", "1e5", ""},
	{"millibar", "mbar", "MilliBAR", "pressure", "1e2", ""},
	{"torr", "torr", "TORR", "pressure", "101325/760", ""},

	{"megaelectron_volt", "MeV", "MegaEV", "energy", "1e6", ""},
	{"kiloelectron_volt", "keV", "KiloEV", "energy", "1e3", ""},
	{"electron_volt", "eV", "EV", "energy", "1", ""},
	{"millielectron_volt", "meV", "MilliEV", "energy", "1e-3", ""},

	{"kelvin", "K", "K", "temperature", "1", ""},
	{"degree_Celsius", "°C", "DEG_C", "temperature", "1", "273.15"},
	{"megahertz", "MHz", "MegaHZ", "frequency", "1e6", ""},
	{"kilohertz", "kHz", "KiloHZ", "frequency", "1e3", ""},
	{"hertz", "Hz", "HZ", "frequency", "1", ""},
	{"dalton", "Da", "Da", "mass", "1", ""},
	{"ohm", "Ω", "OHM", "resistance", "1", ""},
	{"tesla", "T", "T", "magnetic flux density", "1", ""},
	{"1 / meter", "1 / m", "PER-M", "wavenumber", "1", ""},
	{"1 / micrometer", "1 / µm", "PER-MicroM", "wavenumber", "1e6", ""},
	{"1 / nanometer", "1 / nm", "PER-NanoM", "wavenumber", "1e9", ""},
	{"1 / angstrom", "1 / Å", "PER-ANGSTROM", "wavenumber", "1e10", ""},
	{"1 / picometer", "1 / pm", "PER-PicoM", "wavenumber", "1e12", ""},
	{"1 / second", "1 / s", "PER-SEC", "frequency", "1", ""},
	{"electron_volt / count", "eV / count", "", "energy per channel", "1", ""},
	{"electron_volt / pixel", "eV / pixel", "", "energy per pixel", "1", ""},
	{"meter / second", "m / s", "M-PER-SEC", "velocity", "1", ""},
	{"meter / second ** 2", "m / s ** 2", "M-PER-SEC2", "acceleration", "1", ""},
	{"nanometer ** 2", "nm ** 2", "NanoM2", "area", "1e-18", ""},
}

// unitAliases are other spellings that instruments use.
var unitAliases = map[string]string{
	"degC": "degree_Celsius", "°": "degree", "degrees": "degree", "sec": "second", "seconds": "second",
	"Angstrom": "angstrom", "Ang": "angstrom", "Ohm": "ohm", "counts": "count", "px": "pixel", "pixels": "pixel",
	"1/m": "1 / meter", "1/um": "1 / micrometer", "1/nm": "1 / nanometer", "1/Å": "1 / angstrom", "1/pm": "1 / picometer",
	"1/s": "1 / second", "eV/count": "electron_volt / count", "eV/pixel": "electron_volt / pixel", "m/s": "meter / second",
	"Torr": "torr", "micron": "micrometer", "microns": "micrometer", "": "dimensionless",
}

var unitIndex = indexUnits()

func indexUnits() map[string]Unit {
	m := make(map[string]Unit, 3*len(unitTable))
	for _, u := range unitTable {
		m[u.Name] = u
		if u.Symbol == "" {
			continue
		}
		m[u.Symbol] = u
		if rest, ok := strings.CutPrefix(u.Symbol, "µ"); ok {
			m["u"+rest] = u
		}
	}
	for alias, name := range unitAliases {
		m[alias] = m[name]
	}
	return m
}

// lookalikes are the compatibility characters of Unicode and the Greek letter that
// stand for the signs of the table.
var lookalikes = strings.NewReplacer("\u03bc", "µ", "\u212b", "Å", "\u2126", "Ω")

// ParseUnit finds a unit by its long name, symbol or a common spelling: "kilovolt",
// "kV", "um", "µm" with either micro sign, "deg", "°C". Case matters. It reports
// false for everything outside the table; the text then stays text.
func ParseUnit(s string) (Unit, bool) {
	s = strings.TrimSpace(s)
	u, ok := unitIndex[s]
	if !ok {
		u, ok = unitIndex[lookalikes.Replace(s)]
	}
	return u, ok
}

// MustUnit is ParseUnit for units that are written in code; it panics on others.
func MustUnit(s string) Unit {
	u, ok := ParseUnit(s)
	if !ok {
		panic("nexuslims: unknown unit " + s)
	}
	return u
}

// Units returns the whole table.
func Units() []Unit { return append([]Unit(nil), unitTable...) }
