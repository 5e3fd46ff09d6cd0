package emd

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const (
	maxJSON  = 16 << 20 // bytes of one text
	maxDepth = 64
)

// parseJSON reads one JSON object and keeps the order of its keys and the kinds of its
// numbers. What is no UTF-8 becomes U+FFFD; of two equal keys the second counts. What
// follows the object is ignored: some texts are padded. It is several times as fast as the
// standard library's reader of tokens, which takes most of the time of a file.
func parseJSON(text []byte) (*nexuslims.Object, error) {
	if len(text) > maxJSON {
		return nil, nexuslims.E(nexuslims.Corrupt, "read JSON", "", fmt.Errorf("%d bytes are too many", len(text)))
	}
	p := &jsonParser{text: text, valid: utf8.Valid(text) && bytes.IndexByte(text, 0) < 0}
	v, err := p.value(0)
	if err == nil {
		if o, ok := v.(*nexuslims.Object); ok {
			return o, nil
		}
		err = errors.New("not an object")
	}
	return nil, nexuslims.E(nexuslims.Corrupt, "read JSON", "", err)
}

// jsonParser walks through a text.
type jsonParser struct {
	text  []byte
	at    int
	valid bool // whatever is not escaped can be stored everywhere
}

// peek skips white space and returns the next byte, 0 at the end.
func (p *jsonParser) peek() byte {
	for ; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

func (p *jsonParser) wrong() error {
	if p.at >= len(p.text) {
		return io.ErrUnexpectedEOF
	}
	return fmt.Errorf("unexpected %q at byte %d", p.text[p.at], p.at)
}

func (p *jsonParser) value(depth int) (nexuslims.Value, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("more than %d levels", maxDepth)
	}
	switch c := p.peek(); {
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.list(depth)
	case c == '"':
		s, err := p.string()
		return nexuslims.Text(s), err
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	}
	switch {
	case p.word("true"):
		return nexuslims.Bool(true), nil
	case p.word("false"):
		return nexuslims.Bool(false), nil
	case p.word("null"):
		return nexuslims.Null{}, nil
	}
	return nil, p.wrong()
}

// word goes behind a word, where it is the next.
func (p *jsonParser) word(word string) bool {
	if !bytes.HasPrefix(p.text[p.at:], []byte(word)) {
		return false
	}
	p.at += len(word)
	return true
}

// next goes to the next member of an object or a list; it reports the end.
func (p *jsonParser) next(end byte, first bool) (done bool, err error) {
	c := p.peek()
	switch {
	case c == end && end != 0:
		p.at++
		return true, nil
	case first:
		return false, nil
	case c == ',':
		p.at++
		return false, nil
	}
	return false, p.wrong()
}

func (p *jsonParser) object(depth int) (nexuslims.Value, error) {
	o := nexuslims.NewObject(2) // most are pairs of type and value
	p.at++
	for first := true; ; first = false {
		done, err := p.next('}', first)
		if done || err != nil {
			return o, err
		}
		if p.peek() != '"' {
			return nil, p.wrong()
		}
		key, err := p.string()
		if err != nil {
			return nil, err
		}
		if p.peek() != ':' {
			return nil, p.wrong()
		}
		p.at++
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		o.Set(key, v)
	}
}

func (p *jsonParser) list(depth int) (nexuslims.Value, error) {
	list := nexuslims.List{}
	p.at++
	for first := true; ; first = false {
		done, err := p.next(']', first)
		if done || err != nil {
			return list, err
		}
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
}

// string reads a text. One with escapes, which are few, is left to the standard library;
// line ends within it are taken as they are.
func (p *jsonParser) string() (string, error) {
	start := p.at
	escaped := false
	for p.at++; p.at < len(p.text); p.at++ {
		switch p.text[p.at] {
		case '\\':
			escaped = true
			p.at++
		case '"':
			p.at++
			raw := p.text[start:p.at]
			switch {
			case !escaped && p.valid:
				return string(raw[1 : len(raw)-1]), nil
			case !escaped:
				return nexuslims.ValidText(string(raw[1 : len(raw)-1])), nil
			}
			var s string
			if err := json.Unmarshal(raw, &s); err != nil {
				return "", err
			}
			return nexuslims.ValidText(s), nil
		}
	}
	return "", io.ErrUnexpectedEOF
}

func (p *jsonParser) number() (nexuslims.Value, error) {
	start := p.at
	for p.at < len(p.text) && strings.IndexByte("+-.eE0123456789", p.text[p.at]) >= 0 {
		p.at++
	}
	text := string(p.text[start:p.at])
	if !strings.ContainsAny(text, ".eE") {
		if i, err := strconv.ParseInt(text, 10, 64); err == nil {
			return nexuslims.Int(i), nil
		}
		if u, err := strconv.ParseUint(text, 10, 64); err == nil {
			return nexuslims.Uint(u), nil
		}
	}
	f, err := strconv.ParseFloat(text, 64) // what is beyond a float64 is infinite
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return nil, fmt.Errorf("%q is no number", text)
	}
	return nexuslims.Float(f), nil
}

// numberAt returns the number at a path, which older versions write as text.
func numberAt(o *nexuslims.Object, path ...string) (float64, bool) {
	return asNumber(o.At(path...))
}

func asNumber(v nexuslims.Value) (float64, bool) {
	if text, ok := v.(nexuslims.Text); ok {
		f, err := strconv.ParseFloat(strings.TrimSpace(string(text)), 64)
		return f, err == nil && f-f == 0
	}
	return nexuslims.Number(v)
}

// textAt returns the text at a path; numbers and truth values as they are written.
func textAt(o *nexuslims.Object, path ...string) string {
	switch v := o.At(path...).(type) {
	case nexuslims.Text:
		return strings.TrimSpace(string(v))
	case nexuslims.Int, nexuslims.Uint, nexuslims.Float, nexuslims.Bool:
		return nexuslims.TextOf(v)
	}
	return ""
}

// isTrue reports whether a truth value, which older versions write as text, is true.
func isTrue(o *nexuslims.Object, path ...string) bool {
	return strings.EqualFold(textAt(o, path...), "true") || textAt(o, path...) == "1"
}
