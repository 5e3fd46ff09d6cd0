package labarchives

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	_ "image/gif" // previews of other programs
	"image/jpeg"
	"image/png"
	"net/http"
	"path"

	"golang.org/x/image/draw"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const (
	maxPictures = 60
	maxPicture  = 64 << 10 // bytes of an image that is shown as it is
	maxPreview  = 16 << 20 // bytes of a preview that is read
	maxPixels   = 64 << 20 // of a preview that is decoded
	maxCaption  = 200      // bytes
	shownSize   = 250      // pixels, of the longer side
)

// picture is one image of the gallery.
type picture struct {
	Source  template.HTMLAttr // src="data:..."
	Caption string
}

// gallery returns the previews of a record in the order of its datasets, as many as there
// is place for, and how many more there are. What cannot be read is left out.
func (d *Destination) gallery(job *exporters.Job, size int) (pictures []picture, unshown int) {
	for _, a := range job.Record.Activities {
		captions := captionsOf(a)
		for i, set := range a.Datasets {
			if set.Preview == "" {
				continue
			}
			if len(pictures) == maxPictures || size < 0 {
				unshown++
				continue
			}
			p, err := d.picture(job, set)
			if err != nil {
				d.log.Debug("preview is left out", "destination", Name, "file", set.Preview, "err", err)
				continue
			}
			p.Caption = captions[i]
			cost := len(p.Source) + 2*len(template.HTMLEscapeString(p.Caption)) + 256 // its markup
			if size -= cost; size < 0 {                                               // full: nothing more is read
				unshown++
				continue
			}
			pictures = append(pictures, p)
		}
	}
	return pictures, unshown
}

// captionsOf returns the names of an activity's datasets: that of the file, with "(k of
// n)" where it holds several.
func captionsOf(a nexuslims.Activity) []string {
	count := map[string]int{}
	for _, d := range a.Datasets {
		count[d.Location]++
	}
	captions, seen := make([]string, len(a.Datasets)), map[string]int{}
	for i, d := range a.Datasets {
		captions[i] = nexuslims.CutText(squeeze(path.Base(d.Location)), maxCaption, "…")
		if n := count[d.Location]; n > 1 {
			seen[d.Location]++
			captions[i] += fmt.Sprintf(" (%d of %d)", seen[d.Location], n)
		}
	}
	return captions
}

// picture reads a preview and makes it small enough.
func (d *Destination) picture(job *exporters.Job, set nexuslims.Dataset) (picture, error) {
	f, err := job.Files.Preview(set)
	if err != nil {
		return picture{}, err
	}
	b, err := exporters.ReadAll(f, maxPreview)
	if err != nil {
		return picture{}, err
	}
	info, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return picture{}, err
	}
	if len(b) > maxPicture {
		if info.Width <= 0 || info.Height <= 0 || info.Width > maxPixels/info.Height {
			return picture{}, fmt.Errorf("%d by %d pixels are too many", info.Width, info.Height)
		}
		if b, err = shrink(b); err != nil {
			return picture{}, err
		}
	}
	source := fmt.Sprintf(`src="data:%s;base64,%s"`, http.DetectContentType(b), base64.StdEncoding.EncodeToString(b))
	return picture{Source: template.HTMLAttr(source)}, nil //nolint:gosec // the type of an image and Base64
}

// shrink draws an image in the size that it is shown in, on white, and encodes it as PNG,
// or as JPEG where that is too large.
func shrink(b []byte) ([]byte, error) {
	from, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	size := from.Bounds().Size()
	if longest := max(size.X, size.Y); longest > shownSize {
		size.X, size.Y = max(1, size.X*shownSize/longest), max(1, size.Y*shownSize/longest)
	}
	to := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(to, to.Bounds(), image.White, image.Point{}, draw.Src)
	draw.BiLinear.Scale(to, to.Bounds(), from, from.Bounds(), draw.Over, nil)
	var small bytes.Buffer
	if err := png.Encode(&small, gray(to)); err != nil {
		return nil, err
	}
	if small.Len() > maxPicture {
		small.Reset()
		if err := jpeg.Encode(&small, to, nil); err != nil {
			return nil, err
		}
	}
	return small.Bytes(), nil
}

// gray returns an image without colours as one of a single channel.
func gray(m *image.RGBA) image.Image {
	g := image.NewGray(m.Bounds())
	for i := range g.Pix {
		p := m.Pix[4*i : 4*i+4]
		if p[0] != p[1] || p[1] != p[2] {
			return m
		}
		g.Pix[i] = p[0]
	}
	return g
}
