package hspy_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/nexuslims/nexuslims-go/extractors/extractortest"
	"github.com/nexuslims/nexuslims-go/extractors/hspy"
)

func seeds() []extractortest.Sample {
	files := variants()
	var list []extractortest.Sample
	for _, name := range slices.Sorted(maps.Keys(files)) {
		list = append(list, extractortest.Sample{Name: name, Data: files[name]})
	}
	return list
}

func FuzzExtract(f *testing.F) { extractortest.Fuzz(f, hspy.New(), seeds()...) }

func TestDamagedFiles(t *testing.T) { extractortest.Damage(t, hspy.New(), 400, seeds()...) }
