package tia

import (
	"context"
	"errors"
	"fmt"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// maxObjects bounds the objects of an .emi file that become signals.
const maxObjects = 256

// emiMark is what every .emi file begins with.
const emiMark = "JK\x00\x02"

// standsAlone reports whether an .emi file has no series beside it; one that has is
// described with these.
func standsAlone(f *extractors.File) bool {
	if head, err := f.Head(len(emiMark)); err != nil || string(head) != emiMark {
		return false
	}
	base := f.Name()[:len(f.Name())-len(".emi")]
	for number := 1; number < 10; number++ {
		for _, ext := range []string{".ser", ".SER"} {
			s, err := f.Sibling(name{base: base, ext: ext}.sibling(number))
			if err == nil {
				_ = s.Close() // nothing was written
				return false
			}
		}
	}
	return true
}

// objects reads an .emi file that has no series: its objects with values and settings, or
// all with values where none has settings.
func objects(ctx context.Context, f *extractors.File) (*extractors.Result, error) {
	blocks, err := Blocks(ctx, f)
	if isLost(err) {
		return nil, err
	}
	r := &extractors.Result{Format: "TIA EMI"}
	if err != nil {
		r.Warnings = append(r.Warnings, "the file was read in part: "+err.Error())
	}
	var with, without []*extractors.Signal
	for i, b := range blocks {
		if err := ctx.Err(); err != nil {
			return nil, nexuslims.E(nexuslims.Canceled, "read objects", "", err)
		}
		if b.Data == nil || len(with) == maxObjects {
			continue
		}
		info, err := ReadInfo(f, b)
		if isLost(err) {
			return nil, err
		}
		experimental := info.isExperimental()
		if !experimental && (len(with) > 0 || len(without) == maxObjects) {
			continue
		}
		signal, doubts, err := objectOf(f, i, b, info)
		if err != nil {
			return nil, err
		}
		for _, d := range doubts {
			r.Warnings = append(r.Warnings, fmt.Sprintf("object %d: %s", i+1, d))
		}
		if experimental {
			with = append(with, signal)
		} else {
			without = append(without, signal)
		}
	}
	if r.Signals = with; len(with) == 0 {
		r.Signals = without
	}
	if len(r.Signals) == maxObjects {
		r.Warnings = append(r.Warnings, fmt.Sprintf("objects behind the first %d are left out", maxObjects))
	}
	if len(r.Signals) == 0 {
		return nil, nexuslims.E(nexuslims.Unsupported, "read objects", "", errors.New("no object of the file has values"))
	}
	return r, nil
}

// objectOf makes the signal of an object.
func objectOf(f *extractors.File, i int, b Block, info Info) (*extractors.Signal, []string, error) {
	s, err := b.Data.series(f)
	if err != nil {
		return nil, nil, err
	}
	if info.Tree == nil {
		info.Tree = new(nexuslims.Object)
	}
	signal, doubts := signalOf(f, s, Description{Name: f.Name(), Block: i, Info: info})
	signal.Raw = rawOf(nil, info)
	return signal, doubts, nil
}

// besides is the source of values that are in the .emi file beside a series. It opens that
// file for each reading.
type besides struct {
	*source
	name string
}

// ReadRegion implements [extractors.PixelSource].
func (b *besides) ReadRegion(ctx context.Context, r extractors.Region, dst []byte) error {
	emi, err := b.f.Sibling(b.name)
	if err != nil {
		return err
	}
	defer func() { _ = emi.Close() }()
	s := *b.source
	s.f = emi
	return s.ReadRegion(ctx, r, dst)
}

// fromEMI makes the signal of a series whose only element is in the .emi file.
func fromEMI(f *extractors.File, s *Series, d Description) (*extractors.Signal, []string, error) {
	emi, err := f.Sibling(d.Name)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = emi.Close() }()
	inside, err := d.Data.series(emi)
	if err != nil {
		return nil, nil, err
	}
	signal, doubts := signalOf(f, inside, d)
	signal.Raw = rawOf(s, d.Info)
	if src, ok := signal.Data.Source.(*source); ok {
		signal.Data.Source = &besides{source: src, name: d.Name}
	}
	return signal, doubts, nil
}

var _ extractors.PixelSource = (*besides)(nil)
