package emd

import (
	"context"
	"slices"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// contents is what an HDF5 file holds.
type contents int

const (
	kindNone  contents = iota // no HDF5
	kindPlain                 // of no kind known here
	kindVelox
	kindBerkeley
	kindOther // of another program whose files are known by their marks
)

// kindOf looks into a file; one that cannot be read is of no kind.
func kindOf(f *extractors.File) contents {
	h, err := hdf5.Open(f, f.Size())
	if err != nil {
		return kindNone
	}
	kind, err := sniff(context.Background(), h.Root())
	if err != nil && !hdf5.IsLost(err) {
		return kindNone
	}
	return kind
}

// sniff tells the kinds apart; the first that fits counts. With a file of none it returns
// what is damaged, if anything is.
func sniff(ctx context.Context, root *hdf5.Group) (contents, error) {
	var damage error
	for _, test := range []struct {
		kind contents
		is   func(context.Context, *hdf5.Group) (bool, error)
	}{{kindVelox, isVelox}, {kindOther, isOther}, {kindBerkeley, isBerkeley}} {
		is, err := test.is(ctx, root)
		if err != nil && !hdf5.IsLost(err) {
			return kindNone, err
		}
		if is {
			return test.kind, nil
		}
		if damage == nil && nexuslims.KindOf(err) == nexuslims.Corrupt {
			damage = err
		}
	}
	return kindPlain, damage
}

// isVelox looks for /Version, a JSON text.
func isVelox(ctx context.Context, root *hdf5.Group) (bool, error) {
	d, err := root.Dataset("Version")
	if err != nil {
		return false, err
	}
	var doc *nexuslims.Object
	text, err := jsonText(ctx, d, 4096)
	if err == nil {
		doc, err = parseJSON(text)
	}
	if err != nil {
		return nexuslims.KindOf(err) == nexuslims.Corrupt && hasVeloxData(root), err
	}
	format := textAt(doc, "format")
	return format == "Velox" || format == "DevelopersKit", nil
}

// hasVeloxData looks for the groups of a file whose version is damaged: files that were cut
// may have lost it, as it stands near the end.
func hasVeloxData(root *hdf5.Group) bool {
	for _, kind := range []string{veloxImage, veloxSpectrum, veloxStream} {
		if _, err := root.Group("Data/" + kind); err == nil {
			return true
		}
	}
	return false
}

// isOther looks for the marks of HyperSpy and of DigitalMicrograph.
func isOther(_ context.Context, root *hdf5.Group) (bool, error) {
	if a, err := root.Attribute("file_format"); err == nil {
		if v, err := a.Value(); err == nil && attributeText(v) == "HyperSpy" {
			return true, nil
		}
	}
	has := func(name string) bool {
		_, err := root.Group(name)
		return err == nil
	}
	if has("ImageList") && (has("DocumentObjectList") || has("ImageSourceList")) {
		return true, nil
	}
	if _, err := root.Attribute("file_format_version"); err == nil {
		return false, nil
	}
	return isOldHyperSpy(root)
}

// isOldHyperSpy looks for an experiment: HyperSpy wrote no mark at first.
func isOldHyperSpy(root *hdf5.Group) (bool, error) {
	experiments, err := root.Group("Experiments")
	if err != nil {
		return false, err
	}
	names, err := experiments.Names()
	if err != nil {
		return false, err
	}
	for _, name := range names[:min(len(names), 16)] {
		g, err := experiments.Group(name)
		if err != nil {
			continue
		}
		if members, err := g.Names(); err == nil && slices.Contains(members, "data") &&
			(slices.Contains(members, "mapped_parameters") || slices.Contains(members, "metadata")) {
			return true, nil
		}
	}
	return false, nil
}

// Groups that are looked at for the mark of the EMD specification, and how deep.
const (
	sniffedGroups = 64
	sniffedDepth  = 5
)

// isBerkeley looks for a version at the root or one of its groups, or a group with the mark.
func isBerkeley(_ context.Context, root *hdf5.Group) (bool, error) {
	left := sniffedGroups
	return hasMark(root, 0, &left)
}

func hasMark(g *hdf5.Group, depth int, left *int) (bool, error) {
	if *left--; *left < 0 || depth > sniffedDepth {
		return false, nil
	}
	names := []string{"emd_group_type"}
	if depth < 2 {
		names = append(names, "version_major")
	}
	for _, name := range names {
		if _, err := g.Attribute(name); err == nil {
			return true, nil
		} else if !hdf5.IsLost(err) {
			return false, err
		}
	}
	members, err := g.Names()
	if err != nil {
		return false, err
	}
	for _, name := range members[:min(len(members), sniffedGroups)] {
		sub, err := g.Group(name)
		if err != nil {
			if !hdf5.IsLost(err) {
				return false, err
			}
			continue
		}
		if is, err := hasMark(sub, depth+1, left); is || (err != nil && !hdf5.IsLost(err)) {
			return is, err
		}
	}
	return false, nil
}
