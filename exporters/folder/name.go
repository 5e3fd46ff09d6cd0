package folder

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// longest bounds a name within the site; with a digest and an ending it stays far below
// the 255 bytes of the usual file systems, and paths below the 260 signs of Windows.
const longest = 72

// safeName turns any text into a file name of a-z, 0-9, "-", "_" and ".", neither hidden
// nor reserved on Windows and without a dot at the end. It is lower case, because some
// systems tell no case apart. Different texts may get the same name.
func safeName(text string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
			return r
		}
		return '-'
	}, strings.ToValidUTF8(text, "-"))
	name = strings.Trim(name[:min(len(name), longest)], "-.")
	if name == "" || reserved(name) {
		return "_" + name
	}
	return name
}

// reserved reports whether Windows takes a name for a device, with or without ending.
func reserved(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	switch stem {
	case "con", "prn", "aux", "nul", "conin$", "conout$":
		return true
	}
	device := len(stem) == 4 && (strings.HasPrefix(stem, "com") || strings.HasPrefix(stem, "lpt"))
	return device && stem[3] >= '0' && stem[3] <= '9'
}

// digest returns the first n hex digits of the SHA-256 of data.
func digest(data []byte, n int) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])[:n]
}
