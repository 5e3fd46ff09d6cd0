package nexuslims_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestJSONForm(t *testing.T) {
	o := new(nexuslims.Object)
	o.Set("text", nexuslims.Text("<a&b>/\"\\\n\t\x01 µ 😀 \xff"))
	o.Set("whole", nexuslims.Int(300))
	o.Set("float", nexuslims.Float(300))
	o.Set("bad", nexuslims.Float(math.NaN()))
	o.Set("volt", nexuslims.Q(300, "kV"))
	o.Set("empty", new(nexuslims.Object))
	o.Set("list", nexuslims.List{nexuslims.Bool(true), nexuslims.Null{}, nexuslims.List{}})
	want := strings.Join([]string{
		`{`,
		`  "text": "<a&b>/\"\\\n\t\u0001 µ 😀 ` + "\ufffd" + `",`,
		`  "whole": 300,`,
		`  "float": 300.0,`,
		`  "bad": null,`,
		`  "volt": {`,
		`    "value": 300.0,`,
		`    "unit": "kilovolt"`,
		`  },`,
		`  "empty": {},`,
		`  "list": [`,
		`    true,`,
		`    null,`,
		`    []`,
		`  ]`,
		`}`,
	}, "\n")
	got := nexuslims.AppendJSON(nil, o, "  ")
	assert.Equal(t, want, string(got))
	assert.True(t, json.Valid(got))
	line, err := json.Marshal(o)
	require.NoError(t, err)
	assert.NotContains(t, string(line), "\n")
}

func TestSortIsByLowerCasedName(t *testing.T) {
	o := new(nexuslims.Object)
	inner := new(nexuslims.Object)
	for _, k := range []string{"b", "A", "a_", "a b", "Ä", "Z"} {
		o.Set(k, nexuslims.Int(1))
		inner.Set(k, nexuslims.Int(1))
	}
	o.Set("c", inner)
	o.Sort()
	assert.Equal(t, []string{"A", "a b", "a_", "b", "c", "Z", "Ä"}, o.Keys())
	assert.Equal(t, []string{"A", "a b", "a_", "b", "Z", "Ä"}, inner.Keys())
	assert.Equal(t, nexuslims.Int(1), o.Get("Ä"))
}

// TestObjectAgainstModel makes thousands of changes to objects around the size at which
// the index begins, and compares with a slice of keys and a map.
func TestObjectAgainstModel(t *testing.T) {
	for _, names := range []int{5, 13, 40, 300} {
		rnd := rand.New(rand.NewPCG(1, uint64(names)))
		o, keys, values := new(nexuslims.Object), []string{}, map[string]nexuslims.Value{}
		for i := range 4000 {
			key := fmt.Sprint("k", rnd.IntN(names))
			switch rnd.IntN(5) {
			case 0, 1:
				o.Delete(key)
				keys = slices.DeleteFunc(keys, func(k string) bool { return k == key })
				delete(values, key)
			case 2, 3:
				if values[key] == nil {
					keys = append(keys, key)
				}
				values[key] = nexuslims.Int(i)
				o.Set(key, nexuslims.Int(i))
			default:
				c := o.Clone()
				require.True(t, nexuslims.Equal(o, c))
				require.Equal(t, keys, append([]string{}, c.Keys()...))
			}
			require.Equal(t, len(keys), o.Len())
			require.Equal(t, values[key], o.Get(key))
		}
		require.Equal(t, keys, o.Keys())
	}
}

func TestNilObjectReadsAsEmpty(t *testing.T) {
	var o *nexuslims.Object
	assert.Zero(t, o.Len())
	assert.Nil(t, o.Get("a"))
	assert.Nil(t, o.At("a", "b"))
	assert.Empty(t, o.Keys())
	assert.Empty(t, o.Text("a"))
	assert.Nil(t, o.Clone())
	assert.Equal(t, "{}", string(nexuslims.AppendJSON(nil, o, "")))
}

func tree(groups, tags int) *nexuslims.Object {
	o := new(nexuslims.Object)
	for g := range groups {
		group := o.Ensure(fmt.Sprint("Group ", g))
		for i := range tags {
			group.Set(fmt.Sprint("Tag ", i), nexuslims.Float(float64(i)/7))
		}
	}
	return o
}

func BenchmarkTreeOf5000Tags(b *testing.B) {
	for b.Loop() {
		o := tree(50, 100).Clone()
		o.Sort()
		_ = nexuslims.AppendJSON(nil, o, "  ")
	}
}

func BenchmarkEmptyObjectOf5000(b *testing.B) {
	for b.Loop() {
		o := tree(1, 5000).Group("Group 0")
		for _, k := range o.Keys() {
			o.Delete(k)
		}
	}
}
