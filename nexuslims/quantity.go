package nexuslims

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// Quantity is a number with a unit. The number is understood as the decimal of its
// shortest text, so that conversions by powers of ten add no rounding noise:
// 0.0000015625 m is 1562.5 nm.
type Quantity struct {
	Value float64
	Unit  Unit
}

// Q returns a quantity; the unit is given as in [MustUnit] and panics when unknown.
func Q(value float64, unit string) Quantity { return Quantity{value, MustUnit(unit)} }

// maxQuantityText bounds the text of a quantity, since every part of it is tried.
const maxQuantityText = 100

// ParseQuantity reads text such as "10 kV" or "5.2mm". A comma, an unknown unit or
// anything else that is not a number and one unit is refused.
func ParseQuantity(s string) (Quantity, bool) {
	s = strings.TrimSpace(s)
	if len(s) > maxQuantityText {
		return Quantity{}, false
	}
	end := len(s)
	for end > 0 {
		f, err := strconv.ParseFloat(strings.TrimRight(s[:end], " "), 64)
		if err == nil {
			u, ok := ParseUnit(s[end:])
			return Quantity{f, u}, ok && !strings.ContainsAny(s[:end], "_xX")
		}
		end--
	}
	return Quantity{}, false
}

// IsFinite reports whether the number is neither infinite nor not-a-number.
func (q Quantity) IsFinite() bool { return !math.IsNaN(q.Value) && !math.IsInf(q.Value, 0) }

// Convert returns q in the unit to, and false when the dimensions differ. Decimal
// factors are exact; degree and radian are multiplied as float64.
func (q Quantity) Convert(to Unit) (Quantity, bool) {
	switch {
	case q.Unit.Dimension != to.Dimension:
		return q, false
	case q.Unit.Name == to.Name:
		return q, true
	case !q.IsFinite():
		return Quantity{q.Value, to}, true
	case q.Unit.Name == "degree" || to.Name == "degree":
		return Quantity{convertAngle(q, to), to}, true
	}
	if from, ok := q.Unit.power(); ok {
		if n, ok := to.power(); ok {
			return Quantity{timesTen(q.Value, from-n), to}, true
		}
	}
	r := q.base()
	if o, ok := rat(to.offset); ok {
		r.Sub(r, o)
	}
	f, _ := rat(to.factor)
	v, _ := r.Quo(r, f).Float64()
	return Quantity{v, to}, true
}

// timesTen multiplies the decimal of the shortest text of v by a power of ten, exactly.
func timesTen(v float64, power int) float64 {
	if v == 0 {
		return 0 // without sign
	}
	digits, e, _ := strings.Cut(strconv.FormatFloat(v, 'e', -1, 64), "e")
	n, err := strconv.Atoi(e)
	if err != nil {
		panic("nexuslims: a number without exponent")
	}
	f, _ := strconv.ParseFloat(digits+"e"+strconv.Itoa(n+power), 64) // infinite where it is out of range
	return f
}

func convertAngle(q Quantity, to Unit) float64 {
	radian := MustUnit("radian")
	if q.Unit.Name == "degree" {
		return Quantity{q.Value * (math.Pi / 180), radian}.mustConvert(to)
	}
	return q.mustConvert(radian) * (180 / math.Pi)
}

func (q Quantity) mustConvert(to Unit) float64 {
	c, _ := q.Convert(to)
	return c.Value
}

// base returns the number in the base unit of the dimension, exactly.
func (q Quantity) base() *big.Rat {
	r, ok := rat(strconv.FormatFloat(q.Value, 'g', -1, 64))
	if !ok {
		return new(big.Rat)
	}
	f, _ := rat(q.Unit.factor)
	r.Mul(r, f)
	if o, ok := rat(q.Unit.offset); ok {
		r.Add(r, o)
	}
	return r
}

func rat(s string) (*big.Rat, bool) {
	if s == "" {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

// Equal reports whether two quantities are physically the same: 10 kV and 10000 V.
func (q Quantity) Equal(p Quantity) bool {
	if q.Unit.Dimension != p.Unit.Dimension || !q.IsFinite() || !p.IsFinite() {
		return false
	}
	if q.Unit.Name == p.Unit.Name {
		return q.Value == p.Value
	}
	return q.base().Cmp(p.base()) == 0
}

// String returns number and symbol: "10.0 kV".
func (q Quantity) String() string {
	return strings.TrimRight(FloatText(q.Value)+" "+q.Unit.Symbol, " ")
}

func (q Quantity) object() *Object {
	o := NewObject(2)
	if q.IsFinite() {
		o.Set("value", Float(q.Value))
	} else {
		o.Set("value", Null{})
	}
	o.Set("unit", Text(q.Unit.Name))
	return o
}
