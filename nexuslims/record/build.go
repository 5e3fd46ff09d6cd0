package record

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Signal is one signal of one file, as extraction left it.
type Signal struct {
	Location string    // slash-separated path below the root of instrument data
	Time     time.Time // modification time of the file
	Size     int64     // size of the file in bytes
	Format   string    // short name of the format: "DM3"
	Index    int       // index of the signal in its file, from 0
	Count    int       // how many signals the file holds; 0 counts as 1
	// Meta is nx_meta: core fields, "extensions" and "warnings", a list of paths of
	// fields whose values may be wrong. It is only read.
	Meta    *nexuslims.Object
	Preview string // slash-separated path below the data root; empty: none
}

// Input is what a record is made of.
type Input struct {
	Session     nexuslims.Session
	Instrument  nexuslims.Instrument
	Reservation nexuslims.Reservation
	Signals     []Signal
	Sensitivity float64      // of the grouping into activities, see [Cluster]
	Logger      *slog.Logger // names the session already; nil: nothing is logged
}

// Build makes the record of a session. Signals may come in any order. The record
// depends on nothing but its input; times are in the zone of the instrument, and
// sample ids are derived from the session.
//
// Without signals the error is of kind NoFiles; an unknown zone of the instrument or a
// bad sensitivity is Invalid. ctx is honoured while grouping.
func Build(ctx context.Context, in Input) (nexuslims.Record, error) {
	if in.Logger == nil {
		in.Logger = slog.New(slog.DiscardHandler)
	}
	if len(in.Signals) == 0 {
		return nexuslims.Record{}, nexuslims.E(nexuslims.NoFiles, "build record of", in.Session.ID, nil)
	}
	zone, err := in.Instrument.Zone()
	if err != nil {
		return nexuslims.Record{}, err
	}
	rec := header(in, zone)
	if rec.Activities, err = activities(ctx, in, zone); err != nil {
		return nexuslims.Record{}, err
	}
	if len(rec.Samples) > 0 {
		for i := range rec.Activities {
			rec.Activities[i].SampleID = rec.Samples[0].ID
		}
	}
	return rec, nil
}

func activities(ctx context.Context, in Input, zone *time.Location) ([]nexuslims.Activity, error) {
	signals := slices.Clone(in.Signals)
	slices.SortStableFunc(signals, func(a, b Signal) int {
		if c := a.Time.Compare(b.Time); c != 0 {
			return c
		}
		if c := strings.Compare(a.Location, b.Location); c != 0 {
			return c
		}
		return a.Index - b.Index
	})
	times := make([]time.Time, len(signals))
	for i, s := range signals {
		times[i] = s.Time
	}
	groups, err := clusterer{in.Sensitivity, in.Logger}.group(ctx, times)
	if err != nil {
		return nil, err
	}
	f := newFlattener(in.Logger)
	list := make([]nexuslims.Activity, 0, len(groups))
	for _, group := range groups {
		members := signals[group[0] : group[len(group)-1]+1]
		list = append(list, activity(members, f, zone))
	}
	f.report()
	return list, nil
}

// activity makes an activity of signals in the order of time.
func activity(signals []Signal, f *flattener, zone *time.Location) nexuslims.Activity {
	entries := make([][]field, len(signals))
	for i, s := range signals {
		entries[i] = f.flatten(s)
	}
	a := nexuslims.Activity{Start: signals[0].Time.In(zone).Round(time.Microsecond)}
	shared := shared(entries)
	a.Setup = params(entries[0], func(f field) (bool, bool) {
		warning, ok := shared[f.name]
		return ok, warning
	})
	for i, s := range signals {
		d := dataset(s, f)
		d.Time = s.Time.In(zone)
		d.Meta = params(entries[i], func(f field) (bool, bool) {
			_, ok := shared[f.name]
			return !ok, f.warning
		})
		a.Datasets = append(a.Datasets, d)
	}
	return a
}

// shared returns the names that every entry has with an equal value, and whether any
// entry marks it as possibly wrong. One entry shares nothing.
func shared(entries [][]field) map[string]bool {
	found := map[string]bool{}
	if len(entries) < 2 {
		return found
	}
	values := make(map[string]nexuslims.Value, len(entries[0]))
	count := make(map[string]int, len(entries[0]))
	for i, entry := range entries {
		for _, f := range entry {
			switch {
			case i == 0:
				values[f.name] = f.value
			case count[f.name] != i || !nexuslims.Equal(values[f.name], f.value):
				continue
			}
			count[f.name]++
			found[f.name] = found[f.name] || f.warning
		}
	}
	for name := range found {
		if count[name] != len(entries) {
			delete(found, name)
		}
	}
	return found
}

// params makes parameters of the fields that choose takes, by lower-cased name.
func params(fields []field, choose func(field) (take, warning bool)) []nexuslims.Param {
	type keyed struct {
		key   string
		param nexuslims.Param
	}
	var list []keyed
	for _, f := range fields {
		take, warning := choose(f)
		if !take {
			continue
		}
		p := nexuslims.Param{Name: f.name, Text: nexuslims.TextOf(f.value), Warning: warning}
		if q, ok := f.value.(nexuslims.Quantity); ok {
			p.Unit = q.Unit.Symbol
		}
		list = append(list, keyed{strings.ToLower(f.name), p})
	}
	slices.SortStableFunc(list, func(a, b keyed) int { return strings.Compare(a.key, b.key) })
	sorted := make([]nexuslims.Param, len(list))
	for i := range list {
		sorted[i] = list[i].param
	}
	return sorted
}
