package extractortest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// patience is how long one call may take.
const patience = 20 * time.Second

// Run tries an extractor with samples.
func Run(tb testing.TB, x extractors.Extractor, samples ...Sample) {
	tb.Helper()
	if !reflect.DeepEqual(x.Info(), x.Info()) {
		tb.Errorf("Info must always answer the same")
	}
	if err := new(extractors.Registry).Add(x); err != nil {
		tb.Errorf("the extractor cannot be registered: %v", err)
	}
	if len(samples) == 0 {
		tb.Errorf("nothing was proved: no samples")
	}
	for _, s := range samples {
		k := &kit{TB: tb, x: x, sample: s}
		if k.match(); s.Foreign {
			continue
		}
		k.whole()
		k.repeat()
		k.canceled()
		k.cut()
		k.patch()
		k.fail()
	}
}

// kit is the trial of one extractor with one sample.
type kit struct {
	testing.TB
	x      extractors.Extractor
	sample Sample
	found  int // violations
}

// enough violations of one sample have been found to stop damaging it.
const enough = 10

// violation reports what happened and the promise that it breaks.
func (k *kit) violation(promise, format string, args ...any) {
	k.Helper()
	k.found++
	k.Errorf("%s, %s: %s\n\tbroken promise: %s", k.x.Info().Name, k.sample.Name, fmt.Sprintf(format, args...), promise)
}

func (k *kit) match() {
	k.Helper()
	info, f := k.x.Info(), k.sample.file()
	claimed := info.Wildcard || slices.Contains(info.Extensions(), f.Ext())
	switch got := k.matches(f); {
	case k.sample.Foreign && got:
		k.violation("Match takes only files of the extractor's own formats", "took a foreign file")
	case !k.sample.Foreign && !claimed:
		k.violation("Info lists the extensions of everything that is read", "extension %q is not listed", f.Ext())
	case !k.sample.Foreign && !got:
		k.violation("Match takes the files of the extractor's own formats", "refused a file")
	}
	for _, n := range []int{0, 1, 7} {
		data := k.sample.Data[:min(n, len(k.sample.Data))]
		k.matches(k.sample.through(bytes.NewReader(data), int64(len(data))))
	}
	k.matches(k.sample.through(&fault.Failing{R: bytes.NewReader(k.sample.Data), Err: errFault}, int64(len(k.sample.Data))))
}

func (k *kit) matches(f *extractors.File) (ok bool) {
	k.Helper()
	defer func() {
		if r := recover(); r != nil {
			k.violation("Match never panics", "panic of a file of %d bytes: %v\n%s", f.Size(), r, debug.Stack())
		}
	}()
	return k.x.Match(f)
}

// extract calls the extractor under guard; ok is false when it panicked or hung.
//
//nolint:revive // ok tells of the call, err of the answer
func (k *kit) extract(ctx context.Context, f *extractors.File, what string) (
	r *extractors.Result, err error, ok bool,
) {
	k.Helper()
	var panicked string
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if p := recover(); p != nil {
				panicked = fmt.Sprintf("%v\n%s", p, debug.Stack())
			}
		}()
		r, err = k.x.Extract(ctx, f)
	}()
	select {
	case <-done:
	case <-time.After(patience):
		k.Fatalf("%s, %s, %s: no answer after %s\n\tbroken promise: every extraction ends", k.x.Info().Name, k.sample.Name, what, patience)
	}
	if panicked != "" {
		k.violation("an extractor never panics, whatever the bytes are", "%s: panic: %s", what, panicked)
		return nil, nil, false
	}
	k.checkAnswer(what, r, err)
	return r, err, true
}

// checkAnswer checks the form of an answer, good or bad.
func (k *kit) checkAnswer(what string, r *extractors.Result, err error) {
	k.Helper()
	if err == nil && (r == nil || len(r.Signals) == 0) {
		k.violation("an answer without error has at least one signal", "%s: neither signals nor error", what)
	}
	if err != nil {
		switch kind := nexuslims.KindOf(err); kind {
		case nexuslims.Corrupt, nexuslims.Unsupported, nexuslims.Transient, nexuslims.Canceled, nexuslims.Permission:
		default:
			k.violation("errors are Corrupt, Unsupported, Transient, Permission or Canceled", "%s: kind %q of: %v", what, kind, err)
		}
	}
	if r == nil {
		return
	}
	for i, s := range r.Signals {
		if s == nil || s.Meta == nil {
			k.violation("every signal has metadata", "%s: signal %d has none", what, i)
		}
	}
}

