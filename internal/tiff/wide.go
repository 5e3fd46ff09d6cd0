package tiff

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// WideText is [Directory.Text] for tags that may hold UTF-16 of either byte order, which
// shows by its mark or by the zeros in every second byte. NULs and marks are left out.
func (d *Directory) WideText(id uint16, limit int64) (string, error) {
	text, err := d.Text(id, limit)
	if !strings.Contains(text, "\x00") {
		return strings.TrimPrefix(text, "\ufeff"), err
	}
	b, err := d.Bytes(id, limit)
	if order := wideOrder(b); order != nil {
		return strings.Trim(decodeWide(b, order), "\ufeff\x00"), err
	}
	return strings.TrimPrefix(strings.ReplaceAll(text, "\x00", ""), "\ufeff"), err
}

// wideOrder is the byte order of UTF-16, nil for what is none.
func wideOrder(b []byte) binary.ByteOrder {
	switch {
	case len(b) < 4:
		return nil
	case b[0] == 0xff && b[1] == 0xfe || b[0] != 0 && b[1] == 0 && b[2] != 0 && b[3] == 0:
		return binary.LittleEndian
	case b[0] == 0xfe && b[1] == 0xff || b[0] == 0 && b[1] != 0 && b[2] == 0 && b[3] != 0:
		return binary.BigEndian
	}
	return nil
}

func decodeWide(b []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = order.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}
