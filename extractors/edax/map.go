package edax

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const (
	mapTag      = "MAPSPECTRA_DATA"
	mapHeadSize = 168 // the rest of the header is empty
	// maxSide bounds columns, lines and channels: no scan generator and no analyser has more.
	maxSide = 1 << 16
)

var mapFields = []field{
	{0, text, 16, "tag", ""},
	{16, i4, 1, "version", ""},
	{20, i4, 1, "nSpectra", ""},
	{24, u4, 1, "nPoints", ""},
	{28, u4, 1, "nLines", ""},
	{32, u4, 1, "nChannels", ""},
	{36, u4, 1, "countBytes", ""},
	{40, u4, 1, "dataOffset", ""},
	{44, u4, 1, "nFrames", ""},
	{48, text, 120, "fName", ""},
}

// imageFields are the places of the description of an image. What lies between
// label and voltage, and after the texts, is inferred.
var imageFields = []field{
	{0, u2, 1, "version", ""},
	{2, u2, 1, "imageType", ""},
	{4, t8, 1, "label", ""},
	{12, i2, 1, "sMin", ""},
	{14, i2, 1, "sMax", ""},
	{16, u2, 1, "color", ""},
	{18, u2, 1, "presetMode", ""},
	{20, u4, 1, "presetTime", ""},
	{24, u2, 1, "dataType", ""},
	{26, u2, 1, "timeConstantOld", ""},
	{30, u2, 1, "roiStartChan", ""},
	{32, u2, 1, "roiEndChan", ""},
	{34, i2, 1, "userMin", ""},
	{36, i2, 1, "userMax", ""},
	{38, u2, 1, "iADC", ""},
	{42, u2, 1, "iBits", ""},
	{44, u2, 1, "nReads", ""},
	{46, u2, 1, "nFrames", ""},
	{48, f4, 1, "fDwell", ""},
	{52, u2, 1, "accV", ""},
	{54, i2, 1, "tilt", ""},
	{56, i2, 1, "takeoff", ""},
	{58, u4, 1, "mag", ""},
	{62, u2, 1, "wd", ""},
	{64, f4, 1, "mppX", ""},
	{68, f4, 1, "mppY", ""},
	{72, u2, 1, "nTextLines", ""},
	{74, t32, 4, "charText", ""},
	{218, u2, 1, "nOverlayElements", ""},
	{220, u2, 16, "overlayColors", ""},
	{252, f4, 1, "timeConstantNew", ""},
}

const imageSize = 264

// cube is what a .spd file and the files beside it say.
type cube struct {
	raw                      *nexuslims.Object
	lines, columns, channels int
	spectra                  int64 // that are in the file
	size                     int   // of a count, in bytes
	offset                   int64
	image                    *nexuslims.Object // nil when there is none
	energies                 *spectrum         // nil when there is none
	warnings                 []string
}

// decodeMap reads the header of a map. An error together with a map means that the counts
// cannot be read.
func decodeMap(f *extractors.File) (*cube, error) {
	head, err := f.Head(mapHeadSize)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(head, []byte(mapTag)) || len(head) < mapHeadSize {
		return nil, nexuslims.E(nexuslims.Corrupt, "read header", "", errors.New("the file does not begin like a map of EDAX"))
	}
	m := &cube{raw: nexuslims.NewObject(len(mapFields))}
	decode(mapFields, head, 0, m.raw)
	return m, m.layOut(f.Size())
}

// layOut checks the sizes of the header against the file.
func (m *cube) layOut(size int64) error {
	side := map[string]int{}
	for _, name := range []string{"nPoints", "nLines", "nChannels"} {
		n, _ := m.raw.Get(name).(nexuslims.Int)
		if n < 1 || n > maxSide {
			return corrupt("%s is %d", name, n)
		}
		side[name] = int(n)
	}
	m.columns, m.lines, m.channels = side["nPoints"], side["nLines"], side["nChannels"]
	counts, _ := m.raw.Get("countBytes").(nexuslims.Int)
	if counts != 1 && counts != 2 && counts != 4 {
		return nexuslims.E(nexuslims.Unsupported, "read header", "", fmt.Errorf("counts of %d bytes", counts))
	}
	offset, _ := m.raw.Get("dataOffset").(nexuslims.Int)
	m.size, m.offset = int(counts), int64(offset)
	if m.offset < mapHeadSize || m.offset >= size {
		return corrupt("the counts begin at byte %d of %d", m.offset, size)
	}
	return m.countSpectra(size)
}

