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

// offsets returns offsets below size: every one of the first head bytes, where headers
// are, and more others, which grow rarer towards the end. They are the same each time; of
// those between the first and the last, the race detector gets each [fault.Stride]-th.
func offsets(size, head, more int) []int {
	picked := make([]int, 0, head+2*more+1)
	for i := range min(size, head) {
		picked = append(picked, i)
	}
	if size > head {
		rnd := rand.New(rand.NewPCG(20, uint64(more))) //nolint:gosec // repeatable on purpose
		picked = append(picked, size-1)
		for range more {
			picked = append(picked, rnd.IntN(min(size, 4096)), rnd.IntN(size))
		}
	}
	slices.Sort(picked)
	picked = slices.Compact(picked)
	thin := picked[:0]
	for i, off := range picked {
		if i%fault.Stride == 0 || i == len(picked)-1 {
			thin = append(thin, off)
		}
	}
	return thin
}

// cut reads the file broken off: as a short file, and as one that shrinks while it is
// read.
func (k *kit) cut() {
	k.Helper()
	for _, n := range offsets(len(k.sample.Data), 128, 40) {
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
	// 0, 1, the greatest number, one less, and negative ones, in one, two, four and eight
	// bytes of either order.
	patterns := [][]byte{
		{0x00},
		{0x01},
		{0xff},
		{0x80},
		{0xfe, 0xff},
		{0xff, 0xfe},
		{0xff, 0x7f},
		{0, 0, 0, 0},
		{1, 0, 0, 0},
		{0, 0, 0, 1},
		{0xff, 0xff, 0xff, 0x7f},
		{0x7f, 0xff, 0xff, 0xff},
		{0xfe, 0xff, 0xff, 0xff},
		{0xff, 0xff, 0xff, 0xfe},
		{0, 0, 0, 0x80},
		{0x80, 0, 0, 0},
		bytes.Repeat([]byte{0xff}, 4), bytes.Repeat([]byte{0xff}, 8),
		{0, 0, 0, 0x40, 0, 0, 0, 0},
		{0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
	}
	for i, off := range offsets(len(k.sample.Data), 96, 40) {
		// A pointer to its own place makes cycles.
		self := binary.LittleEndian.AppendUint32(nil, uint32(off))
		for j, p := range append(patterns, self) {
			if (i+j)%5 == 0 && k.found < enough {
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
