package nemo

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Reservation implements harvesters.Harvester. Each question is answered by the newest
// form that answers it: after the use, before it, the reservation.
func (h *Harvester) Reservation(ctx context.Context, s nexuslims.Session, in nexuslims.Instrument) (nexuslims.Reservation, error) {
	res, err := h.reservation(ctx, s, in)
	if errors.Is(err, errUnknownRelation) {
		h.tools.forget()
		res, err = h.reservation(ctx, s, in)
	}
	return res, err
}

func (h *Harvester) reservation(ctx context.Context, s nexuslims.Session, in nexuslims.Instrument) (nexuslims.Reservation, error) {
	r := &resolution{h: h, session: s, instrument: in}
	for _, step := range []func(context.Context) error{r.findEvent, r.findBooking, r.findPeople} {
		if err := step(ctx); err != nil {
			return nexuslims.Reservation{}, err
		}
	}
	return r.answer()
}

// resolution is one call of Reservation.
type resolution struct {
	h          *Harvester
	session    nexuslims.Session
	instrument nexuslims.Instrument
	event      *usage
	forms      []form // of the event, then of the booking; the newest first
	booking    *candidate
	user       user // of the event
	people     map[int]user
	warnings   []string
}

// candidate is a reservation that overlaps the session.
type candidate struct {
	booking
	start, end time.Time
	overlap    time.Duration
	own        bool
}

func (r *resolution) findEvent(ctx context.Context) (err error) {
	id, ok := r.h.address.event(r.session.ID)
	if !ok {
		return nil
	}
	if r.event, err = r.h.usageByID(ctx, id); err != nil {
		return err
	}
	if r.event == nil {
		r.warn("usage event %d does not exist any more; only reservations were looked at", id)
		return nil
	}
	r.addForm("answers after the use", r.event.Run, false)
	r.addForm("answers before the use", r.event.PreRun, false)
	return nil
}

func (r *resolution) warn(format string, args ...any) {
	r.warnings = append(r.warnings, fmt.Sprintf(format, args...))
}

// form is what was answered in one place.
type form struct {
	answers
	booked bool // in the reservation, not with the use
}

func (r *resolution) addForm(where string, raw json.RawMessage, booked bool) {
	a, err := parseAnswers(raw)
	if err != nil {
		r.warn("%s: %v", where, err)
	}
	r.forms = append(r.forms, form{a, booked})
}

// consent returns the newest answer to the consent question, and the form that has it.
func (r *resolution) consent() (nexuslims.Consent, form) {
	for _, f := range r.forms {
		if c := f.consent(); c != nexuslims.ConsentUnknown {
			return c, f
		}
	}
	return nexuslims.ConsentUnknown, form{booked: true}
}

// findBooking chooses among the reservations that overlap the session: the user's own
// first, then by overlap, later start, lower id.
//
// A use whose own answers refuse needs none.
func (r *resolution) findBooking(ctx context.Context) error {
	if c, _ := r.consent(); c == nexuslims.ConsentDenied {
		return nil
	}
	list, err := r.candidates(ctx)
	if err != nil || len(list) == 0 {
		return err
	}
	slices.SortFunc(list, func(a, b candidate) int {
		if a.own != b.own {
			if a.own {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.overlap, a.overlap), b.start.Compare(a.start), cmp.Compare(a.ID, b.ID))
	})
	r.booking = &list[0]
	r.addForm(fmt.Sprintf("answers of reservation %d", list[0].ID), list[0].Questions, true)
	return nil
}

func (r *resolution) candidates(ctx context.Context) ([]candidate, error) {
	tools, err := r.tools(ctx)
	if err != nil || len(tools) == 0 || !r.session.To.After(r.session.From) {
		return nil, err
	}
	zone, margin := r.h.zoneOf(r.instrument), r.h.clock.margin()
	raw, err := r.h.client.list(ctx, reservationsEndpoint, url.Values{
		"tool_id__in": {join(tools)}, "cancelled": {"false"}, "fields": {bookingFields},
		"start__lt": {r.h.clock.before(r.session.To.Add(margin), zone)},
		"end__gt":   {r.h.clock.ask(r.session.From.Add(-margin), zone)},
	})
	if err != nil {
		return nil, err
	}
	rows, warnings := decodeRows[booking](raw, "reservation")
	r.warnings = append(r.warnings, warnings...)
	owner, err := r.owner(ctx)
	if err != nil {
		return nil, err
	}
	var list []candidate
	for _, b := range rows {
		if c, ok := r.candidate(b, owner); ok {
			list = append(list, c)
		}
	}
	return list, nil
}

// tools returns the ids under which the instrument is booked: its own, and that of the
// tool whose alternate it is.
func (r *resolution) tools(ctx context.Context) ([]int, error) {
	id, ok := r.h.address.tool(r.instrument.APIURL)
	if !ok {
		return nil, nil
	}
	known, err := r.h.allTools(ctx)
	if err != nil {
		return nil, err
	}
	t, ok := known[id]
	if !ok {
		r.warn("the server has no tool %d any more", id)
		return nil, nil
	}
	ids := []int{id}
	if t.Parent != nil {
		if _, ok := known[*t.Parent]; ok {
			ids = append(ids, *t.Parent)
		}
	}
	return ids, nil
}

