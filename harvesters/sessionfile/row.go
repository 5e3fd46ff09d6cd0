package sessionfile

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// row is one session of the file.
type row struct {
	line                             int
	ID, Instrument, User             string
	start, end                       moment
	consent                          nexuslims.Consent
	first, last, email               string
	title, purpose, project          string
	samples                          []nexuslims.Sample
	warnings                         []string
	reservationID, url, createdBy    string
	reservationStart, reservationEnd moment
}

// moment is an instant, or a wall time whose zone is that of the instrument.
type moment struct {
	time  time.Time
	naive bool
}

func (m moment) in(zone *time.Location) time.Time {
	if m.time.IsZero() || !m.naive {
		return m.time
	}
	t := m.time
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone)
}

func parseMoment(text string) (moment, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return moment{}, nil
	}
	text = strings.Replace(text, " ", "T", 1)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return moment{t, false}, nil
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05.999999999", "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			return moment{t, true}, nil
		}
	}
	return moment{}, fmt.Errorf("%q is no time such as 2024-05-06T09:00:00+02:00", text)
}

func (r row) session(zone *time.Location) nexuslims.Session {
	return nexuslims.Session{ID: r.ID, Instrument: r.Instrument, From: r.start.in(zone), To: r.end.in(zone), User: r.User}
}

func (r row) reservation(zone *time.Location) nexuslims.Reservation {
	res := nexuslims.Reservation{
		Consent: r.consent, Title: r.title, Purpose: r.purpose, ID: r.reservationID, URL: r.url,
		Username: r.User, FullName: harvesters.FullName(r.first, r.last, r.User), Email: r.email,
		FirstName: r.first, LastName: r.last, CreatedBy: r.createdBy,
		Start: r.reservationStart.in(zone), End: r.reservationEnd.in(zone),
		Samples: slices.Clone(r.samples), Warnings: slices.Clone(r.warnings),
	}
	if res.Start.IsZero() {
		res.Start = r.start.in(zone)
	}
	if res.End.IsZero() {
		res.End = r.end.in(zone)
	}
	if res.ID == "" {
		res.ID = r.ID
	}
	res.LastUpdated = res.Start
	if r.project != "" {
		res.Projects = []nexuslims.Project{{ID: r.project}}
	}
	return res
}
