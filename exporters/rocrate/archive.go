package rocrate

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"path"
	"time"
)

// largestPacked is the size up to which files are compressed: that happens in memory, so
// that sizes are known before. Previews are compressed already, data files are left alone.
const largestPacked = 16 << 20

// archive writes a zip archive (APPNOTE.TXT 6.3.10) that programs can read while it
// arrives: every header holds size and checksum, none follow in descriptors.
type archive struct {
	zip  *zip.Writer
	time time.Time
}

func newArchive(w io.Writer, made time.Time) *archive { return &archive{zip.NewWriter(w), made} }

func (a *archive) close() error { return a.zip.Close() }

// add writes an entry. What it reads is compared with the first reading.
func (a *archive) add(ctx context.Context, name string, e entry) error {
	switch {
	case e.part == nil && e.data == nil:
		_, err := a.begin(name, zip.FileHeader{}, fs.ModeDir|0o755)
		return err
	case e.part == nil:
		return a.packed(name, e.data)
	case e.part.data || path.Ext(name) == ".png" || e.part.size > largestPacked:
		p := e.part
		h := zip.FileHeader{CRC32: p.crc, CompressedSize64: uint64(p.size), UncompressedSize64: uint64(p.size)}
		w, err := a.begin(name, h, 0o644)
		if err != nil {
			return err
		}
		return p.copyTo(ctx, w)
	}
	var b bytes.Buffer
	if err := e.part.copyTo(ctx, &b); err != nil {
		return err
	}
	return a.packed(name, b.Bytes())
}

// packed writes a compressed entry.
func (a *archive) packed(name string, data []byte) error {
	var b bytes.Buffer
	z, err := flate.NewWriter(&b, flate.DefaultCompression)
	if err != nil {
		return err
	}
	if _, err = z.Write(data); err == nil {
		err = z.Close()
	}
	if err != nil {
		return err
	}
	w, err := a.begin(name, zip.FileHeader{
		Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(data),
		CompressedSize64: uint64(b.Len()), UncompressedSize64: uint64(len(data)),
	}, 0o644)
	if err == nil {
		_, err = w.Write(b.Bytes())
	}
	return err
}

// begin writes the header of an entry.
func (a *archive) begin(name string, h zip.FileHeader, mode fs.FileMode) (io.Writer, error) {
	h.Name = name
	h.SetMode(mode)
	h.CreatorVersion |= 20
	h.ReaderVersion = 20
	h.ModifiedDate, h.ModifiedTime = dosTime(a.time) //nolint:staticcheck // raw headers are written as they are
	big := h.CompressedSize64 >= math.MaxUint32 || h.UncompressedSize64 >= math.MaxUint32
	if big {
		h.ReaderVersion, h.Extra = 45, zip64Extra(h)
	}
	w, err := a.zip.CreateRaw(&h)
	if big {
		h.Extra = nil // the writer makes its own for the directory
	}
	return w, err
}

// zip64Extra returns the field of a local header with sizes that do not fit in it (4.5.3).
func zip64Extra(h zip.FileHeader) []byte {
	b := binary.LittleEndian.AppendUint16(nil, 1)
	b = binary.LittleEndian.AppendUint16(b, 16)
	b = binary.LittleEndian.AppendUint64(b, h.UncompressedSize64)
	return binary.LittleEndian.AppendUint64(b, h.CompressedSize64)
}

// dosTime returns a time as archives have it: from 1980 to 2107, in steps of two seconds.
func dosTime(t time.Time) (date, clock uint16) {
	t = t.UTC()
	switch {
	case t.Year() < 1980:
		t = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	case t.Year() > 2107:
		t = time.Date(2107, 12, 31, 23, 59, 58, 0, time.UTC)
	}
	date = uint16(t.Day() + int(t.Month())<<5 + (t.Year()-1980)<<9)
	return date, uint16(t.Second()/2 + t.Minute()<<5 + t.Hour()<<11)
}
