package basic

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// The tag of Olympus Soft Imaging Solutions (analySIS, iTEM, RADIUS) is the place of a
// structure, little-endian whatever the file is: "SIS0", time, a name of 32 bytes at sisName,
// and the number of entries that follow. An entry is a kind, a number and a place; that
// of kind sisGeneral holds the calibration. No specification is published: the layout is
// known from programs that read such files, and was checked on one of iTEM.
const (
	tagSIS     = 33560
	sisMagic   = "SIS0"
	sisHead    = 60
	sisName    = 26
	sisEntry   = 8
	sisGeneral = 1
	maxSIS     = 64 // entries

	sisGeneralSize = 112
	sisExponent    = 10 // int16: sizes are in this power of ten of a metre
	sisSizes       = 12 // double: width and height of a pixel; in some files only behind another
	sisMagnify     = 36 // double
	sisCamera      = 46 // 34 bytes
	sisKind        = 80 // 32 bytes
)

const fromSIS = "tag 33560"

// olympus reads the calibration of Olympus, from the page that is drawn or from another one
// of its size: files hold a picture to look at before the one that was measured.
func (t *plainTIFF) olympus() {
	w, _ := t.dir.Number(256)
	h, _ := t.dir.Number(257)
	for _, p := range t.pages {
		if at, ok := p.dir.Number(tagSIS); ok && p.w == w && p.h == h && t.sis(at) {
			return
		}
	}
}

// sis reads the structure at a place and reports whether it is one.
func (t *plainTIFF) sis(at float64) bool {
	if !(at > 0) || at > float64(t.file.Size()) {
		return false
	}
	head, err := t.file.Read(int64(at), sisHead)
	if err != nil || string(head[:len(sisMagic)]) != sisMagic {
		return false
	}
	t.extText(sisText(head[sisName:sisHead-2]), fromSIS, "Image Name")
	n := min(int64(binary.LittleEndian.Uint16(head[sisHead-2:])), maxSIS)
	entries, err := t.file.Read(int64(at)+sisHead, n*sisEntry)
	if err != nil {
		t.warn("the calibration of Olympus cannot be read", err)
		return true
	}
	for ; len(entries) >= sisEntry; entries = entries[sisEntry:] {
		if binary.LittleEndian.Uint16(entries) != sisGeneral {
			continue
		}
		b, err := t.file.Read(int64(binary.LittleEndian.Uint32(entries[4:])), sisGeneralSize)
		if err != nil {
			t.warn("the calibration of Olympus cannot be read", err)
			return true
		}
		t.sisCalibration(b)
		return true
	}
	return true
}

func (t *plainTIFF) sisCalibration(b []byte) {
	double := func(at int) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b[at:])) }
	exponent := int16(binary.LittleEndian.Uint16(b[sisExponent:]))
	x, y := double(sisSizes), double(sisSizes+8)
	if third := double(sisSizes + 16); x != y && y == third {
		x = y
	}
	// A unit is a length between a picometre and a metre.
	if unit, ok := map[int16]string{0: "m", -2: "cm", -3: "mm", -6: "µm", -9: "nm", -10: "Å", -12: "pm"}[exponent]; ok {
		if unit == "µm" && x < 1e-3 && y < 1e-3 { // of transmission microscopes; shorter to read
			x, y, unit = inNanometres(x), inNanometres(y), "nm"
		}
		t.scale = calibration{x: x, y: y, unitX: unit, unitY: unit, from: fromSIS}
	}
	if m := double(sisMagnify); m > 0 && m < 1e9 {
		t.ext(nexuslims.Float(m), fromSIS, "Magnification")
	}
	t.extText(sisText(b[sisCamera:sisKind]), fromSIS, "Camera")
	t.extText(sisText(b[sisKind:]), fromSIS, "Picture Type")
}

// inNanometres converts micrometres, as the decimal that they show.
func inNanometres(v float64) float64 {
	q, _ := nexuslims.Q(v, "micrometer").Convert(nexuslims.MustUnit("nanometer"))
	return q.Value
}

// sisText is a text that a NUL ends.
func sisText(b []byte) string {
	b, _, _ = bytes.Cut(b, []byte{0})
	return nexuslims.ValidText(strings.TrimSpace(latin1(b)))
}
