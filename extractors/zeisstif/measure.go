package zeisstif

import (
	"math"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// measured is a value of a file: a number in some unit, or a text.
type measured struct {
	text   string          // all of it
	number nexuslims.Value // nil where it does not begin with a number
	unit   string          // that follows the number, as it is written
}

// measure takes a text apart: "=  4.28 kV", "1.87e-004 Pa", "4.53 K X".
func measure(text string) measured {
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), "="))
	m := measured{text: text}
	digits := leadingNumber(text)
	rest := text[len(digits):]
	if digits == "" || strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, ",") {
		return m // "1.2.3", a version
	}
	n, ok := extractors.ParseNumber(strings.TrimSuffix(digits, "."))
	if !ok {
		return m
	}
	if f, isFloat := n.(nexuslims.Float); isFloat && (f == 0 || math.IsInf(float64(f), 0)) {
		if f != 0 {
			return m
		}
		n = nexuslims.Float(0) // not -0.0
	}
	m.number, m.unit = n, strings.TrimSpace(rest)
	return m
}

// leadingNumber returns the number that a text begins with, "" for none.
func leadingNumber(text string) string {
	digits := func(i int) int {
		for i < len(text) && text[i] >= '0' && text[i] <= '9' {
			i++
		}
		return i
	}
	sign := func(i int) int {
		if i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		return i
	}
	start := sign(0)
	end := digits(start)
	some := end > start
	if end < len(text) && (text[end] == '.' || text[end] == ',') {
		fraction := digits(end + 1)
		some = some || fraction > end+1
		end = fraction
	}
	if !some {
		return ""
	}
	if end < len(text) && (text[end] == 'e' || text[end] == 'E') {
		power := sign(end + 1)
		if last := digits(power); last > power {
			end = last
		}
	}
	return text[:end]
}

// Spellings of units that only these files have. Programs that know no micro sign write a
// question mark.
var unitNames = map[string]string{
	"Volts": "volt", "volts": "volt", "Volt": "volt", "KV": "kilovolt", "ElectronVolts": "electron_volt",
	"Amps": "ampere", "microAmps": "microampere", "nanoAmps": "nanoampere", "picoAmps": "picoampere",
	"Meters": "meter", "Millimeters": "millimeter", "Microns": "micrometer", "Nanometers": "nanometer",
	"Degrees": "degree", "Radians": "radian", "Milli Radians": "milliradian", "Micro Radians": "microradian",
	"Sec": "second", "Secs": "second", "mSec": "millisecond", "uSec": "microsecond", "nSec": "nanosecond",
	"Mins": "minute", "Hours": "hour", "Kelvin": "kelvin", "mBar": "millibar", "Unitless": "",
	"?m": "micrometer", "?A": "microampere", "?s": "microsecond", "?rad": "microradian", "?V": "microvolt",
}

// parseUnit returns the long name of a unit, "" for none, and whether it is known.
func parseUnit(text string) (name string, known bool) {
	if name, ok := unitNames[text]; ok {
		return name, true
	}
	if text == "" {
		return "", true
	}
	u, ok := nexuslims.ParseUnit(text)
	return u.Name, ok
}

// times returns a magnification: "105 X", "4.53 K X".
func (m measured) times() (nexuslims.Value, bool) {
	power := ""
	switch strings.ToUpper(strings.ReplaceAll(m.unit, " ", "")) {
	case "", "X":
		return m.number, m.number != nil
	case "KX":
		power = "e3"
	case "MX":
		power = "e6"
	default:
		return nil, false
	}
	if m.number == nil {
		return nil, false
	}
	digits := strings.TrimSuffix(strings.Replace(leadingNumber(m.text), ",", ".", 1), ".")
	return extractors.ParseNumber(digits + power) // decimal, without noise
}
