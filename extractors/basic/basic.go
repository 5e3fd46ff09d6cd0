package basic

import (
	"context"
	"net/http"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/tiff"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Extractor records basic facts.
type Extractor struct{}

// New returns the extractor.
func New() *Extractor { return new(Extractor) }

// Info implements extractors.Extractor.
func (*Extractor) Info() extractors.Info {
	return extractors.Info{
		Name:     extractors.FallbackName,
		Priority: extractors.PriorityFallback,
		Wildcard: true,
		Formats: []extractors.Format{
			plain("PNG", "image/png", "dimensions, colours, texts, EXIF", "png"),
			plain("JPEG", "image/jpeg", "dimensions, colours, EXIF", "jpg", "jpeg"),
			plain("GIF", "image/gif", "dimensions, colours", "gif"),
			plain("BMP", "image/bmp", "dimensions, colours", "bmp"),
			{
				Name: "TIFF", Extensions: []string{"tif", "tiff"}, MIME: "image/tiff",
				Reads:  "dimensions, colours, common tags, pages; calibration of ImageJ, OME, DigitalMicrograph and Olympus SIS",
				Draws:  "the first page of full size, with scale bar where it is calibrated",
				Limits: "no CCITT, JPEG 2000, Zstandard, CIELab",
			},
			{
				Name: "Text", Extensions: []string{"txt"}, MIME: "text/plain",
				Reads: "encoding, lines", Draws: "the beginning", Limits: "lines of texts up to 64 KiB",
			},
		},
		Source: "the file system; the formats' own headers by the image packages of Go",
	}
}

// plain is a format of ordinary pictures.
func plain(name, mime, reads string, extensions ...string) extractors.Format {
	return extractors.Format{
		Name: name, Extensions: extensions, MIME: mime,
		Reads: reads, Draws: "the picture", Limits: "previews of up to 178,956,970 pixels",
	}
}

// Match implements extractors.Extractor: every file is taken.
func (*Extractor) Match(*extractors.File) bool { return true }

// Extract implements extractors.Extractor.
func (*Extractor) Extract(_ context.Context, f *extractors.File) (*extractors.Result, error) {
	sheet := extractors.NewSheet(f, nexuslims.UnknownType, "Unknown")
	sheet.Put(nexuslims.Int(f.Size()), "the file system", "extensions", "File Size")
	head, err := f.Head(512)
	if err != nil {
		return nil, err
	}
	if mime := contentType(head); mime != "" {
		sheet.Put(nexuslims.Text(mime), "the first bytes", "extensions", "MIME Type")
	}
	result := &extractors.Result{}
	s := &extractors.Signal{}
	switch format := new(Extractor).Info().FormatOf(f.Ext()); format {
	case "":
	case "Text":
		text(f, sheet, s, head)
	default:
		picture(f, sheet, s, result)
	}
	s.Meta, s.Origins = sheet.Meta, sheet.Origins
	result.Signals = []*extractors.Signal{s}
	return result, nil
}

// contentType tells what the first bytes look like; nothing where they say nothing.
func contentType(head []byte) string {
	if len(head) == 0 {
		return ""
	}
	if tiff.Is(head) {
		return "image/tiff"
	}
	mime := http.DetectContentType(head)
	if strings.HasPrefix(mime, "application/octet-stream") {
		return ""
	}
	return mime
}

var _ extractors.Extractor = (*Extractor)(nil)
