package feitif_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/extractortest"
	"github.com/nexuslims/nexuslims-go/extractors/feitif"
)

// tryAll asks for a match and extracts from any bytes, and reads a few pixels.
func tryAll(t *testing.T, b []byte) {
	t.Helper()
	f := extractors.NewFile("a.tif", bytes.NewReader(b), int64(len(b)), at, extractors.Context{Instrument: newYork})
	feitif.New().Match(f)
	result, err := feitif.New().Extract(context.Background(), f)
	if err != nil {
		return
	}
	for _, s := range result.Signals {
		extractors.Place(s.Meta)
		assert.NotEmpty(t, s.JSON())
		if s.Data == nil {
			require.NotEmpty(t, s.NoPreview)
			continue
		}
		region := s.Data.All()
		for i := range region.Count {
			region.Step[i] = max(1, region.Count[i]/3)
			region.Count[i] = min(region.Count[i], 2)
		}
		_, _ = s.Data.Read(context.Background(), region) // pixels beyond the end are an error
	}
}

func seeds(tb testing.TB) []extractortest.Sample {
	tb.Helper()
	var list []extractortest.Sample
	for _, v := range variants(tb) {
		list = append(list, extractortest.Sample{Name: v.name, Data: v.data, Instrument: newYork})
	}
	return list
}

func FuzzExtract(f *testing.F) { extractortest.Fuzz(f, feitif.New(), seeds(f)...) }

// FuzzSettings reads any text as sections and as XML.
func FuzzSettings(f *testing.F) {
	for _, text := range []string{"[a]\nb=c\n d\n[a]\ne:f\n[MultiGISUnit1]\n[MultiGISGas1]\n", phenomXML, databarText} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := feitif.ParseSettings(text)
		for name, section := range s.Sections.All() {
			require.NotNil(t, section, name)
			_ = s.Value(name, "b")
		}
		if root, _ := feitif.ParseXML(text); root != nil {
			assert.NotNil(t, root.Object())
		}
	})
}

func TestDamagedFiles(t *testing.T) { extractortest.Damage(t, feitif.New(), 2000, seeds(t)...) }

// TestHostileTexts are made to take long.
func TestHostileTexts(t *testing.T) {
	for name, text := range map[string]string{
		"a section many times":  "[User]\r\n" + strings.Repeat("[a]\n", 60_000),
		"a line that goes on":   "[User]\r\na=b\n" + strings.Repeat(" c\n", 80_000),
		"text between elements": "<Root>" + strings.Repeat("x<a/>", 50_000) + "</Root>",
		"levels":                "<Root>" + strings.Repeat("<a>", 80_000),
		"labels":                "<Root>" + strings.Repeat("<Data><Label>a</Label></Data>", 9_000),
	} {
		t.Run(name, func(t *testing.T) { tryAll(t, withText(t, text)) })
	}
}
