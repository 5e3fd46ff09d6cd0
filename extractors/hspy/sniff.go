package hspy

import (
	"slices"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// contents is what an HDF5 file holds.
type contents int

const (
	kindNone     contents = iota // no HDF5
	kindPlain                    // of no kind known here
	kindHyperSpy                 // with HyperSpy's mark
	kindOld                      // of HyperSpy before it had a mark
	kindOther                    // of another program whose files are known by their marks
)

// sniffed is how many experiments of a file without mark are looked at.
const sniffed = 16

// kindOf looks into a file; one that cannot be read is of no kind.
func kindOf(f *extractors.File) contents {
	h, err := hdf5.Open(f, f.Size())
	if err != nil {
		return kindNone
	}
	kind, err := sniff(h.Root())
	if err != nil && !hdf5.IsLost(err) {
		return kindNone
	}
	return kind
}

// sniff tells the kinds apart. With a file of none it returns what is damaged, if anything is.
func sniff(root *hdf5.Group) (contents, error) {
	mark, err := attribute(root, "file_format")
	switch {
	case err != nil && !hdf5.IsLost(err):
		return kindNone, err
	case plainText(mark) == format:
		return kindHyperSpy, nil
	}
	other, otherErr := isOther(root)
	if otherErr != nil || other {
		return kindOther, otherErr
	}
	old, oldErr := isOld(root)
	switch {
	case oldErr != nil && !hdf5.IsLost(oldErr):
		return kindNone, oldErr
	case old && mark == nil:
		return kindOld, nil
	}
	for _, e := range []error{err, oldErr} {
		if nexuslims.KindOf(e) == nexuslims.Corrupt {
			return kindPlain, e
		}
	}
	return kindPlain, nil
}

// isOther looks for the marks of Velox, DigitalMicrograph and the EMD specification.
func isOther(root *hdf5.Group) (bool, error) {
	for _, marks := range [][]string{
		{"Version", "Data"},
		{"ImageList", "DocumentObjectList"},
		{"ImageList", "ImageSourceList"},
	} {
		all := true
		for _, name := range marks {
			_, err := root.Object(name)
			if err != nil && !hdf5.IsLost(err) {
				return false, err
			}
			all = all && err == nil
		}
		if all {
			return true, nil
		}
	}
	for _, name := range []string{"version_major", "emd_group_type"} {
		if _, err := root.Attribute(name); err == nil {
			return true, nil
		} else if !hdf5.IsLost(err) {
			return false, err
		}
	}
	return false, nil
}

// isOld looks for an experiment with metadata: HyperSpy wrote no mark at first.
func isOld(root *hdf5.Group) (bool, error) {
	if _, err := root.Attribute("file_format_version"); err == nil {
		return false, nil
	}
	experiments, err := root.Group(experimentsName)
	if err != nil {
		return false, err
	}
	names, err := experiments.Names()
	if err != nil && len(names) == 0 {
		return false, err
	}
	for _, name := range names[:min(len(names), sniffed)] {
		g, err := experiments.Group(name)
		if err != nil {
			continue
		}
		members, err := g.Names()
		if err != nil && !hdf5.IsLost(err) {
			return false, err
		}
		if slices.Contains(members, "data") &&
			(slices.Contains(members, "mapped_parameters") || slices.Contains(members, "metadata")) {
			return true, nil
		}
	}
	return false, nil
}

// attribute returns a value, nil with an error where there is none that can be read.
func attribute(o hdf5.Object, name string) (nexuslims.Value, error) {
	a, err := o.Attribute(name)
	if err != nil {
		return nil, err
	}
	v, err := a.Value()
	return single(v), err
}

// single is the only member of a list of one.
func single(v nexuslims.Value) nexuslims.Value {
	if list, ok := v.(nexuslims.List); ok && len(list) == 1 {
		return list[0]
	}
	return v
}
