package extractortest_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/extractortest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// recorder notes violations instead of failing.
type recorder struct {
	testing.TB
	mu    sync.Mutex
	lines []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
}

// toy reads "TOY", a 16-bit length n, and n bytes of pixels.
type toy struct {
	match  func(*extractors.File) bool
	change func(f *extractors.File, r *extractors.Result, err error) (*extractors.Result, error)
}

func (toy) Info() extractors.Info {
	return extractors.Info{Name: "toy_extractor", Priority: 100, Formats: []extractors.Format{{Name: "TOY", Extensions: []string{"toy"}}}}
}

func (x toy) Match(f *extractors.File) bool {
	if x.match != nil {
		return x.match(f)
	}
	head, err := f.Head(3)
	return err == nil && string(head) == "TOY"
}

func (x toy) Extract(ctx context.Context, f *extractors.File) (*extractors.Result, error) {
	r, err := x.read(ctx, f)
	if x.change != nil {
		return x.change(f, r, err)
	}
	return r, err
}

func (toy) read(_ context.Context, f *extractors.File) (*extractors.Result, error) {
	head, err := f.Read(0, 5)
	if err != nil {
		return nil, err
	}
	n := int(binary.LittleEndian.Uint16(head[3:]))
	source, err := extractors.Contiguous(f, 5, extractors.Uint8, false, []int{n})
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, nexuslims.E(nexuslims.Corrupt, "read toy", "", errors.New("no pixels"))
	}
	m := new(nexuslims.Object)
	m.Set("DatasetType", nexuslims.Text("Image"))
	m.Set("Data Type", nexuslims.Text("Toy"))
	m.Set("acceleration_voltage", nexuslims.Q(1, "kV"))
	s := &extractors.Signal{Document: extractors.Document{Meta: m}, Data: &extractors.Array{
		Type: extractors.Uint8, Axes: []extractors.Axis{{Size: n, Scale: 1}}, Source: source,
	}}
	return &extractors.Result{Signals: []*extractors.Signal{s}}, nil
}

func toySample() extractortest.Sample {
	data := append([]byte("TOY\x2c\x01"), bytes.Repeat([]byte{7}, 300)...)
	return extractortest.Sample{Name: "a.toy", Data: data}
}

func TestGoodExtractorPasses(t *testing.T) {
	extractortest.Run(t, toy{}, toySample(), extractortest.Foreign("b.toy", []byte("something else")),
		extractortest.Sample{Name: "c.toy", Data: []byte("TOY\xff\xffx"), Broken: true})
}

func TestRunFindsViolations(t *testing.T) {
	type answer = func(*extractors.File, *extractors.Result, error) (*extractors.Result, error)
	meta := func(set func(*nexuslims.Object)) answer {
		return func(_ *extractors.File, r *extractors.Result, err error) (*extractors.Result, error) {
			if r != nil {
				set(r.Signals[0].Meta)
			}
			return r, err
		}
	}
	for want, x := range map[string]toy{
		"took a foreign file": {match: func(*extractors.File) bool { return true }},
		"refused a file":      {match: func(*extractors.File) bool { return false }},
		"Match never panics": {match: func(f *extractors.File) bool {
			b, _ := f.Head(3)
			return b[2] == 'Y'
		}},
		"an extractor never panics": {change: func(f *extractors.File, r *extractors.Result, err error) (*extractors.Result, error) {
			b, _ := f.Head(5)
			_ = b[4]
			return r, err
		}},
		"neither signals nor error": {change: func(*extractors.File, *extractors.Result, error) (*extractors.Result, error) { return nil, nil }}, //nolint:nilnil // the fault tested
		"errors are Corrupt": {change: func(_ *extractors.File, r *extractors.Result, err error) (*extractors.Result, error) {
			return r, wrapped(err)
		}},
		"a fault of the store is Transient": {change: func(_ *extractors.File, r *extractors.Result, err error) (*extractors.Result, error) {
			if err != nil {
				err = nexuslims.E(nexuslims.Corrupt, "read", "", errors.New("hidden"))
			}
			return r, err
		}},
		"the same file gives the same answer": {change: meta(func(m *nexuslims.Object) { m.Set("x", nexuslims.Int(rand.Int64())) })},
		"memory is bounded": {change: func(_ *extractors.File, r *extractors.Result, err error) (*extractors.Result, error) {
			_ = bytes.Clone(make([]byte, 40<<20))
			return r, err
		}},
		"acceleration_voltage: meter is no unit of voltage": {change: meta(func(m *nexuslims.Object) { m.Set("acceleration_voltage", nexuslims.Q(1, "m")) })},
		"numeric offset":     {change: meta(func(m *nexuslims.Object) { m.Set("Acquisition Timestamp", nexuslims.Text("2024-01-01 10:00")) })},
		"texts are UTF-8":    {change: meta(func(m *nexuslims.Object) { m.Set("x", nexuslims.Text("\xff")) })},
		"not a dataset type": {change: meta(func(m *nexuslims.Object) { m.Set("DatasetType", nexuslims.Text("Picture")) })},
		"axes have a size": {change: func(_ *extractors.File, r *extractors.Result, err error) (*extractors.Result, error) {
			if r != nil {
				r.Signals[0].Data.Axes[0].Scale = 0
			}
			return r, err
		}},
	} {
		t.Run(want, func(t *testing.T) {
			r := &recorder{TB: t}
			extractortest.Run(r, x, toySample(), extractortest.Foreign("b.toy", []byte("something else")))
			assert.Contains(t, strings.Join(r.lines, "\n"), want)
		})
	}
	r := &recorder{TB: t}
	extractortest.Run(r, toy{})
	assert.Len(t, r.lines, 1, "without samples nothing is proved")
}

