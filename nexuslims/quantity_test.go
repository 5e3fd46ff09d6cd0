package nexuslims_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestParseQuantity(t *testing.T) {
	for text, want := range map[string]string{
		"10 kV": "10.0 kV", "10kV": "10.0 kV", "5.2mm": "5.2 mm", " 1e5 m ": "100000.0 m", "5 eV": "5.0 eV", "5eV": "5.0 eV",
		"5 kX": "5.0 kX", "-0.5 °": "-0.5 deg", "3 um": "3.0 µm", "3 \u03bcm": "3.0 µm", "2 \u212b": "2.0 Å", "20 °C": "20.0 °C",
		"12": "12.0", "nan V": "nan V", "inf V": "inf V", "2 1/nm": "2.0 1 / nm", "50%": "50.0 %",
		"1,5 mm": "", "10 KV": "", "kV": "", "": "", "1 2 kV": "", "10 kV x": "", "0x10 V": "", "1_0 V": "", "eV/ch": "",
		"1 " + strings.Repeat("0", 1<<20) + " V": "",
	} {
		q, ok := nexuslims.ParseQuantity(text)
		if want == "" {
			assert.False(t, ok, "%.40q", text)
			continue
		}
		assert.True(t, ok, "%q", text)
		assert.Equal(t, want, q.String(), "%q", text)
	}
}

func TestConvert(t *testing.T) {
	for _, c := range []struct {
		value    float64
		from, to string
		want     float64
	}{
		{0.0000015625, "m", "nm", 1562.5},
		{300000, "V", "kV", 300},
		{0.1, "m", "mm", 100},
		{1.1, "kV", "V", 1100},
		{5.5e-11, "A", "pA", 55},
		{1, "h", "s", 3600},
		{1, "torr", "Pa", 133.32236842105263},
		{20, "degC", "K", 293.15},
		{293.15, "K", "degC", 20},
		{180, "deg", "rad", math.Pi},
		{0.25, "rad", "deg", 14.32394487827058},
		{10, "mrad", "deg", 0.5729577951308232},
		{0.5, "kV", "kV", 0.5},
		{10, "angstrom", "nm", 1},
		{-12.5, "percent", "dimensionless", -0.125},
		{math.MaxFloat64, "kV", "V", math.Inf(1)},
		{math.SmallestNonzeroFloat64, "V", "kV", 0},
		{2.5e-320, "kV", "V", 2.5e-317},
	} {
		got, ok := nexuslims.Q(c.value, c.from).Convert(nexuslims.MustUnit(c.to))
		require.True(t, ok, "%v %s", c.value, c.from)
		assert.InDelta(t, c.want, got.Value, 0, "%v %s in %s", c.value, c.from, c.to) // exactly
	}
	zero, _ := nexuslims.Q(math.Copysign(0, -1), "V").Convert(nexuslims.MustUnit("kV"))
	assert.False(t, math.Signbit(zero.Value), "zero has no sign in another unit")
	_, ok := nexuslims.Q(1, "V").Convert(nexuslims.MustUnit("m"))
	assert.False(t, ok)
	inf, ok := nexuslims.Q(math.Inf(1), "V").Convert(nexuslims.MustUnit("kV"))
	assert.True(t, ok)
	assert.False(t, inf.IsFinite())
}

func TestUnitsAreUnique(t *testing.T) {
	names, symbols := map[string]bool{}, map[string]bool{}
	for _, u := range nexuslims.Units() {
		assert.False(t, names[u.Name], u.Name)
		assert.False(t, symbols[u.Symbol], u.Symbol)
		names[u.Name], symbols[u.Symbol] = true, true
		for _, spelling := range []string{u.Name, u.Symbol} {
			found, ok := nexuslims.ParseUnit(spelling)
			assert.True(t, ok, spelling)
			assert.Equal(t, u.Name, found.Name, spelling)
		}
		assert.NotContains(t, u.Symbol, "\u03bc", "the micro sign is U+00B5")
	}
}