// countSpectra finds how many spectra are there: not more than the file holds.
func (m *cube) countSpectra(size int64) error {
	declared, _ := m.raw.Get("nSpectra").(nexuslims.Int)
	pixels := int64(m.columns) * int64(m.lines)
	held := (size - m.offset) / (int64(m.channels) * int64(m.size))
	m.spectra = min(pixels, held)
	if declared > 0 { // else the header was written before the map was
		m.spectra = min(m.spectra, int64(declared))
	}
	switch {
	case m.spectra < 1:
		return corrupt("not one spectrum of %d channels is in the file", m.channels)
	case m.spectra < pixels:
		m.warnings = append(m.warnings, fmt.Sprintf("%d of %d spectra are in the file, the others are zeros", m.spectra, pixels))
	case int64(declared) > pixels:
		m.warnings = append(m.warnings, fmt.Sprintf("the header tells of %d spectra for %d pixels", declared, pixels))
	}
	return nil
}

// array is the handle on the counts.
func (m *cube) array(f *extractors.File, axes []extractors.Axis) *extractors.Array {
	one := int64(m.channels) * int64(m.size)
	kind := map[int]extractors.ElementType{1: extractors.Uint8, 2: extractors.Uint16, 4: extractors.Uint32}[m.size]
	return &extractors.Array{Type: kind, Axes: axes, Source: &extractors.Strided{
		Reader:  padded{f, m.offset + m.spectra*one},
		Size:    m.offset + int64(m.lines)*int64(m.columns)*one,
		Offset:  m.offset,
		Strides: []int64{int64(m.columns) * one, one, int64(m.size)},
		Type:    kind,
	}}
}

// padded reads zeros from end on.
type padded struct {
	io.ReaderAt
	end int64
}

// ReadAt implements io.ReaderAt.
func (p padded) ReadAt(b []byte, off int64) (int, error) {
	n := int(min(int64(len(b)), max(0, p.end-off)))
	if n > 0 {
		if got, err := p.ReaderAt.ReadAt(b[:n], off); got < n {
			return got, err
		}
	}
	clear(b[n:])
	return len(b), nil
}

// addSides reads the files beside the map. What is missing or damaged there is missing
// here; only a store that fails is an error.
func (m *cube) addSides(f *extractors.File) error {
	stem := strings.TrimSuffix(f.Name(), path.Ext(f.Name()))
	image, err := m.side(f, imageNames(stem, m.raw.Text("fName"))...)
	if err != nil {
		return err
	}
	if image != nil {
		err = m.readImage(image)
		if err = errors.Join(err, image.Close()); err != nil {
			return err
		}
	}
	energies, err := m.side(f, stem+".spc", stem+".SPC", stem+".Spc")
	if err != nil || energies == nil {
		return err
	}
	return errors.Join(m.readEnergies(energies), energies.Close())
}

// imageNames are the names under which the description of the image may stand.
func imageNames(stem, picture string) []string {
	names := []string{stem + "_Img.ipr", stem + "_img.ipr", stem + "_IMG.IPR", stem + "_Img.IPR"}
	picture = picture[strings.LastIndexAny(picture, `/\`)+1:]
	if base := strings.TrimSuffix(picture, path.Ext(picture)); base != "" {
		names = append(names, base+".ipr", base+".IPR")
	}
	return names
}

// side opens the first of the files that is there; nil when none is.
func (m *cube) side(f *extractors.File, names ...string) (*extractors.File, error) {
	for _, name := range names {
		s, err := f.Sibling(name)
		switch kind := nexuslims.KindOf(err); {
		case err == nil:
			return s, nil
		case kind == nexuslims.Transient || kind == nexuslims.Canceled:
			return nil, err
		case kind != nexuslims.NotFound && kind != nexuslims.Invalid:
			m.warnings = append(m.warnings, fmt.Sprintf("%s cannot be read: %v", name, err))
		}
	}
	return nil, nil
}

func (m *cube) readImage(f *extractors.File) error {
	head, err := f.Head(imageSize)
	if err != nil {
		return m.skip(f, err)
	}
	o := nexuslims.NewObject(len(imageFields))
	decode(imageFields, head, 0, o)
	version, _ := o.Get("version").(nexuslims.Int)
	if version < 300 || version > 399 || !o.Has("mppX") {
		return m.skip(f, corrupt("no description of an image: version %d, %d bytes", version, f.Size()))
	}
	if version < 334 {
		o.Delete("timeConstantNew")
	}
	m.image = o
	return nil
}

func (m *cube) readEnergies(f *extractors.File) error {
	s, err := decodeSpectrum(f)
	if err != nil {
		err = m.skip(f, err)
	}
	m.energies = s
	return err
}

// skip notes a damaged file; a fault of the store is returned.
func (m *cube) skip(f *extractors.File, err error) error {
	switch nexuslims.KindOf(err) {
	case nexuslims.Corrupt, nexuslims.Unsupported:
		m.warnings = append(m.warnings, fmt.Sprintf("%s: %v", f.Name(), err))
		return nil
	}
	return err
}
