package hspy

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// keyKind is what the beginning of a name says of the value.
type keyKind int

const (
	plainKey    keyKind = iota
	listKey             // an array that was a list
	numberedKey         // a group that was a list, or an array whose name begins with a number
	emptyKey            // a list of nothing
	bytesKey            // bytes
	dateKey             // a date or time as Python writes it
	skippedKey          // a Python object that means nothing outside
)

// parseKey takes the beginning off a name. After that of a list a number may follow, the
// length of the list, which is part of the name where the value is no group.
func parseKey(name string) (string, keyKind) {
	name = nexuslims.ValidText(name)
	for _, p := range []struct {
		prefix string
		kind   keyKind
	}{
		{"_list_empty_", emptyKey},
		{"_tuple_empty_", emptyKey},
		{"_list_", listKey},
		{"_tuple_", listKey},
		{"_bs_", bytesKey},
		{"_datetime_", dateKey},
		{"_sig_", plainKey},
		{"_hspy_AxesManager_", skippedKey},
	} {
		rest, ok := strings.CutPrefix(name, p.prefix)
		if !ok || rest == "" {
			continue
		}
		if p.kind == listKey && afterNumber(rest) != rest {
			return rest, numberedKey
		}
		return rest, p.kind
	}
	return name, plainKey
}

// afterNumber is what follows a number and an underscore: "3_elements".
func afterNumber(name string) string {
	number, rest, ok := strings.Cut(name, "_")
	if _, err := strconv.ParseUint(number, 10, 32); !ok || err != nil || rest == "" {
		return name
	}
	return rest
}

// asKind is a value as its name tells.
func asKind(v nexuslims.Value, kind keyKind) nexuslims.Value {
	switch v := v.(type) {
	case *nexuslims.Object:
		if kind == numberedKey {
			return inOrder(v)
		}
	case nexuslims.Text:
		switch kind {
		case bytesKey:
			return digest([]byte(v))
		case dateKey:
			return nexuslims.Text(isoTime(string(v)))
		}
	}
	if kind == emptyKey {
		return nexuslims.List{}
	}
	return v
}

func digest(b []byte) *nexuslims.Object {
	sum := sha256.Sum256(b)
	o := nexuslims.NewObject(2)
	o.Set("length", nexuslims.Int(len(b)))
	o.Set("sha256", nexuslims.Text(hex.EncodeToString(sum[:])))
	return o
}

// inOrder makes a list of a group whose members are numbered. What has no number stands at
// the end.
func inOrder(o *nexuslims.Object) nexuslims.List {
	type entry struct {
		at    uint64
		value nexuslims.Value
	}
	entries := make([]entry, 0, o.Len())
	for key, v := range o.All() {
		at, err := strconv.ParseUint(key, 10, 32)
		if err != nil {
			at = 1 << 32
		}
		entries = append(entries, entry{at, v})
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.at, b.at) })
	list := make(nexuslims.List, len(entries))
	for i, e := range entries {
		list[i] = e.value
	}
	return list
}

// isoTime turns "datetime.date(1991, 10, 1)", "datetime.time(12, 0)" and
// "datetime.datetime(1991, 10, 1, 12, 0)" into ISO 8601; any other text stays.
func isoTime(text string) string {
	name, rest, ok := strings.Cut(strings.TrimSpace(text), "(")
	rest, closed := strings.CutSuffix(rest, ")")
	if !ok || !closed {
		return text
	}
	var n []int
	for part := range strings.SplitSeq(rest, ",") {
		i, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil {
			break // a zone, which is given by name
		}
		n = append(n, i)
	}
	switch strings.TrimPrefix(name, "datetime.") {
	case "date":
		if len(n) == 3 {
			return fmt.Sprintf("%04d-%02d-%02d", n[0], n[1], n[2])
		}
	case "time":
		return isoClock(n, text)
	case "datetime":
		if len(n) >= 5 {
			return fmt.Sprintf("%04d-%02d-%02dT%s", n[0], n[1], n[2], isoClock(n[3:], ""))
		}
	}
	return text
}

// isoClock writes hour, minute, second and microsecond.
func isoClock(n []int, otherwise string) string {
	if len(n) < 2 || len(n) > 4 {
		return otherwise
	}
	n = append(slices.Clone(n), 0, 0)
	text := fmt.Sprintf("%02d:%02d:%02d", n[0], n[1], n[2])
	if n[3] != 0 {
		text += fmt.Sprintf(".%06d", n[3])
	}
	return text
}

// plainText is a value as text; bytes of an unknown sort have none.
func plainText(v nexuslims.Value) string {
	switch v := single(v).(type) {
	case nexuslims.Text:
		return strings.TrimSpace(strings.TrimRight(string(v), "\x00"))
	case nexuslims.Int, nexuslims.Uint, nexuslims.Float, nexuslims.Bool:
		return nexuslims.TextOf(v)
	}
	return ""
}
