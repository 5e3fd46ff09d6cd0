package basic

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"io"

	"github.com/nexuslims/nexuslims-go/extractors"
)

var errNotMended = errors.New("there is nothing to be seen")

// mendPNG inflates the pixels as far as they go and writes the file again with zeros for the
// rest. Chunks are a length, a name of four letters, the data and a checksum (PNG, third
// edition, 5.3).
func mendPNG(f *extractors.File, d decoder) (image.Image, error) {
	const signature = 8
	data, err := f.Head(maxPartial)
	if err != nil {
		return nil, err
	}
	out := bytes.NewBuffer(bytes.Clone(data[:min(signature, len(data))]))
	var packed []io.Reader
	var header []byte
	for rest := data[len(out.Bytes()):]; len(rest) >= 8; {
		n := int(min(int64(binary.BigEndian.Uint32(rest)), int64(len(rest)-8)))
		name, content := string(rest[4:8]), rest[8:8+n]
		switch name {
		case "IHDR":
			header = content
			writeChunk(out, name, content)
		case "PLTE", "tRNS":
			writeChunk(out, name, content)
		case "IDAT":
			packed = append(packed, bytes.NewReader(content))
		}
		rest = rest[8+n:]
		rest = rest[min(4, len(rest)):]
	}
	size := filteredSize(header)
	if size == 0 || size > maxPartial {
		return nil, errNotMended
	}
	pixels := make([]byte, size)
	z, err := zlib.NewReader(io.MultiReader(packed...))
	if err != nil {
		return nil, err
	}
	if n, _ := io.ReadFull(z, pixels); n == 0 {
		return nil, errNotMended
	}
	writeChunk(out, "IDAT", deflated(pixels))
	writeChunk(out, "IEND", nil)
	return d.decode(out)
}

func writeChunk(out *bytes.Buffer, name string, content []byte) {
	out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(content))))
	sum := crc32.NewIEEE()
	w := io.MultiWriter(out, sum)
	_, _ = io.WriteString(w, name) // neither memory nor a checksum fails
	_, _ = w.Write(content)
	out.Write(binary.BigEndian.AppendUint32(nil, sum.Sum32()))
}

func deflated(pixels []byte) []byte {
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, zlib.BestSpeed)
	if err != nil {
		return nil // the level exists
	}
	_, _ = w.Write(pixels)
	_ = w.Close()
	return b.Bytes()
}

// filteredSize returns how many bytes the pixels have before they are packed: for each row
// one byte that names the filter, then the samples; zero for a header that makes no sense.
// Interlaced pictures have seven smaller ones, one after the other (8.1).
func filteredSize(header []byte) int64 {
	if len(header) < 13 {
		return 0
	}
	channels, ok := map[byte]int64{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[header[9]]
	if !ok {
		return 0
	}
	w, h := int64(binary.BigEndian.Uint32(header)), int64(binary.BigEndian.Uint32(header[4:]))
	bits := channels * int64(header[8])
	passes := [][4]int64{{0, 0, 1, 1}} // first column and row, steps
	if header[12] == 1 {
		passes = [][4]int64{
			{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2},
		}
	}
	size := int64(0)
	for _, p := range passes {
		columns, rows := (w-p[0]+p[2]-1)/p[2], (h-p[1]+p[3]-1)/p[3]
		if columns > 0 && rows > 0 {
			size += rows * (1 + (columns*bits+7)/8)
		}
	}
	return size
}
