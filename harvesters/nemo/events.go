package nemo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const (
	// longWindow is the window from which on the answer is asked for in pages.
	longWindow = 90 * 24 * time.Hour
	pageSize   = "1000"
)

// Events implements harvesters.Harvester: one question for all tools together, one for
// all their users. A tool that is deleted between two questions is looked up anew, once.
func (h *Harvester) Events(ctx context.Context, q harvesters.Query) (harvesters.Batch, error) {
	batch, err := h.events(ctx, q)
	if errors.Is(err, errUnknownRelation) {
		h.tools.forget()
		batch, err = h.events(ctx, q)
	}
	return batch, err
}

func (h *Harvester) events(ctx context.Context, q harvesters.Query) (harvesters.Batch, error) {
	e := &harvest{h: h, q: q, instruments: map[int]nexuslims.Instrument{}, seen: map[int]bool{}}
	if err := e.chooseTools(ctx); err != nil {
		return e.batch, err
	}
	for part := range slices.Chunk(e.tools, batch) {
		if err := e.ask(ctx, part); err != nil {
			return e.batch, err
		}
	}
	if err := e.nameUsers(ctx); err != nil {
		return e.batch, err
	}
	slices.SortFunc(e.batch.Sessions, func(a, b nexuslims.Session) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.ID, b.ID))
	})
	return e.batch, nil
}

// harvest is one call of Events.
type harvest struct {
	h           *Harvester
	q           harvesters.Query
	tools       []int
	instruments map[int]nexuslims.Instrument // by tool
	seen        map[int]bool                 // events: rows shift between pages
	users       []int                        // of the sessions, in their order
	batch       harvesters.Batch
}

func (e *harvest) warn(format string, args ...any) {
	e.batch.Warnings = append(e.batch.Warnings, fmt.Sprintf(format, args...))
}

// chooseTools finds the ids of the instruments' tools that the server knows.
func (e *harvest) chooseTools(ctx context.Context) error {
	for _, in := range e.q.Instruments {
		id, ok := e.h.address.tool(in.APIURL)
		if !ok {
			e.warn("instrument %s: no tool id in its address %s", in.PID, in.APIURL)
			continue
		}
		if other, taken := e.instruments[id]; taken {
			e.warn("instruments %s and %s are the same tool %d; %s is used", other.PID, in.PID, id, other.PID)
			continue
		}
		e.instruments[id] = in
	}
	if len(e.instruments) == 0 {
		return nil
	}
	known, err := e.h.allTools(ctx)
	if err != nil {
		return err
	}
	for id, in := range e.instruments {
		if _, ok := known[id]; ok {
			e.tools = append(e.tools, id)
		} else {
			e.warn("instrument %s: the server has no tool %d", in.PID, id)
		}
	}
	slices.Sort(e.tools)
	slices.Sort(e.batch.Warnings)
	return nil
}

func (e *harvest) ask(ctx context.Context, tools []int) error {
	raw, err := e.h.client.list(ctx, eventsEndpoint, e.window(tools))
	if err != nil {
		return err
	}
	rows, warnings := decodeRows[usage](raw, "usage event")
	e.batch.Warnings = append(e.batch.Warnings, warnings...)
	for _, row := range rows {
		if !e.seen[row.ID] {
			e.seen[row.ID] = true
			e.add(row)
		}
	}
	return nil
}

// window writes the question for events of some tools. It asks for those that ended
// after a time, so that a use that began long ago is found when it ends.
func (e *harvest) window(tools []int) url.Values {
	query := url.Values{"tool_id__in": {join(tools)}, "fields": {eventFields}}
	clock, margin := e.h.clock, e.h.clock.margin()
	if !e.q.From.IsZero() {
		query.Set("end__gt", clock.ask(e.q.From.Add(-margin), nil))
	}
	if !e.q.To.IsZero() {
		query.Set("start__lt", clock.before(e.q.To.Add(margin), nil))
	}
	end := e.q.To
	if end.IsZero() {
		end = e.q.Now
	}
	if e.q.From.IsZero() || end.Sub(e.q.From) > longWindow {
		query.Set("page_size", pageSize)
	}
	return query
}

// add takes an event that has ended in the window.
func (e *harvest) add(row usage) {
	if row.End == nil || *row.End == "" {
		return // goes on
	}
	if row.Tool == nil || row.Start == nil {
		e.warn("usage event %d has no tool or no start and is left out", row.ID)
		return
	}
	in, ok := e.instruments[*row.Tool]
	if !ok {
		return
	}
	start, err := e.h.at(*row.Start, in)
	if err == nil {
		var end time.Time
		if end, err = e.h.at(*row.End, in); err == nil && e.wanted(start, end) {
			e.batch.Sessions = append(e.batch.Sessions, nexuslims.Session{
				ID: e.h.address.session(row.ID), Instrument: in.PID, From: start, To: end,
			})
			e.users = append(e.users, value(row.User))
		}
	}
	if err != nil {
		e.warn("usage event %d is left out: %v", row.ID, err)
	}
}

// wanted applies the window once more: servers read bounds in their own zone.
func (e *harvest) wanted(start, end time.Time) bool {
	return (e.q.Now.IsZero() || !end.After(e.q.Now)) && (e.q.From.IsZero() || end.After(e.q.From)) && (e.q.To.IsZero() || start.Before(e.q.To))
}

// nameUsers fills in the login names.
func (e *harvest) nameUsers(ctx context.Context) error {
	var ids []int
	for _, id := range e.users {
		if id != 0 {
			ids = append(ids, id)
		}
	}
	found, err := e.h.usersByID(ctx, ids)
	if err != nil {
		return err
	}
	for i, id := range e.users {
		u, ok := found[id]
		switch {
		case id == 0:
			e.warn("%s names no user", e.batch.Sessions[i].ID)
		case !ok:
			e.warn("user %d of %s is not known to the server", id, e.batch.Sessions[i].ID)
		}
		e.batch.Sessions[i].User = u.Username
	}
	return nil
}

func value(id *int) int {
	if id == nil {
		return 0
	}
	return *id
}

// at reads a time of the server. Times without any zone are in that of the instrument.
func (h *Harvester) at(text string, in nexuslims.Instrument) (time.Time, error) {
	t, guessed, err := h.clock.time(text, h.zoneOf(in))
	if guessed {
		h.guessed.Do(func() {
			h.log.Warn("the server's times have no zone; that of the instrument is used. Set "+h.setting(zoneVariable),
				"source", h.address.String())
		})
	}
	return t, err
}

// zoneOf returns the zone of an instrument, UTC where its name is unknown. Each is looked
// up once: that reads a file.
func (h *Harvester) zoneOf(in nexuslims.Instrument) *time.Location {
	if zone, ok := h.zones.Load(in.Timezone); ok {
		return zone.(*time.Location) //nolint:forcetypeassert // nothing else is stored
	}
	zone, err := in.Zone()
	if err != nil {
		zone = time.UTC
	}
	h.zones.Store(in.Timezone, zone)
	return zone
}
