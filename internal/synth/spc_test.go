package synth_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// TestEDAX: sizes are those of the versions, and the same options give the same bytes.
func TestEDAX(t *testing.T) {
	spc := synth.EDAXSpectrum(1, time.Date(2022, 8, 29, 10, 14, 8, 0, time.UTC))
	assert.Len(t, spc.Bytes(), 20994)
	assert.True(t, bytes.Equal(spc.Bytes(), spc.Bytes()))
	spc.Version = 0.61
	assert.Len(t, spc.Bytes(), 20736)
	assert.Len(t, synth.IPR{Version: 333}.Bytes(), 252)
	assert.Len(t, synth.IPR{Version: 334}.Bytes(), 264)
	assert.Len(t, synth.SPD{Columns: 3, Lines: 2, Channels: 8, CountBytes: 2}.Bytes(), 1084+3*2*8*2)
}
