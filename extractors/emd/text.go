package emd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// jsonText returns the bytes of a text of at most limit bytes: a dataset of one text, or one
// of bytes that end at the first NUL, of which the first column counts.
func jsonText(ctx context.Context, d *hdf5.Dataset, limit int64) ([]byte, error) {
	switch d.Type().Class {
	case hdf5.VarText, hdf5.Text:
		v, err := d.Value(ctx, limit)
		if err != nil {
			return nil, err
		}
		return []byte(attributeText(v)), nil
	case hdf5.Integer:
		return column(ctx, d, 0, limit)
	}
	return nil, nexuslims.E(nexuslims.Corrupt, "read text", d.Path(), errors.New("it is no text"))
}

// columnPiece is how much of a column is read at once: texts have 6 to 17 kB, and what is
// behind them is not wanted.
const columnPiece = 8 << 10

// column returns the bytes of one column up to the first NUL, at most limit.
func column(ctx context.Context, d *hdf5.Dataset, k int, limit int64) ([]byte, error) {
	shape := d.Shape()
	switch {
	case d.Type().Class != hdf5.Integer || d.Type().Size != 1 || len(shape) < 1 || len(shape) > 2:
		return nil, nexuslims.E(nexuslims.Corrupt, "read text", d.Path(), errors.New("it is no table of bytes"))
	case len(shape) == 2 && (k < 0 || k >= shape[1]), len(shape) == 1 && k != 0:
		return nil, nexuslims.E(nexuslims.NotFound, "read text", d.Path(), fmt.Errorf("there is no frame %d", k))
	}
	start, count, step := make([]int, len(shape)), make([]int, len(shape)), make([]int, len(shape))
	for i := range shape {
		start[i], count[i], step[i] = k, 1, 1
	}
	var text []byte
	for at := 0; at < shape[0]; at += columnPiece {
		if int64(at) >= limit {
			return nil, nexuslims.E(nexuslims.Unsupported, "read text", d.Path(), errors.New("it is too long"))
		}
		start[0], count[0] = at, min(columnPiece, shape[0]-at)
		piece := make([]byte, count[0])
		if err := d.ReadRegion(ctx, start, count, step, piece); err != nil {
			return nil, err
		}
		end := bytes.IndexByte(piece, 0)
		if end >= 0 {
			piece = piece[:end]
		}
		if text == nil {
			text = piece // mostly all there is
		} else {
			text = append(text, piece...)
		}
		if end >= 0 {
			break
		}
	}
	return text, nil
}

// attributeText returns a text, or the first of a list of texts.
func attributeText(v nexuslims.Value) string {
	switch v := v.(type) {
	case nexuslims.Text:
		return strings.TrimRight(string(v), "\x00")
	case nexuslims.List:
		if len(v) > 0 {
			return attributeText(v[0])
		}
	}
	return ""
}
