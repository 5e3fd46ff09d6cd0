package synth_test

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/synth"
)

func TestSERLayout(t *testing.T) {
	m := synth.DefaultMicroscope(time.Date(2024, 5, 14, 13, 30, 0, 0, time.UTC))
	for _, version := range []int{0x0210, 0x0220} {
		s := synth.TIAStack(4, 3, 1, m).SER
		s.Version = version
		b, err := s.Bytes()
		require.NoError(t, err)
		again, err := s.Bytes()
		require.NoError(t, err)
		assert.Equal(t, b, again)
		le := binary.LittleEndian
		assert.Equal(t, "II\x97\x01", string(b[:4]))
		assert.EqualValues(t, 3, le.Uint32(b[18:]))
		table := int(le.Uint32(b[22:]))
		first := int(le.Uint32(b[table:]))
		require.Equal(t, s.Elements[0].Pixels, b[first+50:first+82])
		width := 4 + 4*(version-0x0210)/0x10
		tag := int(le.Uint32(b[table+3*width:]))
		assert.Equal(t, first+82, tag)
		assert.EqualValues(t, m.Time.Unix(), le.Uint32(b[tag+4:]))
		assert.Len(t, b, table+6*width+3*(82+8))
	}
}

func TestSERRefusesWrongPixels(t *testing.T) {
	s := synth.SER{Version: 0x0210, Type: 2, Columns: 4, Elements: []synth.SERElement{{Pixels: make([]byte, 7)}}}
	_, err := s.Bytes()
	assert.ErrorContains(t, err, "7 bytes of pixels instead of 8")
	s.Type = 11
	_, err = s.Bytes()
	assert.ErrorContains(t, err, "values of type 11")
}

func TestEMIRecords(t *testing.T) {
	m := synth.DefaultMicroscope(time.Date(2024, 5, 4, 13, 30, 0, 0, time.UTC))
	o := synth.TIAStack(4, 1, 1, m).EMI
	o.Series = `F:\data\a_1.ser`
	o.Pixels = make([]byte, 32)
	b, err := synth.EMI{Objects: []synth.EMIObject{o}}.Bytes()
	require.NoError(t, err)
	i := bytes.Index(b, []byte("<ObjectInfo>"))
	require.Positive(t, i)
	assert.Equal(t, "_1.ser2\x00B\x04\x02\x00`\x00\x19\x04", string(b[i-20:i-4]))
	n := int(binary.LittleEndian.Uint32(b[i-4:]))
	assert.Equal(t, "</ObjectInfo>\r\n", string(b[i+n-15:i+n]))
	assert.Contains(t, string(b), "<AcquireDate>Sat May  4 13:30:00 2024</AcquireDate>")
	assert.True(t, bytes.Contains(b, []byte("\x20\x00\x00\x02\x02\x06\x22\x02\x02\x28\x00\x00\x00\x04\x00\x00\x00\x04\x00\x00\x00")))

	blanked, err := synth.EMI{Objects: []synth.EMIObject{o}, Blanked: true}.Bytes()
	require.NoError(t, err)
	require.Len(t, blanked, len(b))
	assert.Equal(t, b[i:i+n-2], blanked[i:i+n-2])
	assert.Empty(t, bytes.Trim(blanked[:i], "\x00"))
}
