package emd

import (
	"context"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// stackLayers makes one array of groups that differ in four last digits alone, which is how
// Prismatic stores the depths of a simulation.
func stackLayers(list []*ncemArray) []*ncemArray {
	var out []*ncemArray
	for _, a := range list {
		common, ok := withoutNumber(a.path)
		if !ok {
			out = append(out, a)
			continue
		}
		i := slices.IndexFunc(out, func(o *ncemArray) bool { return o.joins(a, common) })
		if i < 0 {
			layered := *a
			layered.layers = []*ncemArray{a}
			layered.name, _ = withoutNumber(a.name)
			out = append(out, &layered)
			continue
		}
		out[i].layers = append(out[i].layers, a)
	}
	return out
}

// joins reports whether a is one more layer of o: of the same name, type and shape.
func (o *ncemArray) joins(a *ncemArray, common string) bool {
	path, ok := withoutNumber(o.path)
	return ok && path == common && len(o.layers) > 0 && slices.Equal(o.data.Shape(), a.data.Shape()) &&
		o.data.Type().Element() == a.data.Type().Element() && lastPart(o.data.Path()) == lastPart(a.data.Path())
}

func lastPart(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// withoutNumber cuts four digits off the end.
func withoutNumber(name string) (string, bool) {
	n := len(name) - 4
	if n < 1 || strings.Trim(name[n:], "0123456789") != "" {
		return name, false
	}
	return name[:n], true
}

// layers is the source of arrays of one shape that stand one above the other.
type layers struct {
	list []extractors.PixelSource
	size int // bytes of an element
}

// ReadRegion implements [extractors.PixelSource].
func (s layers) ReadRegion(ctx context.Context, r extractors.Region, dst []byte) error {
	inner := extractors.Region{Start: r.Start[1:], Count: r.Count[1:], Step: r.Step[1:]}
	n := inner.Len() * s.size
	for i := range r.Count[0] {
		if err := s.list[r.Start[0]+i*r.Step[0]].ReadRegion(ctx, inner, dst[i*n:(i+1)*n]); err != nil {
			return err
		}
	}
	return nil
}
