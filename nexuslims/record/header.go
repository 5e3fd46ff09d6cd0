package record

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// header fills the head of a record from reservation and instrument.
func header(in Input, zone *time.Location) nexuslims.Record {
	r := in.Reservation
	rec := nexuslims.Record{
		Title:             title(in),
		ID:                clean(r.ID),
		Ref:               reference(in, r.URL),
		Experimenter:      firstOf(clean(r.FullName), clean(r.Username), clean(in.Session.User)),
		InstrumentPID:     shownPID(in.Instrument),
		InstrumentName:    firstOf(clean(in.Instrument.DisplayName), shownPID(in.Instrument)),
		Start:             shownTime(r.Start, zone),
		End:               shownTime(r.End, zone),
		Motivation:        clean(r.Purpose),
		Samples:           samples(in),
		SessionIdentifier: in.Session.ID,
	}
	for _, p := range r.Projects {
		rec.Projects = append(rec.Projects, nexuslims.Project{
			Name: clean(p.Name), Division: clean(p.Division), Group: clean(p.Group),
			ID: clean(p.ID), Ref: reference(in, p.Ref),
		})
	}
	return rec
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// title is the user's, or names instrument and day. The day is that of the zone the
// scheduler gave the time in, as in the names of records.
func title(in Input) string {
	if t := clean(in.Reservation.Title); t != "" {
		return t
	}
	t := "Experiment on the " + firstOf(clean(in.Instrument.DisplayName), shownPID(in.Instrument))
	if start := in.Reservation.Start; !start.IsZero() {
		t += " on " + start.Format("Monday Jan. 02, 2006")
	}
	return t
}

// shownPID is the instrument's id in records. The reference implementation marks some
// instruments of NEMO with the ending "_n", which is not part of their id.
func shownPID(i nexuslims.Instrument) string {
	if i.Harvester == "nemo" {
		return clean(strings.TrimSuffix(i.PID, "_n"))
	}
	return clean(i.PID)
}

func shownTime(t time.Time, zone *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(zone).Round(time.Microsecond)
}

// reference returns an address that people may follow; others are left out, since
// pages turn it into a link.
func reference(in Input, address string) string {
	address = clean(address)
	if address == "" || linkable(address) {
		return address
	}
	in.Logger.Warn("address left out of the record: neither http nor https", "address", address)
	return ""
}

func samples(in Input) []nexuslims.Sample {
	var list []nexuslims.Sample
	seen := map[string]bool{}
	for i, s := range in.Reservation.Samples {
		kept, dropped := sortSymbols(s.Elements)
		if len(dropped) > 0 {
			in.Logger.Warn("unknown or repeated elements left out", "sample", i+1, "elements", dropped)
		}
		s = nexuslims.Sample{
			ID: clean(s.ID), Ref: clean(s.Ref), Name: clean(s.Name),
			Description: clean(s.Description), Elements: slices.Clone(kept),
		}
		if s.ID == "" || seen[s.ID] {
			s.ID = sampleID(in.Session.ID, i)
		}
		seen[s.ID] = true
		list = append(list, s)
	}
	return list
}

// sampleID derives the id of the sample at index i, counted from 1 in its name, so that
// a record built again has the same ids.
func sampleID(session string, i int) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, fmt.Appendf(nil, "%s#sample-%d", session, i+1)).String()
}