// owner returns the id of the session's user, 0 when it is not known.
func (r *resolution) owner(ctx context.Context) (int, error) {
	if r.event != nil && r.event.User != nil {
		return *r.event.User, nil
	}
	u, err := r.h.userNamed(ctx, r.session.User)
	r.user = u
	return u.ID, err
}

func (r *resolution) candidate(b booking, owner int) (candidate, bool) {
	if b.Cancelled || b.Missed || b.Start == nil || b.End == nil {
		return candidate{}, false
	}
	start, err := r.h.at(*b.Start, r.instrument)
	if err == nil {
		var end time.Time
		if end, err = r.h.at(*b.End, r.instrument); err == nil {
			overlap := earlier(end, r.session.To).Sub(later(start, r.session.From))
			return candidate{b, start, end, overlap, owner != 0 && value(b.User) == owner}, overlap > 0
		}
	}
	r.warn("reservation %d is left out: %v", b.ID, err)
	return candidate{}, false
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// findPeople asks for everybody concerned, at once.
func (r *resolution) findPeople(ctx context.Context) (err error) {
	var ids []int
	add := func(id *int) {
		if id != nil {
			ids = append(ids, *id)
		}
	}
	if r.event != nil {
		add(r.event.User)
		add(r.event.Operator)
	}
	if r.booking != nil {
		add(r.booking.User)
		add(r.booking.Creator)
	}
	if r.people, err = r.h.usersByID(ctx, ids); err != nil {
		return err
	}
	if r.event != nil && r.event.User != nil {
		r.user = r.people[*r.event.User]
	} else if r.user.ID == 0 {
		r.user, err = r.h.userNamed(ctx, r.session.User)
	}
	return err
}

// answer puts the reservation together.
func (r *resolution) answer() (nexuslims.Reservation, error) {
	res := nexuslims.Reservation{
		Username: cmp.Or(r.user.Username, r.session.User), FirstName: r.user.First, LastName: r.user.Last, Email: r.user.Email,
	}
	res.FullName = harvesters.FullName(res.FirstName, res.LastName, res.Username)
	var source form
	if res.Consent, source = r.consent(); res.Consent == nexuslims.ConsentUnknown && r.booking == nil {
		return res, nexuslims.E(nexuslims.NoReservation, "find reservation of", r.session.ID, nil)
	}
	if source.booked {
		r.describeBooking(&res)
	} else {
		r.describeEvent(&res)
	}
	lent := r.fill(&res) || source.booked
	if r.booking != nil && !r.booking.own && lent {
		owner := r.people[value(r.booking.User)]
		r.warn("reservation %d of %s was used for the session of %s", r.booking.ID,
			cmp.Or(harvesters.FullName(owner.First, owner.Last, owner.Username), "somebody else"), cmp.Or(res.FullName, "an unknown user"))
	}
	res.Warnings = r.warnings
	return res, nil
}

// fill merges the answers question by question, and reports whether any of them is that
// of the reservation.
func (r *resolution) fill(res *nexuslims.Reservation) (booked bool) {
	first := func(name string) string {
		for _, f := range r.forms {
			if text := f.text(name); text != "" {
				booked = booked || f.booked
				return text
			}
		}
		return ""
	}
	res.Title, res.Purpose = first("experiment_title"), first("experiment_purpose")
	if id := first("project_id"); id != "" {
		res.Projects = []nexuslims.Project{{ID: id}}
	}
	for _, f := range r.forms {
		samples, warnings := f.samples()
		r.warnings = append(r.warnings, warnings...)
		if len(samples) > 0 {
			res.Samples = samples
			return booked || f.booked
		}
	}
	return booked
}

// describeEvent takes times, page and people from the usage event.
func (r *resolution) describeEvent(res *nexuslims.Reservation) {
	res.ID, res.URL = strconv.Itoa(r.event.ID), r.h.address.page("usage", r.event.ID)
	res.Start, res.End = r.session.From, r.session.To
	if r.event.Start != nil {
		if t, err := r.h.at(*r.event.Start, r.instrument); err == nil {
			res.Start = t
		}
	}
	if r.event.End != nil {
		if t, err := r.h.at(*r.event.End, r.instrument); err == nil {
			res.End = t
		}
	}
	res.LastUpdated = res.Start
	creator := value(r.event.Operator)
	if creator == 0 {
		creator = value(r.event.User)
	}
	res.CreatedBy = r.people[creator].Username
}

// describeBooking takes them from the reservation.
func (r *resolution) describeBooking(res *nexuslims.Reservation) {
	b := r.booking
	res.ID, res.URL = strconv.Itoa(b.ID), r.h.address.page("reservation", b.ID)
	res.Start, res.End, res.LastUpdated = b.start, b.end, b.start
	if b.Created != nil {
		if t, err := r.h.at(*b.Created, r.instrument); err == nil {
			res.LastUpdated = t
		}
	}
	res.CreatedBy = r.people[cmp.Or(value(b.Creator), value(b.User))].Username
}
