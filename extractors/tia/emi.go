package tia

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Block is a place in an .emi file that describes one object: an image, a spectrum, a
// marker.
type Block struct {
	Offset, Len int64   // of the XML
	Path        string  // of the series at the time of acquisition; empty for other objects
	Data        *Stored // the values of the object, of a series one of its elements; nil where not found
}

// Series returns the base name of the path.
func (b Block) Series() string { return b.Path[strings.LastIndexAny(b.Path, `\/`)+1:] }

// An .emi file is a chain of records: type, number and value, little-endian. Two matter
// here, and arrays, see stored.go: texts (type 0x0060, a length and bytes) of the numbers
// below. (Inferred from files.)
var (
	pathRecord  = []byte{0x60, 0x00, 0x40, 0x04}
	blockRecord = []byte{0x60, 0x00, 0x19, 0x04}
	betweenBoth = []byte{0x32, 0x00, 0x42, 0x04, 0x02, 0x00}
	blockBegins = []byte("<ObjectInfo>")
	blockEnds   = []byte("</ObjectInfo>")
)

// Bounds of the search.
const (
	window      = 8 << 10  // read at once
	overlap     = 32       // what a mark needs at most
	lookBack    = 1 << 10  // where the path before a block is looked for
	maxBlock    = 4 << 20  // bytes of one block
	maxBlocks   = 4096     // blocks of a file
	wholeSearch = 1 << 20  // files up to this size are read whole if need be
	quietPart   = 64 << 10 // without any mark: pixels that are not marked, see probe.go
	searchBytes = 900_000  // read at most, without the blocks themselves
)

var errSearch = errors.New("it is too large to be searched whole")

// Blocks finds the blocks of an .emi file in their order, reading neither them nor the
// pixels between them. Blocks that were found before an error come with it.
func Blocks(ctx context.Context, f *extractors.File) ([]Block, error) {
	s := &search{f: f}
	for s.pos < f.Size() && len(s.blocks) < maxBlocks {
		if err := ctx.Err(); err != nil {
			return s.blocks, nexuslims.E(nexuslims.Canceled, "search blocks", "", err)
		}
		if err := s.step(); err != nil {
			return s.blocks, fmt.Errorf("search blocks: %w", err)
		}
		if s.read > searchBytes && f.Size() > wholeSearch {
			return s.blocks, nexuslims.E(nexuslims.Unsupported, "search blocks", "", errSearch)
		}
	}
	return s.blocks, nil
}

// search goes through an .emi file.
type search struct {
	f      *extractors.File
	pos    int64
	quiet  int64 // bytes since the last mark
	read   int64 // bytes read
	array  *Stored
	blocks []Block
}

func (s *search) bytes(at, n int64) ([]byte, error) {
	n = min(n, s.f.Size()-at)
	s.read += n
	return s.f.Read(at, n)
}

// step looks at one window and goes behind the first mark in it.
func (s *search) step() error {
	if s.quiet > quietPart && s.f.Size() > wholeSearch {
		return s.probe()
	}
	b, err := s.bytes(s.pos, window)
	if err != nil {
		return err
	}
	last := s.pos+int64(len(b)) == s.f.Size()
	for i := range b {
		if b[i] == '<' && bytes.HasPrefix(b[i:], blockBegins) {
			return s.block(s.pos + int64(i))
		}
		if a, ok := storedAt(b[i:], s.pos+int64(i)); ok && a.end() <= s.f.Size() {
			found := a // of its own: the address of a would cost an allocation for every byte
			s.pos, s.quiet, s.array = a.end(), 0, &found
			return nil
		}
	}
	n := int64(len(b))
	if !last {
		n -= overlap
	}
	s.pos, s.quiet = s.pos+max(1, n), s.quiet+n
	return nil
}

// block notes the block whose XML begins at a place, with the path before it, and goes
// behind it.
func (s *search) block(at int64) error {
	back := min(at, lookBack)
	before, err := s.bytes(at-back, back)
	if err != nil {
		return err
	}
	b := Block{Offset: at, Path: pathBefore(before), Data: s.array}
	s.array = nil
	if b.Len, err = s.blockLen(at, before); err != nil {
		return err
	}
	s.blocks = append(s.blocks, b)
	s.pos, s.quiet = at+b.Len, 0
	return nil
}

// blockLen returns the length of a block: that of its record, else up to its end, else
// all there is.
func (s *search) blockLen(at int64, before []byte) (int64, error) {
	if n := len(before); n >= 8 && bytes.Equal(before[n-8:n-4], blockRecord) {
		size := int64(binary.LittleEndian.Uint32(before[n-4:]))
		if size <= maxBlock && size <= s.f.Size()-at {
			return max(1, size), nil
		}
	}
	for n := int64(0); n < maxBlock && at+n < s.f.Size(); n += window - overlap {
		b, err := s.bytes(at+n, window)
		if err != nil {
			return 0, err
		}
		if i := bytes.Index(b, blockEnds); i >= 0 {
			return n + int64(i+len(blockEnds)), nil
		}
		// The next block ends one that has no end of its own.
		if i := bytes.Index(b[min(1, len(b)):], blockBegins); i >= 0 {
			return n + int64(i) + 1, nil
		}
	}
	return min(maxBlock, s.f.Size()-at), nil
}

// pathBefore returns the path in the record that ends before the mark of a block.
func pathBefore(b []byte) string {
	n := len(b) - len(betweenBoth) - 8
	if n < 0 || !bytes.Equal(b[n:n+len(betweenBoth)], betweenBoth) {
		return ""
	}
	b = b[:n]
	for end := len(b); ; {
		i := bytes.LastIndex(b[:end], pathRecord)
		if i < 0 {
			return ""
		}
		if i+8 <= len(b) && int(binary.LittleEndian.Uint32(b[i+4:])) == len(b)-i-8 {
			return decodeText(b[i+8:])
		}
		end = i
	}
}
