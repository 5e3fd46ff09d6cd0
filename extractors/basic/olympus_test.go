package basic_test

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// sis is the structure of Olympus as it stands at a place of a file.
func sis(at uint32, exponent int16, sizes [3]float64) []byte {
	le := binary.LittleEndian
	head := append([]byte("SIS0"), make([]byte, 22)...)
	head = append(head, append([]byte("grains\x00"), make([]byte, 25)...)...)
	head = le.AppendUint16(head, 2)
	head = append(head, 7, 0, 1, 0, 0, 0, 0, 0)
	head = append(head, 1, 0, 1, 0)
	head = le.AppendUint32(head, at+uint32(len(head))+4)
	body := le.AppendUint16(make([]byte, 10), uint16(exponent))
	for _, size := range sizes {
		body = le.AppendUint64(body, math.Float64bits(size))
	}
	body = le.AppendUint64(body, math.Float64bits(600000))
	body = append(append(body, 0, 0), append([]byte("Quemesa"), make([]byte, 27)...)...)
	return append(append(head, body...), make([]byte, 32)...)
}

// olympus is a file of two pages of one size, the second with the tag of Olympus.
func olympus(t *testing.T, exponent int16, sizes [3]float64) []byte {
	t.Helper()
	tag := func(at uint32) []byte {
		return encoded(t, synth.TIFFOptions{BigEndian: true}, gray(), gray(synth.TIFFTag{ID: 33560, Value: []uint32{at}}))
	}
	at := uint32(len(tag(1)))
	return append(tag(at), sis(at, exponent, sizes)...)
}

func TestOlympus(t *testing.T) {
	for name, c := range map[string]struct {
		exponent int16
		sizes    [3]float64
		x, y     nexuslims.Value
	}{
		"micrometres": {-6, [3]float64{0.5, 0.25, 1}, nexuslims.Q(0.5, "µm"), nexuslims.Q(0.25, "µm")},
		"small":       {-6, [3]float64{2.5e-05, 5e-05, 1}, nexuslims.Q(0.025, "nm"), nexuslims.Q(0.05, "nm")},
		"nanometres":  {-9, [3]float64{2, 2, 1}, nexuslims.Q(2, "nm"), nexuslims.Q(2, "nm")},
		"shifted":     {-9, [3]float64{7, 2, 2}, nexuslims.Q(2, "nm"), nexuslims.Q(2, "nm")},
		"none":        {-9, [3]float64{}, nil, nil},
		"no number":   {-9, [3]float64{math.NaN(), math.Inf(1), 0}, nil, nil},
		"absurd":      {300, [3]float64{1, 1, 1}, nil, nil},
	} {
		s, r := extract(t, "a.tif", olympus(t, c.exponent, c.sizes))
		assert.Empty(t, r.Warnings, name)
		assert.Equal(t, c.x, s.Meta.Get("pixel_width"), name)
		assert.Equal(t, c.y, s.Meta.Get("pixel_height"), name)
		assert.Equal(t, nexuslims.Float(600000), ext(s, "Magnification"), name)
		assert.Equal(t, nexuslims.Text("Quemesa"), ext(s, "Camera"), name)
		assert.Equal(t, nexuslims.Text("grains"), ext(s, "Image Name"), name)
	}
}

func TestOlympusThatBreaksOff(t *testing.T) {
	b := olympus(t, -6, [3]float64{1, 1, 1})
	end := len(b) - len(sis(0, 0, [3]float64{}))
	for n := end; n < len(b); n++ {
		s, _ := extract(t, "a.tif", b[:n])
		require.Nil(t, s.Meta.Get("pixel_width"), "%d bytes", n)
		require.NotNil(t, s.Data, "%d bytes", n)
	}
	s, _ := extract(t, "a.tif", b)
	require.Equal(t, nexuslims.Q(1, "µm"), s.Meta.Get("pixel_width"))
	assert.Equal(t, "µm", s.Data.Axes[0].Unit)
}