func (k *kit) whole() {
	k.Helper()
	c := &fault.Counting{R: bytes.NewReader(k.sample.Data)}
	size := int64(len(k.sample.Data))
	r, err, ok := k.extract(context.Background(), k.sample.through(c, size), "whole file")
	switch {
	case !ok || err == nil && r == nil:
	case k.sample.Broken && err == nil:
		k.violation("a file that cannot be read gives an error", "a broken file gave none")
	case k.sample.Broken:
	case err != nil:
		k.violation("a good file is read", "error: %v", err)
	default:
		k.checkReads(r, c.Bytes(), size)
		for i, s := range r.Signals {
			k.checkPixels(fmt.Sprint("signal ", i), s)
		}
		k.checkDocuments()
	}
}

// checkReads holds the extractor to reading no pixels. Arrays that are larger than the
// file are compressed, and tell nothing.
func (k *kit) checkReads(r *extractors.Result, read, size int64) {
	k.Helper()
	var pixels int64
	for _, s := range r.Signals {
		if s.Data != nil {
			pixels += s.Data.Len() * int64(s.Data.Type.Size())
		}
	}
	if pixels > 1<<20 && pixels <= size && read > size-pixels/2 {
		k.violation("metadata are read without reading pixels", "read %d of %d bytes, of which %d are pixels", read, size, pixels)
	}
}

// repeat demands the same answer again, and from one file in parallel.
func (k *kit) repeat() {
	k.Helper()
	first := k.fingerprint(k.sample.file())
	if again := k.fingerprint(k.sample.file()); !bytes.Equal(first, again) {
		k.violation("the same file gives the same answer", "the second answer differs:\n%s\n---\n%s", first, again)
	}
	f := k.sample.file()
	answers := make([][]byte, 4)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() { answers[i] = k.fingerprint(f) })
	}
	wg.Wait()
	for _, a := range answers {
		if !bytes.Equal(first, a) {
			k.violation("an extractor may be used concurrently", "an answer given in parallel differs")
			return
		}
	}
}

// fingerprint is everything of an answer that can be compared. It is called by several
// goroutines and reports nothing but the answer.
func (k *kit) fingerprint(f *extractors.File) (text []byte) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Appendf(nil, "panic: %v", r)
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := k.x.Extract(ctx, f)
	text = fmt.Appendf(text, "%v\n", err)
	if r == nil {
		return text
	}
	text = fmt.Appendf(text, "%s %q\n", r.Format, r.Warnings)
	for _, s := range r.Signals {
		text = append(fmt.Appendf(text, "%q %q %q %v\n", s.Title, s.DataLabel, s.NoPreview, s.Marks), s.JSON()...)
		if s.Data != nil {
			text = fmt.Appendf(text, "%s %+v\n", s.Data.Type, s.Data.Axes)
		}
	}
	return text
}

func (k *kit) canceled() {
	k.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err, ok := k.extract(ctx, k.sample.file(), "canceled")
	if ok && err != nil && !k.sample.Broken && !errors.Is(err, nexuslims.Canceled) && !errors.Is(err, context.Canceled) {
		k.violation("what a caller canceled is Canceled", "error: %v", err)
	}
}

// within runs try and holds it to a bound of memory that follows from the file's size.
func (k *kit) within(what string, try func()) {
	k.Helper()
	const factor, constant = 4, 16 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	try()
	runtime.ReadMemStats(&after)
	size := uint64(len(k.sample.Data))
	if used := after.TotalAlloc - before.TotalAlloc; used > factor*size+constant {
		k.violation("memory is bounded by the size of the file, whatever lengths it names",
			"%s: %d bytes were allocated for a file of %d", what, used, size)
	}
}
