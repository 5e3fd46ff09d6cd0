package tescantif

import (
	"fmt"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/tiff"
)

// maxMark is how much of a text is searched for what shows whose it is.
const maxMark = 4 << 10

func evidence(f *extractors.File) (why string, found bool) {
	t, err := tiff.Open(f, f.Size())
	if err == nil {
		d, _ := t.Directory(0)
		if why := tagEvidence(d); why != "" {
			return why, true
		}
	}
	if name, text, _ := sideCar(f, maxMark); isHeader(text) {
		return "settings of Tescan in " + name, true
	}
	return "no tag 50431, no Tescan in tags 271 and 305, and no text file of settings beside the picture", false
}

func tagEvidence(d *tiff.Directory) string {
	if d == nil {
		return ""
	}
	if d.Has(tagTescan) {
		return "there is a tag 50431"
	}
	for _, tag := range []uint16{tagMake, tagSoftware} {
		if text, _ := d.Text(tag, maxMark); strings.Contains(strings.ToUpper(text), "TESCAN") {
			return fmt.Sprintf("tag %d contains Tescan", tag)
		}
	}
	return ""
}

// headerMarks are settings that a text file of Tescan has; other programs write files of
// that extension too, some with a section of that name.
var headerMarks = []string{
	"AccFrames=", "AccType=", "DeviceModel=", "FullUserName=", "ImageStripSize=", "MagnificationReference=", "PixelSizeX=",
	"ViewFieldsCountX=", "AcceleratorVoltage=", "ScanMode=", "PredictedBeamCurrent=",
}

// isHeader recognises a text file of Tescan.
func isHeader(text string) bool {
	text = text[:min(len(text), maxMark)]
	if strings.Contains(text, "Device=TESCAN") {
		return true
	}
	if !strings.Contains(text, "[MAIN]") {
		return false
	}
	found := 0
	for _, mark := range headerMarks {
		if strings.Contains(text, mark) {
			found++
		}
	}
	return found >= 2
}

// sideCar returns the text file beside a picture, at most limit bytes of it. Its name is that
// of the picture with another extension, or with the picture's extension made part of the
// name, in any usual case.
func sideCar(f *extractors.File, limit int64) (name, text string, err error) {
	for _, name := range sideNames(f.Name()) {
		side, err := f.Sibling(name)
		if err != nil {
			if tiff.IsFault(err) {
				return name, "", err
			}
			continue
		}
		b, err := side.Head(int(limit))
		_ = side.Close() // nothing was written
		if tiff.IsFault(err) {
			return name, "", err
		}
		if text := decodeText(b); err == nil && isHeader(text) {
			return name, text, nil
		}
	}
	return "", "", nil
}

func sideNames(picture string) []string {
	dot := strings.LastIndexByte(picture, '.')
	if dot < 0 {
		dot = len(picture)
	}
	stem, ext := picture[:dot], strings.TrimPrefix(picture[dot:], ".")
	var names []string
	for _, hdr := range []string{"hdr", "HDR", "Hdr"} {
		names = append(names, stem+"."+hdr)
	}
	for _, part := range []string{ext, strings.ToLower(ext), strings.ToUpper(ext)} {
		for _, hdr := range []string{"hdr", "HDR", "Hdr"} {
			names = appendOnce(names, stem+"-"+part+"."+hdr)
		}
	}
	return names
}

func appendOnce(list []string, text string) []string {
	for _, have := range list {
		if have == text {
			return list
		}
	}
	return append(list, text)
}
