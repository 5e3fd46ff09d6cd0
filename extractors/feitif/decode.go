package feitif

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/tiff"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// The private tags, in the order in which they are read.
const (
	tagHelios = 34682
	tagTitan  = 34683
	tagSFEG   = 34680
)

const (
	maxText  = 256 << 10 // bytes of one tag
	edge     = 64 << 10  // bytes of the beginning and of the end of a file that are searched
	maxFront = 5000      // bytes of the beginning in which sections count as a mark
)

// Content is what a file says besides its pixels.
type Content struct {
	Directory *tiff.Directory // the first one; nil where the file has none that can be read
	Settings  Settings
	From      string // where the settings stand: "tag 34682"
	XML       *Node
	XMLFrom   string
	Warnings  []string
	// Err says why there is no directory, or why a text could not be read.
	Err error
}

// Empty reports whether the file has no metadata of the microscope.
func (c *Content) Empty() bool { return c.Settings.Sections == nil && !isKnown(c.XML) }

// Decode reads the first directory of a TIFF file and the texts of the microscope. The error
// is that of a store that failed, or of a context that ended.
func Decode(ctx context.Context, f *extractors.File) (*Content, error) {
	c := &Content{}
	c.Directory, c.Err = firstDirectory(f)
	if kind := nexuslims.KindOf(c.Err); c.Err != nil && kind != nexuslims.Corrupt && kind != nexuslims.Unsupported {
		return c, c.Err
	}
	for _, id := range []uint16{tagHelios, tagTitan, tagSFEG} {
		if err := ctx.Err(); err != nil {
			return c, nexuslims.E(nexuslims.Canceled, "read metadata", "", err)
		}
		text, err := tagText(c.Directory, id)
		if tiff.IsFault(err) {
			return c, err
		}
		if err != nil && text != "" {
			c.warn("tag %d is read only in part: %v", id, err)
		} else if err != nil {
			c.Err = err
		}
		c.take(text, fmt.Sprintf("tag %d", id))
	}
	for _, part := range []func(*extractors.File) (string, error){textAtEnd, textAtFront} {
		if !c.Empty() {
			break
		}
		text, err := part(f)
		if tiff.IsFault(err) {
			return c, err
		}
		c.take(text, "the text outside the tags")
	}
	return c, nil
}

func firstDirectory(f *extractors.File) (*tiff.Directory, error) {
	t, err := tiff.Open(f, f.Size())
	if err != nil {
		return nil, err
	}
	d, err := t.Directory(0)
	if d != nil && len(d.Tags) > 0 && !tiff.IsFault(err) {
		return d, nil // a directory that breaks off may still have what is needed
	}
	if err == nil {
		err = nexuslims.E(nexuslims.Corrupt, "read TIFF", "", errors.New("the directory is empty"))
	}
	return nil, err
}

// tagText returns the text of a tag of any byte type, "" where there is none.
func tagText(d *tiff.Directory, id uint16) (string, error) {
	if d == nil || !d.Has(id) {
		return "", nil
	}
	text, err := d.WideText(id, maxText)
	if tiff.IsFault(err) {
		return "", err
	}
	return text, err
}

func decodeWide(b []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = order.Uint16(b[2*i:])
	}
	return strings.TrimPrefix(string(utf16.Decode(units)), "\ufeff")
}

// sectionLine is the first line of the sections outside the tags.
var sectionLine = regexp.MustCompile(`\[(?:User|Beam)\][ \t]*[\r\n]`)

// textAtEnd returns the text of the microscope in the last bytes of a file.
func textAtEnd(f *extractors.File) (string, error) {
	n := min(edge, f.Size())
	b, err := f.Read(f.Size()-n, n)
	return textIn(b), err
}

// textAtFront returns the one in the first bytes.
func textAtFront(f *extractors.File) (string, error) {
	b, err := f.Head(edge)
	if at := sectionLine.FindIndex(b); at == nil || at[0] > maxFront {
		return "", err
	}
	return textIn(b), err
}

// textIn cuts sections out of other bytes: they end at the first one that no text has.
func textIn(b []byte) string {
	at := sectionLine.FindIndex(b)
	if at == nil {
		return ""
	}
	b = b[at[0]:]
	if end := bytes.IndexFunc(b, func(r rune) bool { return r < ' ' && r != '\t' && r != '\r' && r != '\n' }); end >= 0 {
		b = b[:end]
	}
	if utf8.Valid(b) {
		return string(b)
	}
	var s strings.Builder
	for _, c := range b {
		s.WriteRune(rune(c))
	}
	return s.String()
}

// take reads a text: sections, XML, or the one after the other.
func (c *Content) take(text, from string) {
	text = clean(text)
	sections, markup := split(text)
	if c.Settings.Sections == nil && strings.Contains(sections, "[") {
		if s := ParseSettings(sections); s.Sections.Len() > 0 {
			c.Settings, c.From = s, from
			if s.Skipped > 0 {
				c.warn("%d lines of %s are no settings and were skipped, the first is %q",
					s.Skipped, from, nexuslims.CutText(s.FirstSkipped, 40, "…"))
			}
		}
	}
	if isKnown(c.XML) || markup == "" {
		return
	}
	root, err := ParseXML(markup)
	if err != nil {
		c.warn("the XML of %s is read only in part: %v", from, errors.Unwrap(err))
	}
	if c.XML == nil || isKnown(root) {
		c.XML, c.XMLFrom = root, from
	}
}

// isKnown reports whether XML of that root tells of the microscope.
func isKnown(root *Node) bool {
	return root != nil && (root.Name == "Root" || root.Name == "Metadata" || root.Name == "FeiImage")
}

func (c *Content) warn(format string, args ...any) {
	c.Warnings = append(c.Warnings, fmt.Sprintf(format, args...))
}

// clean removes NULs and makes one kind of line ends.
func clean(text string) string {
	text = strings.ToValidUTF8(text, "")
	for _, x := range []struct{ old, clean string }{{"\r\n", "\n"}, {"\r", "\n"}, {"\x00", ""}} {
		text = strings.ReplaceAll(text, x.old, x.clean)
	}
	return strings.TrimPrefix(text, "\ufeff")
}

// split parts sections from the XML behind them.
func split(text string) (sections, markup string) {
	if strings.HasPrefix(strings.TrimSpace(text), "<") {
		return "", text
	}
	if i := strings.Index(text, "\n<?xml"); i >= 0 {
		return text[:i+1], text[i+1:]
	}
	return text, ""
}
