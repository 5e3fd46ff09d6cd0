package harvesters_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// named is a factory that is nothing but its name and its number.
type named struct {
	name   string
	number int
}

func (n named) Name() string                    { return n.name }
func (n named) Variables() []nexuslims.Variable { return nil }
func (n named) Configure(nexuslims.Settings, nexuslims.Host) ([]harvesters.Harvester, error) {
	return nil, nil
}

func TestRegistry(t *testing.T) {
	var r harvesters.Registry
	assert.Empty(t, r.All())
	assert.Nil(t, r.Named("nemo"))
	require.NoError(t, r.Add(named{"nemo", 1}))
	require.NoError(t, r.Add(named{"calendar", 2}))
	assert.Equal(t, []string{"calendar", "nemo"}, r.Names())

	assert.ErrorIs(t, r.Add(named{"nemo", 3}), nexuslims.Conflict)
	assert.Equal(t, named{"nemo", 1}, r.Named("nemo"), "the first stays")
	require.NoError(t, r.Replace(named{"nemo", 4}))
	assert.Equal(t, []harvesters.Factory{named{"calendar", 2}, named{"nemo", 4}}, r.All())

	for _, name := range []string{"", " "} {
		assert.ErrorIs(t, r.Add(named{name, 5}), nexuslims.Invalid)
		assert.ErrorIs(t, r.Replace(named{name, 5}), nexuslims.Invalid)
	}
	r.All()[0] = named{"changed", 6}
	assert.Equal(t, []string{"calendar", "nemo"}, r.Names(), "the list is the caller's own")
}
