package zeisstif_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/nexuslims/nexuslims-go/extractors/extractortest"
	"github.com/nexuslims/nexuslims-go/extractors/zeisstif"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

func seeds() []extractortest.Sample {
	files := variants()
	var list []extractortest.Sample
	for _, name := range slices.Sorted(maps.Keys(files)) {
		list = append(list, extractortest.Sample{Name: "a.tif", Data: files[name]})
	}
	return list
}

func FuzzExtract(f *testing.F) { extractortest.Fuzz(f, zeisstif.New(), seeds()...) }

func TestDamagedFiles(t *testing.T) { extractortest.Damage(t, zeisstif.New(), 1000, seeds()...) }

// FuzzTexts changes the texts alone.
func FuzzTexts(f *testing.F) {
	picture := synth.Pixels(8, 6, 1)
	f.Add(synth.SEMImage(16, 1, taken).Text(0), synth.Orion{Picture: picture, Field: 1, Time: taken}.Text(),
		synth.Fibics{Picture: picture, Beam: "SEM", Field: 4, Time: taken}.Text())
	f.Add("", "<ImageTags><a.b><Value>1</Value>", `<Fibics><Scan><item name="Dwell">= 1 µs</item></Scan></Fibics>`)
	f.Fuzz(func(t *testing.T, sem, orion, fibics string) {
		data := synth.TIFF(picture, synth.TIFFText{ID: 34118, Text: sem}, synth.TIFFText{ID: 65000, Text: orion},
			synth.TIFFText{ID: 51023, Text: fibics})
		extractortest.Try(t, zeisstif.New(), extractortest.Sample{Name: "a.tif", Data: data})
	})
}
