package feitif_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
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

func FuzzExtract(f *testing.F) {
	for _, v := range variants(f) {
		f.Add(v.data)
	}
	f.Fuzz(tryAll)
}

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

// TestDamagedFiles changes some bytes and cuts some files, the same ones each time.
func TestDamagedFiles(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	files := variants(t)
	for range 2000 {
		b := bytes.Clone(files[rnd.IntN(len(files))].data)
		for range 1 + rnd.IntN(6) {
			b[rnd.IntN(len(b))] = byte(rnd.IntN(256))
		}
		if rnd.IntN(4) == 0 {
			b = b[:rnd.IntN(len(b))]
		}
		tryAll(t, b)
	}
}

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
