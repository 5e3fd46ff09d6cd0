package extractortest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"

	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

var errFault = errors.New("fault of the store")

// offsets returns n offsets below size: half of them among the first bytes, where
// headers are, the others everywhere. They are the same each time.
func offsets(size, n int) []int {
	if size <= n {
		all := make([]int, size)
		for i := range all {
			all[i] = i
		}
		return all
	}
	rnd := rand.New(rand.NewPCG(20, uint64(n))) //nolint:gosec // repeatable on purpose
	picked := []int{size - 1}
	for i := range n / 2 {
		picked = append(picked, i, rnd.IntN(min(size, 4096)), rnd.IntN(size))
	}
	slices.Sort(picked)
	return slices.Compact(picked)
}

// cut reads the file broken off: as a short file, and as one that shrinks while it is
// read.
func (k *kit) cut() {
	k.Helper()
	for _, n := range offsets(len(k.sample.Data), 40) {
		if k.found >= enough {
			return
		}
		short := k.sample.Data[:n]
		k.damaged(fmt.Sprintf("cut off at byte %d", n), bytes.NewReader(short), n)
		k.damaged(fmt.Sprintf("shrunk to %d bytes while read", n),
			fault.Truncated{R: bytes.NewReader(k.sample.Data), N: int64(n)}, len(k.sample.Data))
	}
}

// patch reads the file with numbers replaced, of one, four and eight bytes.
func (k *kit) patch() {
	k.Helper()
	patterns := [][]byte{
		{0x00},
		{0xff},
		{0x80},
		{1, 0, 0, 0},
		{0xff, 0xff, 0xff, 0x7f},
		{0x7f, 0xff, 0xff, 0xff},
		bytes.Repeat([]byte{0xff}, 4), bytes.Repeat([]byte{0xff}, 8),
		{0, 0, 0, 0x40, 0, 0, 0, 0},
	}
	for i, off := range offsets(len(k.sample.Data), 60) {
		// A pointer to its own place makes cycles.
		self := binary.LittleEndian.AppendUint32(nil, uint32(off))
		for j, p := range append(patterns, self) {
			if (i+j)%3 == 0 && k.found < enough {
				k.damaged(fmt.Sprintf("bytes % x at %d", p, off),
					fault.Patched{R: bytes.NewReader(k.sample.Data), Off: int64(off), Bytes: p}, len(k.sample.Data))
			}
		}
	}
}

// damaged reads a damaged file and whatever pixels it still promises.
func (k *kit) damaged(what string, r io.ReaderAt, size int) {
	k.Helper()
	k.within(what, func() {
		result, _, _ := k.extract(context.Background(), k.sample.through(r, int64(size)), what)
		if result == nil {
			return
		}
		for _, s := range result.Signals {
			if s != nil && s.Meta != nil {
				k.touch(what, s)
			}
		}
	})
}

// fail reads through readers whose n-th read fails. Whatever was not read because of
// that must be read again later, and so must not pass for damage.
func (k *kit) fail() {
	k.Helper()
	if k.sample.Broken {
		return
	}
	for n := range int64(12) {
		what := fmt.Sprintf("read %d fails", n+1)
		r := &fault.Failing{R: bytes.NewReader(k.sample.Data), Err: errFault, After: n}
		result, err, ok := k.extract(context.Background(), k.sample.through(r, int64(len(k.sample.Data))), what)
		if ok && result == nil && err != nil && !errors.Is(err, nexuslims.Transient) {
			k.violation("a fault of the store is Transient and not taken for damage of the file", "%s: %v", what, err)
		}
	}
}
