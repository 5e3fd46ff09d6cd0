package preview_test

import (
	"context"
	"flag"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors/preview"
)

var update = flag.Bool("update", false, "write the golden pictures")

// TestGolden compares with pictures that were looked at. Other processors may round
// differently in the last place, so a pixel in a thousand may differ a little.
func TestGolden(t *testing.T) {
	for _, k := range kinds() {
		k.options.Size = 200
		t.Run(k.name, func(t *testing.T) {
			path := filepath.Join("testdata", "golden", strings.ReplaceAll(k.name, " ", "-")+".png")
			p, err := preview.Draw(context.Background(), k.signal(), k.options)
			require.NoError(t, err)
			if *update {
				require.NoError(t, os.WriteFile(path, p.PNG, 0o644))
			}
			raw, err := os.ReadFile(path)
			require.NoError(t, err)
			want, got := decoded(t, raw), decoded(t, p.PNG)
			require.Equal(t, want.Bounds(), got.Bounds())
			differ := 0
			for y := range 200 {
				for x := range 200 {
					if distance(rgba(want, x, y), rgba(got, x, y)) > 3 {
						differ++
					}
				}
			}
			assert.LessOrEqual(t, differ, 40)
		})
	}
}

func distance(a, b color.RGBA) int {
	most := 0
	for _, d := range [4]int{int(a.R) - int(b.R), int(a.G) - int(b.G), int(a.B) - int(b.B), int(a.A) - int(b.A)} {
		most = max(most, d, -d)
	}
	return most
}
