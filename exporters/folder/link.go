package folder

import (
	"net/url"
	"regexp"
	"strings"
)

// webLink returns an address when it leads to http or https, "" otherwise.
func webLink(text string) string {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

// segment is a piece of a text, with the address that it stands for.
type segment struct{ Text, Link string }

var addressForm = regexp.MustCompile("https?://[^\\s<>\"'`{}|\\\\^]+")

// segments splits a text into addresses and what is between them.
func segments(text string) []segment {
	var out []segment
	from := 0
	for _, at := range addressForm.FindAllStringIndex(text, -1) {
		address := strings.TrimRight(text[at[0]:at[1]], ".,;:!?")
		if strings.HasSuffix(address, ")") && !strings.Contains(address, "(") {
			address = strings.TrimRight(address, ").,")
		}
		link := webLink(address)
		if link == "" {
			continue
		}
		if at[0] > from {
			out = append(out, segment{Text: text[from:at[0]]})
		}
		out = append(out, segment{Text: address, Link: link})
		from = at[0] + len(address)
	}
	if from < len(text) {
		out = append(out, segment{Text: text[from:]})
	}
	return out
}
