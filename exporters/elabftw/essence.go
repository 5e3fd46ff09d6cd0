package elabftw

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// digestOf returns the SHA-256 of a text in hex.
func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// essence returns a digest of what a summary says: its elements, its words and where its
// links lead. Servers purify the HTML that they are given: they write entities and blanks
// in another way and add attributes to links; what it says stays the same. It is empty for
// HTML that is not understood, which then is not ours.
func essence(html string) string {
	d := xml.NewDecoder(strings.NewReader("<body>" + html + "</body>"))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var said strings.Builder
	var words []string
	flush := func() {
		said.WriteString(strings.Join(words, " ") + "\x00")
		words = nil
	}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			flush()
			return digestOf(said.String())
		}
		if err != nil {
			return ""
		}
		switch t := token.(type) {
		case xml.CharData:
			words = append(words, strings.Fields(string(t))...)
		case xml.StartElement:
			flush()
			said.WriteString("<" + strings.ToLower(t.Name.Local) + target(t) + ">")
		case xml.EndElement:
			flush()
			said.WriteString("</" + strings.ToLower(t.Name.Local) + ">")
		}
	}
}

// target returns where a link or a picture leads.
func target(e xml.StartElement) string {
	for _, a := range e.Attr {
		if name := strings.ToLower(a.Name.Local); name == "href" || name == "src" {
			return " " + name + "=" + a.Value
		}
	}
	return ""
}
