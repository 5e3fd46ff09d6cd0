package harvesters_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestConsentOf(t *testing.T) {
	for name, c := range map[string]struct {
		answers []string
		want    nexuslims.Consent
	}{
		"agree":            {[]string{"Agree"}, nexuslims.ConsentGranted},
		"blanks and case":  {[]string{"  YES \n"}, nexuslims.ConsentGranted},
		"refused":          {[]string{"Disagree"}, nexuslims.ConsentDenied},
		"padded refusal":   {[]string{" no "}, nexuslims.ConsentDenied},
		"empty":            {[]string{""}, nexuslims.ConsentUnknown},
		"other text":       {[]string{"I do not agree"}, nexuslims.ConsentUnknown},
		"nothing":          {nil, nexuslims.ConsentUnknown},
		"list of one":      {[]string{"Agree"}, nexuslims.ConsentGranted},
		"list and a hint":  {[]string{"Agree", "after 2030"}, nexuslims.ConsentGranted},
		"list of both":     {[]string{"Agree", "Disagree"}, nexuslims.ConsentUnknown},
		"list of refusals": {[]string{"No", "false"}, nexuslims.ConsentDenied},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, harvesters.ConsentOf(c.answers...), "%q", c.answers)
		})
	}
}

func TestElements(t *testing.T) {
	found, unknown := harvesters.Elements([]string{"Si", " O ", "Si", "", "Xx", "si", "Og", "H He", "H"})
	assert.Equal(t, []string{"Si", "O", "Og", "H"}, found)
	assert.Equal(t, []string{"Xx", "si", "H He"}, unknown)
	found, unknown = harvesters.Elements(nil)
	assert.Empty(t, found)
	assert.Empty(t, unknown)
}

func TestFullName(t *testing.T) {
	assert.Equal(t, "Marie Curie (mcurie)", harvesters.FullName("Marie", "Curie", "mcurie"))
	assert.Equal(t, "Kiosk (kiosk)", harvesters.FullName("Kiosk", "", "kiosk"))
	assert.Equal(t, "kiosk", harvesters.FullName("", " ", "kiosk"))
	assert.Equal(t, "Marie Curie", harvesters.FullName(" Marie ", "Curie", ""))
}
