package extractors_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// TestShortenList holds lists that were decoded to the form of numbers that were not.
func TestShortenList(t *testing.T) {
	var shorts, halves, words, table nexuslims.List
	numbers, singles := make([]int16, 300), make([]float32, 300)
	for i := range numbers {
		numbers[i], singles[i] = int16(-i), float32(i)/3
		shorts = append(shorts, nexuslims.Int(-i))
		halves = append(halves, nexuslims.Float(float64(singles[i])))
		words = append(words, nexuslims.Text("a"))
	}
	table = nexuslims.List{shorts[:100], shorts[100:]}
	assert.Equal(t, extractors.Shorten(numbers), extractors.ShortenList(shorts, 2))
	assert.Equal(t, extractors.Shorten(numbers), extractors.ShortenList(table, 2))
	assert.Equal(t, extractors.Shorten(singles), extractors.ShortenList(halves, 4))
	assert.Equal(t, nexuslims.Int(300), extractors.ShortenList(words, 8).Get("length"))
	flags := nexuslims.List{nexuslims.Bool(true), nexuslims.Bool(false), nexuslims.Uint(1)}
	assert.Equal(t, extractors.Shorten([]uint8{1, 0, 1}).Get("sha256"), extractors.ShortenList(flags, 1).Get("sha256"))
}
