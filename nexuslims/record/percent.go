package record

import (
	"net/url"
	"strings"
)

// encodePath returns a path as records hold it: with one leading slash, every byte
// but unreserved ones and slashes as %XX. Bytes that are no UTF-8 keep their value.
func encodePath(path string) string {
	const hex = "0123456789ABCDEF"
	path = strings.TrimLeft(path, "/")
	b := make([]byte, 1, len(path)+16)
	b[0] = '/'
	for i := 0; i < len(path); i++ {
		c := path[i]
		if unreserved(c) || c == '/' {
			b = append(b, c)
			continue
		}
		b = append(b, '%', hex[c>>4], hex[c&15])
	}
	return string(b)
}

// decodePath is the reverse of encodePath. A percent sign without two hexadecimal
// digits stands for itself.
func decodePath(text string) string {
	text = strings.TrimLeft(text, "/")
	if !strings.Contains(text, "%") {
		return text
	}
	b := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			hi, lo := unhex(text[i+1]), unhex(text[i+2])
			if hi >= 0 && lo >= 0 {
				b = append(b, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		b = append(b, text[i])
	}
	return string(b)
}

func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("_.-~", c) >= 0
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// encodeAddress makes an address fit for xs:anyURI: what no address may hold is
// percent-encoded, percent signs without digits and a second # too. Validators differ
// about everything beyond that, so an address that cannot be parsed is refused.
func encodeAddress(address string) (string, bool) {
	address = trim(address)
	var b strings.Builder
	fragment := false
	for i := 0; i < len(address); i++ {
		c := address[i]
		switch {
		case c == '%' && i+2 < len(address) && unhex(address[i+1]) >= 0 && unhex(address[i+2]) >= 0,
			c == '#' && !fragment,
			unreserved(c), strings.IndexByte("/:?@!$&'()*+,;=", c) >= 0:
			b.WriteByte(c)
			fragment = fragment || c == '#'
		case (c == '[' || c == ']') && inHost(address, i):
			b.WriteByte(c)
		default:
			b.WriteString(encodePath(string([]byte{c}))[1:])
		}
	}
	text := b.String()
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "urn" {
		return "", false
	}
	return text, u.Scheme == "" || u.Host+u.Opaque+u.Path != ""
}

// inHost reports whether position i lies in the authority of an address: brackets are
// allowed there, around an IPv6 address.
func inHost(address string, i int) bool {
	start := strings.Index(address, "://")
	if start < 0 || i < start {
		return false
	}
	end := strings.IndexAny(address[start+3:], "/?#")
	return end < 0 || i < start+3+end
}

// linkable reports whether an address may become a link: http or https with a host.
func linkable(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}
