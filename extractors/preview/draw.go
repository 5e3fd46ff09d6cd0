package preview

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const op = "draw preview"

// Draw draws the preview of a signal as PNG.
//
// Errors are of kind Unsupported where the signal has nothing to draw, Invalid for sizes
// that make no sense, Canceled or Transient when the context or the time limit ended it;
// those of the pixel source are wrapped. A panic of an extension becomes one of kind
// Internal. The caller then uses [Placeholder].
func Draw(ctx context.Context, s *extractors.Signal, o Options) (p Picture, err error) {
	defer func() {
		if r := recover(); r != nil {
			p, err = Picture{}, nexuslims.E(nexuslims.Internal, op, s.Title, fmt.Errorf("panic: %v", r))
		}
	}()
	o = o.filled()
	if o.TimeLimit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.TimeLimit)
		defer cancel()
	}
	if err := ctx.Err(); err != nil {
		return Picture{}, nexuslims.E(nexuslims.KindOf(err), op, s.Title, err)
	}
	return drawSignal(ctx, s, o)
}

func drawSignal(ctx context.Context, s *extractors.Signal, o Options) (Picture, error) {
	size := o.Size
	if s.MassMap != nil && s.NoPreview == "" {
		size = min(massMapFactor*o.Size, maxSize)
	}
	c, err := newCanvas(size)
	if err != nil {
		return Picture{}, err
	}
	if s.Shown != nil {
		shown := *s
		shown.Data = s.Shown
		s = &shown
	}
	j := &job{canvas: c, signal: s, options: o, title: titleLines(s, o)}
	switch {
	case s.NoPreview != "":
		return Picture{}, nexuslims.E(nexuslims.Unsupported, op, s.Title, errors.New(s.NoPreview))
	case s.Draw != nil:
		err = j.hook(ctx)
	case s.MassMap != nil:
		err = j.massMap(ctx)
	case s.Data != nil:
		err = j.data(ctx)
	case s.Picture != nil:
		err = j.picture(ctx)
	case s.Text != nil:
		err = j.text(ctx)
	default:
		err = nexuslims.E(nexuslims.Unsupported, op, s.Title, errors.New("nothing to draw"))
	}
	if err != nil {
		return Picture{}, fmt.Errorf("%s: %w", op, err)
	}
	png, err := encode(c.img)
	return Picture{PNG: png, Note: j.note}, err
}

// job is the drawing of one preview.
type job struct {
	*canvas
	signal  *extractors.Signal
	options Options
	title   []string
	note    string
}

// hook fits what the signal draws itself into the square.
func (j *job) hook(ctx context.Context) error {
	img, err := j.signal.Draw(ctx, j.options.Size)
	if err != nil {
		return err
	}
	if img == nil || img.Bounds().Empty() {
		return nexuslims.E(nexuslims.Invalid, op, j.signal.Title, errors.New("empty picture"))
	}
	if b := img.Bounds(); b.Dx() == j.options.Size && b.Dy() == j.options.Size {
		draw.Draw(j.img, j.img.Bounds(), img, b.Min, draw.Src)
		return nil
	}
	return j.fitPicture(img)
}

// data draws an array by its number of navigation and signal axes.
func (j *job) data(ctx context.Context) error {
	a := j.signal.Data
	if err := checkArray(a); err != nil {
		return err
	}
	nav := a.NavigationAxes()
	switch sig := len(a.Axes) - nav; {
	case a.Type.IsColour() && sig == 2 && nav == 0:
		return j.colourImage(ctx)
	case a.Type.IsColour():
		return j.axesTable()
	case sig == 1 && nav == 0:
		return j.spectrum(ctx)
	case sig == 1 && nav == 1:
		return j.lineScan(ctx)
	case sig == 1:
		return j.spectrumImage(ctx)
	case sig == 2 && nav == 0:
		return j.image(ctx)
	case sig == 2 && nav == 1:
		return j.stack(ctx)
	case sig == 2:
		return j.tableau(ctx)
	}
	return j.axesTable()
}

// checkArray makes sure that sizes are positive and their product can be counted.
func checkArray(a *extractors.Array) error {
	if a.Source == nil || a.Type < 0 || a.Type > extractors.RGBA {
		return nexuslims.E(nexuslims.Unsupported, op, "", errors.New("pixels that cannot be read"))
	}
	n := int64(a.Type.Size())
	for i, x := range a.Axes {
		if x.Size < 1 {
			return nexuslims.E(nexuslims.Invalid, op, "", fmt.Errorf("axis %d has %d elements", i, x.Size))
		}
		if n > (1<<62)/int64(x.Size) {
			return nexuslims.E(nexuslims.Invalid, op, "", errors.New("more elements than can be counted"))
		}
		n *= int64(x.Size)
	}
	return nil
}

// fit returns the largest size of the shape w:h within a box, at least one pixel a side.
func fit(w, h, boxW, boxH int) (int, int) {
	ratio := min(float64(boxW)/float64(w), float64(boxH)/float64(h))
	return max(1, min(boxW, int(float64(w)*ratio+1e-9))), max(1, min(boxH, int(float64(h)*ratio+1e-9)))
}

// centred returns a rectangle of that size in the middle of box.
func centred(box image.Rectangle, w, h int) image.Rectangle {
	x, y := box.Min.X+(box.Dx()-w)/2, box.Min.Y+(box.Dy()-h)/2
	return image.Rect(x, y, x+w, y+h)
}
