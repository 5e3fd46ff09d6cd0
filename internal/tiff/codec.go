package tiff

import (
	"bufio"
	"compress/lzw"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"math/bits"

	tifflzw "golang.org/x/image/tiff/lzw"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Compressions, tag 259.
const (
	compressNone       = 1
	compressLZW        = 5
	compressJPEG       = 7
	compressDeflate    = 8
	compressPackBits   = 32773
	compressOldDeflate = 32946
)

// compressionName names a compression that is not read.
func compressionName(c int) string {
	names := map[int]string{
		2: "CCITT RLE", 3: "CCITT group 3", 4: "CCITT group 4", 6: "old-style JPEG", 9: "JBIG", 10: "JBIG",
		32766: "NeXT", 32771: "CCITT RLE", 32809: "ThunderScan", 33003: "JPEG 2000", 33004: "JPEG 2000", 33005: "JPEG 2000",
		34661: "JBIG", 34676: "SGI log", 34677: "SGI log", 34712: "JPEG 2000", 34887: "LERC", 34892: "lossy JPEG",
		34925: "LZMA", 34926: "Zstandard", 34927: "WebP", 34933: "PNG", 34934: "JPEG XR", 22610: "JPEG XR",
		50000: "Zstandard", 50001: "WebP", 50002: "JPEG XL", 52546: "JPEG XL",
	}
	if name, ok := names[c]; ok {
		return fmt.Sprintf("%d (%s)", c, name)
	}
	return fmt.Sprint(c)
}

// packed is the stored bytes of a segment, through which decompressors read. Faults of the
// store have their kind, so that they are never taken for damage.
type packed struct {
	f        *File
	off, end int64
	reversed bool
}

func (p *packed) Read(b []byte) (int, error) {
	b = b[:min(int64(len(b)), p.end-p.off)]
	if len(b) == 0 {
		return 0, io.EOF
	}
	if err := p.f.fill(b, p.off); err != nil {
		return 0, err
	}
	p.off += int64(len(b))
	if p.reversed {
		for i, c := range b {
			b[i] = bits.Reverse8(c)
		}
	}
	return len(b), nil
}

// stored returns where the bytes of a compressed segment begin and end: where no size is
// given, at the end of the file.
func (m *Image) stored(x segment) *packed {
	end := m.d.f.size
	if x.size > 0 && x.size < end-x.offset {
		end = x.offset + x.size
	}
	return &packed{m.d.f, x.offset, end, m.layout.reversed}
}

// unpack returns the decompressed bytes of a segment.
func (m *Image) unpack(x segment) (io.Reader, error) {
	p := m.stored(x)
	r := bufio.NewReaderSize(p, int(min(32<<10, max(16, p.end-p.off))))
	switch m.layout.compression {
	case compressPackBits:
		return &packBits{r: r}, nil
	case compressLZW:
		// Writers before revision 5 of the format put the bits in the other order; then the
		// first code, 256 of nine bits, begins with a zero.
		if head, _ := r.Peek(2); len(head) == 2 && head[0] == 0 && head[1]&1 == 1 {
			return lzw.NewReader(r, lzw.LSB, 8), nil
		}
		return tifflzw.NewReader(r, tifflzw.MSB, 8), nil
	}
	z, err := zlib.NewReader(r)
	return z, damage(err)
}

// damage gives an error of a decompressor a kind: Corrupt, but for faults of the store.
func damage(err error) error {
	if err == nil {
		return nil
	}
	for _, kind := range []nexuslims.Kind{nexuslims.Transient, nexuslims.Permission, nexuslims.Canceled, nexuslims.Unsupported} {
		if errors.Is(err, kind) {
			return err
		}
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return nexuslims.E(nexuslims.Corrupt, "decompress pixels", "", err)
}

// packBits decodes runs (TIFF 6.0, section 9): a count n, then for 0..127 n+1 bytes as they
// are, for -127..-1 one byte 1-n times; -128 is skipped.
type packBits struct {
	r      *bufio.Reader
	left   int
	repeat bool
	value  byte
}

func (p *packBits) Read(b []byte) (int, error) {
	for p.left == 0 {
		c, err := p.r.ReadByte()
		if err != nil {
			return 0, err
		}
		switch n := int(int8(c)); {
		case n >= 0:
			p.left, p.repeat = n+1, false
		case n > -128:
			p.left, p.repeat = 1-n, true
			if p.value, err = p.r.ReadByte(); err != nil {
				return 0, err
			}
		}
	}
	b = b[:min(len(b), p.left)]
	if p.repeat {
		for i := range b {
			b[i] = p.value
		}
		p.left -= len(b)
		return len(b), nil
	}
	n, err := p.r.Read(b)
	p.left -= n
	return n, err
}

// reversed returns bytes with their bits in the other order.
func reversed(b []byte) []byte {
	out := make([]byte, len(b))
	for i, c := range b {
		out[i] = bits.Reverse8(c)
	}
	return out
}
