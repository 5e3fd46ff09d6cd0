package synth_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/nexuslims/nexuslims-go/internal/synth"
)

func TestTOFWERKIsDeterministic(t *testing.T) {
	m := synth.DefaultTOFWERK(time.Date(2024, 5, 14, 13, 30, 0, 0, time.UTC))
	a := m.Bytes()
	assert.Equal(t, a, m.Bytes())
	m.Simple, m.Processed = true, false
	assert.NotEqual(t, a, m.Bytes())
}
