package preview

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nexuslims/nexuslims-go/extractors"
)

func TestDecodeText(t *testing.T) {
	long := strings.Repeat("a", textBytes-1) + "ä"
	for _, c := range []struct {
		name, raw, want string
		ok              bool
	}{
		{"UTF-8", "5 µm", "5 µm", true},
		{"UTF-8 with mark", "\xef\xbb\xbfab", "ab", true},
		{"UTF-8 cut within a character", long[:textBytes], long[:textBytes-1], true},
		{"UTF-16 little-endian", "\xff\xfea\x00\xb5\x00", "aµ", true},
		{"UTF-16 big-endian", "\xfe\xff\x00a\x00\xb5", "aµ", true},
		{"UTF-16 cut", "\xfe\xff\x00a\x00", "a", true},
		{"Windows-1252", "se\xf1or 5 \xb5m \x80", "señor 5 µm €", true},
		{"Windows-1250 where 1252 is undefined", "\x8d", "Ť", true},
		{"undefined in both", "\x81", "", false},
		{"binary", "a\x00b", "", false},
		{"empty", "", "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := decodeText([]byte(c.raw))
			assert.Equal(t, c.ok, ok)
			assert.Equal(t, c.want, got)
		})
	}
}

func TestTextLines(t *testing.T) {
	data := strings.Repeat("1\t22\t333\t4444 and more than forty-four characters in a line\r\n", 19)
	got := textLines(data)
	assert.Len(t, got, dataRows)
	assert.Equal(t, "1   22  333 4444 and more than forty-four ch", got[0])
	note := textLines("one\n\n" + strings.Repeat("word ", 20) + "\rend")
	assert.Equal(t, []string{
		"one", "", "word word word word word word word word word",
		"word word word word word word word word word", "word word", "end",
	}, note)
	assert.Len(t, textLines(strings.Repeat("a\n", 18)), noteRows)
	assert.Len(t, textLines(strings.Repeat("x", 44*40)), noteRows, "one endless word")
}

func TestScaleBarLength(t *testing.T) {
	for _, c := range []struct {
		scale float64
		size  int
		unit  string
		want  string
	}{
		{2592.0 / 1000, 1000, "nm", "600 nm"},
		{1.9 * 4 / 100, 100, "um", "1 µm"},
		{0.047 * 4 / 100, 100, "1/nm", "0.04 1/nm"},
		{0.02, 1000, "1/nm", "5 1/nm"},
		{0.1, 40, "μm", "1 µm"},
		{4, 1, "Å", "1 Å"},
		{1, 100, "eV", ""},
		{1, 100, "", ""},
		{0, 100, "nm", ""},
	} {
		axes := []extractors.Axis{{Size: c.size, Scale: c.scale, Unit: c.unit}, {Size: c.size, Scale: c.scale, Unit: c.unit}}
		got, ok := newBar(axes)
		assert.Equal(t, c.want != "", ok, "%v", c)
		assert.Equal(t, c.want, got.text)
	}
	_, ok := newBar([]extractors.Axis{{Size: 5, Scale: 1, Unit: "nm"}, {Size: 5, Scale: 2, Unit: "nm"}})
	assert.False(t, ok, "different scales")
}

func TestSpread(t *testing.T) {
	assert.Equal(t, []int64{0, 3, 6, 9, 12, 15, 18, 21, 24}, spread(25, 9))
	assert.Equal(t, []int64{0, 12, 24, 37, 49, 61, 74, 86, 99}, spread(100, 9))
	assert.Equal(t, []int64{0, 1, 2}, spread(3, 9))
	assert.Equal(t, []int64{0}, spread(1, 5))
}

func TestTicks(t *testing.T) {
	assert.Equal(t, []string{"0.0", "2.5", "5.0", "7.5", "10.0", "12.5", "15.0", "17.5", "20.0"},
		newTicks(0, 20.47, 9).labels)
	assert.Equal(t, []string{"−5", "0", "5"}, newTicks(-5, 5, 2).labels)
	large := newTicks(0, 3e9, 3)
	assert.Equal(t, 9, large.power)
	assert.Equal(t, []string{"0", "1", "2", "3"}, large.labels)
	assert.Equal(t, "×10⁹", large.powerText())
}

func TestAxisName(t *testing.T) {
	for want, x := range map[string]extractors.Axis{
		"Energy axis (keV)":                {Name: "Energy", Unit: "keV"},
		"eV":                               {Unit: "eV"},
		"Position axis":                    {Name: "Position axis"},
		"X-RAY Energy axis, (Energy (EV))": {Name: "X-RAY Energy", Unit: "(Energy (EV))"},
	} {
		assert.Equal(t, want, axisName(x, "axis"))
	}
}
