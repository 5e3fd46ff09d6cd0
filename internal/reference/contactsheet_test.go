package reference_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/preview"
	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims/builtin"
)

// TestContactSheets draws one sheet for each format: our previews, each with that of the
// reference at its right where there is one. It is a tool for eyes, not a check: set
// NX_CONTACT_SHEETS to the folder that gets the sheets ("make contactsheets").
func TestContactSheets(t *testing.T) {
	target := os.Getenv("NX_CONTACT_SHEETS")
	if target == "" {
		t.Skip("NX_CONTACT_SHEETS names no folder for the sheets")
	}
	require.NoError(t, os.MkdirAll(target, 0o755))
	plugins := builtin.Plugins()
	engine := &extractors.Engine{
		Extractors: &plugins.Extractors, Profiles: &plugins.Profiles,
		Logger: slog.New(slog.DiscardHandler), Now: time.Now,
	}
	folders, err := os.ReadDir(filepath.Join(testdata.Dir(t), "instrument-files"))
	require.NoError(t, err)
	for _, f := range folders {
		if f.IsDir() {
			sheet(t, engine, f.Name(), filepath.Join(target, f.Name()+".png"))
		}
	}
}

const (
	side   = 250
	label  = 16
	across = 6 // pictures in a row: three pairs
)

func sheet(t *testing.T, engine *extractors.Engine, folder, target string) {
	t.Helper()
	var pictures []image.Image
	var labels []string
	for _, name := range reference.Names(t, folder) {
		out, err := engine.Extract(context.Background(), reference.Open(t, folder+"/"+name, ""))
		require.NoError(t, err, name)
		for i, s := range out.Signals {
			if !s.Drawable() {
				continue
			}
			drawn, err := preview.Draw(context.Background(), s, preview.Options{Title: name, Index: i, Count: len(out.Signals)})
			if err != nil {
				drawn.PNG = preview.Placeholder(err.Error(), 0)
			}
			ours, err := png.Decode(bytes.NewReader(drawn.PNG))
			require.NoError(t, err)
			pictures = append(pictures, ours, theirs(t, folder, name, i, len(out.Signals)))
			labels = append(labels, name, "the reference")
		}
	}
	if len(pictures) > 0 {
		writeSheet(t, target, pictures, labels)
	}
}

// theirs finds the preview of the reference, nil where there is none.
func theirs(t *testing.T, folder, name string, i, n int) image.Image {
	t.Helper()
	base := filepath.Join(testdata.Dir(t), "reference-output", "previews", folder, path.Base(name))
	found, err := filepath.Glob(escape(base) + "*.png")
	require.NoError(t, err)
	for _, f := range found {
		rest := strings.TrimPrefix(f, base)
		if n > 1 && !strings.Contains(rest, fmt.Sprintf("signal%d.", i)) && len(found) > 1 {
			continue
		}
		r, err := os.Open(f)
		require.NoError(t, err)
		defer func() { _ = r.Close() }()
		p, err := png.Decode(r)
		require.NoError(t, err)
		return p
	}
	return nil
}

func escape(path string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "*", `\*`, "?", `\?`).Replace(path)
}

func writeSheet(t *testing.T, target string, pictures []image.Image, labels []string) {
	t.Helper()
	rows := (len(pictures) + across - 1) / across
	out := image.NewRGBA(image.Rect(0, 0, across*side, rows*(side+label)))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.RGBA{190, 200, 215, 255}), image.Point{}, draw.Src)
	for i, p := range pictures {
		x, y := i%across*side, i/across*(side+label)
		d := font.Drawer{Dst: out, Src: image.Black, Face: basicfont.Face7x13, Dot: fixed.P(x+2, y+12)}
		d.DrawString(labels[i])
		if p != nil {
			xdraw.BiLinear.Scale(out, image.Rect(x+2, y+label, x+side-2, y+label+side-4), p, p.Bounds(), draw.Over, nil)
		}
	}
	w, err := os.Create(target)
	require.NoError(t, err)
	require.NoError(t, png.Encode(w, out))
	require.NoError(t, w.Close())
}
