package extractors_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestRegistry(t *testing.T) {
	var r extractors.Registry
	require.NoError(t, r.Add(fake{info: info("b", 100, "tif", "tiff")}))
	require.NoError(t, r.Add(fake{info: info("a", 100, "tif")}))
	require.NoError(t, r.Add(fake{info: info("c", 150, "tif")}))
	wild := info("basic", 0)
	wild.Reserves = []string{"ser", "tif"}
	wild.Formats = []extractors.Format{{Name: "PNG", Extensions: []string{"png"}}}
	require.NoError(t, r.Add(fake{info: wild}))
	assert.Equal(t, []string{"c", "a", "b", "basic"}, r.Names())
	assert.Equal(t, []string{"ser", "tif", "tiff"}, r.Known(), "reserved ones count, those of the fallback do not")
	assert.Len(t, r.ForExtension(".TIF"), 3)
	assert.Empty(t, r.ForExtension("qqq"))
	assert.Nil(t, r.Named("nobody"))

	assert.ErrorIs(t, r.Add(fake{info: info("a", 1, "x")}), nexuslims.Conflict)
	require.NoError(t, r.Replace(fake{info: info("a", 200, "tif")}))
	assert.Equal(t, []string{"a", "c", "b", "basic"}, r.Names())
	for name, bad := range map[string]extractors.Info{
		"no name": info("", 1, "x"), "priority": info("p", 1001, "x"), "dot": info("p", 1, ".x"), "case": info("p", 1, "X"),
		"neither": {Name: "p"},
	} {
		assert.ErrorIs(t, r.Add(fake{info: bad}), nexuslims.Invalid, name)
	}
}

func TestProfiles(t *testing.T) {
	var p extractors.Profiles
	assert.Nil(t, p.For("a"))
	require.NoError(t, p.Add(extractors.NewProfile("b")))
	require.NoError(t, p.Add(extractors.NewProfile("a")))
	assert.ErrorIs(t, p.Add(extractors.NewProfile("a")), nexuslims.Conflict)
	assert.ErrorIs(t, p.Add(extractors.NewProfile(" ")), nexuslims.Invalid)
	require.NoError(t, p.Replace(extractors.NewProfile("a", extractors.Step{})))
	assert.Len(t, p.For("a").Steps(), 1)
	assert.Equal(t, []string{"a", "b"}, p.Names())
}