func wrapped(err error) error {
	if err == nil {
		return nil
	}
	return errors.New("plain")
}

func document() extractors.Document {
	m := new(nexuslims.Object)
	m.Set("Voltage", nexuslims.Q(300, "kV"))
	m.Set("Operator", nexuslims.Text("me"))
	return extractors.Document{Meta: m}
}

func step(apply func(*extractors.Document, extractors.Subject) error) extractors.Profile {
	return extractors.NewProfile("A", extractors.Step{Name: "it", Apply: apply})
}

func TestGoodProfilePasses(t *testing.T) {
	checked := 0
	extractortest.RunProfile(t, extractors.NewProfile("A", extractors.Warn([]string{"Operator"})), extractortest.Case{
		Document: document(),
		Migrate: func(m *nexuslims.Object) {
			m.Set("acceleration_voltage", m.Get("Voltage"))
			m.Delete("Voltage")
		},
		Check: func(tb testing.TB, doc extractors.Document) {
			tb.Helper()
			checked++
			assert.Equal(tb, nexuslims.Q(300, "kV"), doc.Meta.Get("acceleration_voltage"))
			assert.Equal(tb, `[['Operator']]`, nexuslims.TextOf(doc.Meta.Get("warnings")))
		},
	})
	assert.Equal(t, 1, checked)
}

func TestRunProfileFindsViolations(t *testing.T) {
	for want, p := range map[string]extractors.Profile{
		"cannot be registered": extractors.NewProfile(""),
		"has no steps":         extractors.NewProfile("A"),
		"has no function":      extractors.NewProfile("A", extractors.Step{Name: "a"}),
		"has no name":          extractors.NewProfile("A", extractors.Step{Apply: func(*extractors.Document, extractors.Subject) error { return nil }}),
		"panicked: boom":       step(func(*extractors.Document, extractors.Subject) error { panic("boom") }),
		`step "it": no`:        step(func(*extractors.Document, extractors.Subject) error { return errors.New("no") }),
		"took the metadata away": step(func(d *extractors.Document, _ extractors.Subject) error {
			d.Meta = nil
			return nil
		}),
		"gave different answers": step(func(d *extractors.Document, _ extractors.Subject) error {
			d.Meta.Set("x", nexuslims.Int(rand.Int64()))
			return nil
		}),
	} {
		t.Run(want, func(t *testing.T) {
			r := &recorder{TB: t}
			extractortest.RunProfile(r, p, extractortest.Case{Document: document()})
			assert.Contains(t, strings.Join(r.lines, "\n"), want)
		})
	}
}
