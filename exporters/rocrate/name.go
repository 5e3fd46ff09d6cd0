package rocrate

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// longest bounds a name within a crate, in bytes.
const longest = 120

var foreign = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// safeName turns any text into a name that needs no percent-encoding in a crate, is
// neither hidden nor a device of Windows and survives every archive: importers use ids
// as paths, some decoded and some not. Different texts may get the same name.
func safeName(text string) string {
	name := foreign.ReplaceAllString(norm.NFC.String(clean(text)), "_")
	name = strings.TrimLeft(name, ".-")
	ending := path.Ext(name)
	if len(ending) > 20 {
		ending = ""
	}
	stem := strings.TrimSuffix(name, ending)
	if len(stem)+len(ending) > longest {
		stem = stem[:longest-len(ending)]
	}
	name = strings.TrimRight(stem+ending, ".")
	if name == "" || reserved(name) {
		return "_" + name
	}
	return name
}

// reserved reports whether Windows takes a name for a device, with or without ending.
func reserved(name string) bool {
	stem, _, _ := strings.Cut(strings.ToLower(name), ".")
	switch stem {
	case "con", "prn", "aux", "nul", "conin$", "conout$":
		return true
	}
	numbered := len(stem) == 4 && (strings.HasPrefix(stem, "com") || strings.HasPrefix(stem, "lpt"))
	return numbered && stem[3] >= '0' && stem[3] <= '9'
}

// names gives files of one folder names that differ also where case does not count.
type names map[string]bool

// take returns a free name made of a file's own.
func (n names) take(own string) string {
	name := safeName(own)
	// An importer takes every file of that ending for its own metadata.
	if stem, ok := strings.CutSuffix(name, "metadata.json"); ok {
		name = stem + "metadata-file.json"
	}
	ending := path.Ext(name)
	stem := strings.TrimSuffix(name, ending)
	for i := 2; n[strings.ToLower(name)]; i++ {
		name = fmt.Sprintf("%s_%d%s", stem, i, ending)
	}
	n[strings.ToLower(name)] = true
	return name
}

// pathName turns a text into a name outside of crates: one that had to be changed ends in
// a digest, so that different texts have different names.
func pathName(text string) string {
	name := safeName(text)
	if name == text {
		return name
	}
	sum := sha256.Sum256([]byte(text))
	return strings.TrimRight(name[:min(len(name), 100)], ".") + "-" + hex.EncodeToString(sum[:])[:8]
}

// clean returns valid UTF-8 without controls but line breaks and tabs.
func clean(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\n' || r == '\t':
			return r
		case r < ' ' || r >= 0x7F && r < 0xA0:
			return -1
		}
		return r
	}, text)
}

// oneLine returns a clean text without line breaks, and without repeated blanks.
func oneLine(text string) string { return strings.Join(strings.Fields(clean(text)), " ") }

var notInID = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

// fragment turns a text into the part of an id behind "#".
func fragment(text string) string { return strings.Trim(notInID.ReplaceAllString(text, "-"), "-") }

// webLink returns an address when it leads to http or https, "" otherwise.
func webLink(text string) string {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

// escapePath percent-encodes a slash-separated path as records do.
func escapePath(p string) string {
	var b strings.Builder
	for _, c := range []byte(p) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("_.-~/", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
