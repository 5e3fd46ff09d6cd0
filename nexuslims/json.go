package nexuslims

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// AppendJSON appends v as JSON to b. With indent "  " the form is that of the
// metadata files: one element a line, ": " after names, {} and [] for the empty ones,
// no newline at the end; with indent "" everything stands on one line with ", "
// between elements.
//
// Text is written as UTF-8; only what JSON demands is escaped. Floats show a point or
// exponent ([FloatText]); not-a-number and infinities become null. A quantity is
// {"value": <float>, "unit": "<long name>"}.
func AppendJSON(b []byte, v Value, indent string) []byte {
	return appendJSON(b, v, indent, 0)
}

func appendJSON(b []byte, v Value, indent string, depth int) []byte {
	switch v := v.(type) {
	case Text:
		return appendString(b, string(v))
	case Int:
		return strconv.AppendInt(b, int64(v), 10)
	case Uint:
		return strconv.AppendUint(b, uint64(v), 10)
	case Float:
		return appendFloat(b, float64(v))
	case Bool:
		return strconv.AppendBool(b, bool(v))
	case List:
		return appendList(b, v, indent, depth)
	case *Object:
		return appendObject(b, v, indent, depth)
	case Quantity:
		return appendObject(b, v.object(), indent, depth)
	}
	return append(b, "null"...)
}

func appendFloat(b []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(b, "null"...)
	}
	return append(b, FloatText(f)...)
}

func appendList(b []byte, l List, indent string, depth int) []byte {
	if len(l) == 0 {
		return append(b, "[]"...)
	}
	b = append(b, '[')
	for i, v := range l {
		b = appendBreak(b, i > 0, indent, depth+1)
		b = appendJSON(b, v, indent, depth+1)
	}
	b = appendBreak(b, false, indent, depth)
	return append(b, ']')
}

func appendObject(b []byte, o *Object, indent string, depth int) []byte {
	if o.Len() == 0 {
		return append(b, "{}"...)
	}
	b = append(b, '{')
	first := true
	for k, v := range o.All() {
		b = appendBreak(b, !first, indent, depth+1)
		first = false
		b = appendString(b, k)
		b = append(b, ": "...)
		b = appendJSON(b, v, indent, depth+1)
	}
	b = appendBreak(b, false, indent, depth)
	return append(b, '}')
}

// appendBreak separates elements: a comma where one went before, then a new line.
func appendBreak(b []byte, comma bool, indent string, depth int) []byte {
	if comma {
		b = append(b, ',')
	}
	if indent == "" {
		if comma {
			b = append(b, ' ')
		}
		return b
	}
	b = append(b, '\n')
	for range depth {
		b = append(b, indent...)
	}
	return b
}

const hexDigits = "0123456789abcdef"

func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, `\n`...)
		case c == '\r':
			b = append(b, `\r`...)
		case c == '\t':
			b = append(b, `\t`...)
		case c == '\b':
			b = append(b, `\b`...)
		case c == '\f':
			b = append(b, `\f`...)
		case c < ' ':
			b = append(b, `\u00`...)
			b = append(b, hexDigits[c>>4], hexDigits[c&15])
		case c < utf8.RuneSelf:
			b = append(b, c)
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r) // bad bytes become U+FFFD
			i += n
			continue
		}
		i++
	}
	return append(b, '"')
}
