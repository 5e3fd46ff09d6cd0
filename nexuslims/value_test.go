package nexuslims_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// floatTexts are numbers by their bits, with the text that CPython's repr gives.
var floatTexts = []struct {
	bits uint64
	text string
}{
	{0x3f1a36e2eb1c432d, "0.0001"},
	{0x3f1a36371ea531a8, "9.999e-05"},
	{0x4341c37937e08000, "1e+16"},
	{0x4341c37937e07fff, "9999999999999998.0"},
	{0x430c6bf526340000, "1000000000000000.0"},
	{0x4480f0cf064dd592, "1e+22"},
	{0x0000000000000001, "5e-324"},
	{0x7fefffffffffffff, "1.7976931348623157e+308"},
	{0x3fb999999999999a, "0.1"},
	{0x41124f8000000000, "300000.0"},
	{0x8000000000000000, "-0.0"},
	{0x3ee4f8b588e368f1, "1e-05"},
	{0x437d47b794381046, "1.31866049854375e+17"},
	{0x3fd3333333333334, "0.30000000000000004"},
	{0x419d6f3454800000, "123456789.125"},
	{0xbdf12e0be826d695, "-2.5e-10"},
	{0x4341c37937e08000, "1e+16"},
	{0x3fd5555555555555, "0.3333333333333333"},
	{0x97b750923ceb3ffd, "-1.996150245444706e-194"},
	{0x216363698b529b4a, "7.581454333883296e-148"},
	{0xea7b5bf55eb561a4, "-8.57789382212775e+204"},
	{0x795b929e9a9a80fd, "3.818526826307957e+276"},
	{0x94b2b8fda02f34a6, "-5.694946403451123e-209"},
	{0x9b08923d10c67fd9, "-1.8948713508859093e-178"},
	{0xe8a8529f035efa25, "-1.4204294611674214e+196"},
	{0x781f9c58d6645fa9, "4.1749440189827914e+270"},
	{0x8d0038ec42650644, "-4.64031489464657e-246"},
	{0x311624273bfd1d33, "3.132872124271458e-72"},
	{0xb7970386fee29476, "-6.604630556388117e-41"},
	{0x8a7d43b578633074, "-3.80666497140512e-258"},
	{0x3fb99999a0000000, "0.10000000149011612"},
	{0x400a666660000000, "3.299999952316284"},
	{0x3eb0c6f7a0000000, "9.999999974752427e-07"},
	{0x7ff8000000000000, "nan"},
	{0x7ff0000000000000, "inf"},
	{0xfff0000000000000, "-inf"},
	{0, "0.0"},
}

func TestFloatTextIsThatOfPython(t *testing.T) {
	for _, c := range floatTexts {
		assert.Equal(t, c.text, nexuslims.FloatText(math.Float64frombits(c.bits)), "%#x", c.bits)
	}
}

func TestTextOf(t *testing.T) {
	object := new(nexuslims.Object)
	object.Set("a", nexuslims.Int(1))
	for want, v := range map[string]nexuslims.Value{
		"300.0":                nexuslims.Float(300),
		"-3":                   nexuslims.Int(-3),
		"18446744073709551615": nexuslims.Uint(math.MaxUint64),
		"True":                 nexuslims.Bool(true),
		"False":                nexuslims.Bool(false),
		"10.0":                 nexuslims.Q(10, "kV"),
		"":                     nexuslims.Null{},
		`['Al', "it's", 1, None, 2.0 kV, True]`: nexuslims.List{
			nexuslims.Text("Al"), nexuslims.Text("it's"),
			nexuslims.Int(1),
			nexuslims.Null{},
			nexuslims.Q(2, "kV"), nexuslims.Bool(true),
		},
		"[[1], []]":  nexuslims.List{nexuslims.List{nexuslims.Int(1)}, nexuslims.List{}},
		`{"a": 1}`:   object,
		"plain 'x' ": nexuslims.Text("plain 'x' "),
	} {
		assert.Equal(t, want, nexuslims.TextOf(v))
	}
}

func TestEqual(t *testing.T) {
	nan := nexuslims.Float(math.NaN())
	for _, c := range []struct {
		name string
		a, b nexuslims.Value
		want bool
	}{
		{"whole and float", nexuslims.Int(1), nexuslims.Float(1), true},
		{"number and true", nexuslims.Float(1), nexuslims.Bool(true), true},
		{"zeros", nexuslims.Float(math.Copysign(0, -1)), nexuslims.Int(0), true},
		{"neighbours above 2^53", nexuslims.Int(1<<53 + 1), nexuslims.Int(1 << 53), false},
		{"float below a large whole", nexuslims.Int(1<<53 + 1), nexuslims.Float(1 << 53), false},
		{"largest unsigned", nexuslims.Uint(math.MaxUint64), nexuslims.Float(1 << 64), false},
		{"sign", nexuslims.Int(math.MinInt64), nexuslims.Uint(1 << 63), false},
		{"smallest and float", nexuslims.Int(math.MinInt64), nexuslims.Float(-1 << 63), true},
		{"fractions", nexuslims.Float(0.5), nexuslims.Float(0.5), true},
		{"nan", nan, nan, false},
		{"kilovolt and volt", nexuslims.Q(10, "kV"), nexuslims.Q(10000, "V"), true},
		{"temperatures", nexuslims.Q(20, "degC"), nexuslims.Q(293.15, "K"), true},
		{"other dimension", nexuslims.Q(1, "V"), nexuslims.Q(1, "A"), false},
		{"nan quantity", nexuslims.Q(math.NaN(), "V"), nexuslims.Q(math.NaN(), "V"), false},
		{"dimensionless and plain", nexuslims.Q(1, "dimensionless"), nexuslims.Int(1), false},
		{"zero quantity and zero", nexuslims.Q(0, "V"), nexuslims.Int(0), false},
		{"text and number", nexuslims.Text("1"), nexuslims.Int(1), false},
		{"lists", nexuslims.List{nexuslims.Int(1)}, nexuslims.List{nexuslims.Float(1)}, true},
		{"lists of other length", nexuslims.List{}, nexuslims.List{nexuslims.Null{}}, false},
		{"nulls", nexuslims.Null{}, nexuslims.Null{}, true},
		{"nothing and null", nil, nexuslims.Null{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, nexuslims.Equal(c.a, c.b))
			assert.Equal(t, c.want, nexuslims.Equal(c.b, c.a))
		})
	}
}
