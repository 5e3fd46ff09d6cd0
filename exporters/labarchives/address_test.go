package labarchives_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nexuslims/nexuslims-go/exporters/labarchives"
)

func TestPageURL(t *testing.T) {
	for base, want := range map[string]string{
		"https://api.labarchives.com/api":        "https://mynotebook.labarchives.com/#/nb/MTA=",
		"https://auapi.labarchives.com/api":      "https://aunotebook.labarchives.com/#/nb/MTA=",
		"https://ukapi.labarchives.com/api":      "https://uknotebook.labarchives.com/#/nb/MTA=",
		"https://lab.example.org:8443/proxy/api": "https://lab.example.org:8443/proxy/#/nb/MTA=",
		"https://api.labarchives.com.evil/api":   "https://api.labarchives.com.evil/#/nb/MTA=",
	} {
		assert.Equal(t, want, labarchives.PageURL(base, "nb", "MTA="), base)
	}
	assert.Equal(t, "https://mynotebook.labarchives.com", labarchives.PageURL("https://api.labarchives.com/api", "0", "0"))
}
