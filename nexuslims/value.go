package nexuslims

import (
	"math"
	"strconv"
	"strings"
)

// Value is a metadata value. The kinds are closed: [Null], [Text], [Int], [Uint],
// [Float], [Bool], [List], *[Object] and [Quantity]; bytes, dates and complex numbers
// are turned into one of them by whoever reads a file.
type Value interface{ isValue() }

type (
	// Null is a value that the file names and does not give.
	Null struct{}
	// Text is any text, in UTF-8.
	Text string
	// Int is a whole number; it never shows a point.
	Int int64
	// Uint is a whole number beyond the range of Int.
	Uint uint64
	// Float is a number that always shows a point or an exponent.
	Float float64
	// Bool is true or false.
	Bool bool
	// List is a sequence of values.
	List []Value
)

func (Null) isValue()     {}
func (Text) isValue()     {}
func (Int) isValue()      {}
func (Uint) isValue()     {}
func (Float) isValue()    {}
func (Bool) isValue()     {}
func (List) isValue()     {}
func (*Object) isValue()  {}
func (Quantity) isValue() {}

// Number returns v as a float64 and whether v is a finite number: Int, Uint or Float.
func Number(v Value) (float64, bool) {
	switch n := v.(type) {
	case Int:
		return float64(n), true
	case Uint:
		return float64(n), true
	case Float:
		return float64(n), !math.IsNaN(float64(n)) && !math.IsInf(float64(n), 0)
	}
	return 0, false
}

// FloatText returns f as the shortest text that reads back to the same float64 and
// shows that it is a float: "300.0", "1e-05", "1.5e+16", "-0.0"; "nan", "inf", "-inf".
// Exponents begin below 1e-4 and at 1e16 and have at least two digits.
func FloatText(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case f == 0:
		if math.Signbit(f) {
			return "-0.0"
		}
		return "0.0"
	}
	// The shortest digits decide about the exponent, not the magnitude: 9.9999e15 may round up.
	e := strconv.FormatFloat(f, 'e', -1, 64)
	exp, err := strconv.Atoi(e[strings.IndexByte(e, 'e')+1:])
	if err == nil && (exp < -4 || exp >= 16) {
		return e
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// TextOf returns v as records show it: text as it is, numbers by [FloatText] and
// plain digits, True and False, lists in brackets with text in single quotes, nested
// objects as JSON; a quantity is its number alone. Null gives "".
func TextOf(v Value) string {
	switch v := v.(type) {
	case Text:
		return string(v)
	case Quantity:
		return FloatText(v.Value)
	case List:
		return listText(v)
	}
	return plainText(v)
}

func plainText(v Value) string {
	switch v := v.(type) {
	case Int:
		return strconv.FormatInt(int64(v), 10)
	case Uint:
		return strconv.FormatUint(uint64(v), 10)
	case Float:
		return FloatText(float64(v))
	case Bool:
		if v {
			return "True"
		}
		return "False"
	case *Object:
		return string(AppendJSON(nil, v, ""))
	}
	return ""
}

func listText(l List) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, v := range l {
		if i > 0 {
			b.WriteString(", ")
		}
		switch v := v.(type) {
		case Text:
			b.WriteString(quoted(string(v)))
		case Null:
			b.WriteString("None")
		case Quantity:
			b.WriteString(strings.TrimRight(FloatText(v.Value)+" "+v.Unit.Symbol, " "))
		default:
			b.WriteString(TextOf(v))
		}
	}
	b.WriteByte(']')
	return b.String()
}

// quoted puts s in single quotes, or in double ones where only that avoids escaping.
func quoted(s string) string {
	quote := "'"
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = `"`
	}
	r := strings.NewReplacer(`\`, `\\`, quote, `\`+quote, "\n", `\n`, "\r", `\r`, "\t", `\t`)
	return quote + r.Replace(s) + quote
}

// Equal reports whether two values say the same. Numbers and booleans compare by
// value (1, 1.0 and true are equal), quantities by physical value (1 kV is 1000 V); a
// quantity never equals a plain number, and not-a-number equals nothing.
func Equal(a, b Value) bool {
	if x, ok := number(a); ok {
		y, ok := number(b)
		return ok && x.equal(y)
	}
	switch a := a.(type) {
	case Text:
		b, ok := b.(Text)
		return ok && a == b
	case Null:
		_, ok := b.(Null)
		return ok
	case Quantity:
		b, ok := b.(Quantity)
		return ok && a.Equal(b)
	case List:
		b, ok := b.(List)
		return ok && equalLists(a, b)
	case *Object:
		b, ok := b.(*Object)
		return ok && a.equal(b)
	}
	return false
}

// exact is a number without loss: whole numbers beyond 2^53 differ although their
// float64 do not.
type exact struct {
	float    float64
	whole    uint64 // magnitude, where isWhole
	negative bool
	isWhole  bool
}

func (x exact) equal(y exact) bool {
	if x.isWhole != y.isWhole {
		return false
	}
	if x.isWhole {
		return x.whole == y.whole && x.negative == y.negative
	}
	return x.float == y.float
}

func number(v Value) (exact, bool) {
	switch v := v.(type) {
	case Bool:
		if v {
			return exact{whole: 1, isWhole: true}, true
		}
		return exact{isWhole: true}, true
	case Int:
		if v < 0 {
			return exact{whole: -uint64(v), negative: true, isWhole: true}, true
		}
		return exact{whole: uint64(v), isWhole: true}, true
	case Uint:
		return exact{whole: uint64(v), isWhole: true}, true
	case Float:
		f := float64(v)
		if f == math.Trunc(f) && math.Abs(f) < 1<<64 {
			return exact{whole: uint64(math.Abs(f)), negative: f < 0, isWhole: true}, true
		}
		return exact{float: f}, true
	}
	return exact{}, false
}

func equalLists(a, b List) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

// CloneValue returns a deep copy of v.
func CloneValue(v Value) Value {
	switch v := v.(type) {
	case *Object:
		return v.Clone()
	case List:
		l := make(List, len(v))
		for i := range v {
			l[i] = CloneValue(v[i])
		}
		return l
	}
	return v
}
