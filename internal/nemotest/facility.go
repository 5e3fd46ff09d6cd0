package nemotest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nexuslims/nexuslims-go/internal/testdata"
)

// facility is the file from which real servers are seeded as well.
type facility struct {
	Server struct {
		Zone string `json:"time_zone"`
	} `json:"server"`
	Forms        map[string][]any `json:"forms"`
	Tools        []Row            `json:"tools"`
	Users        []Row            `json:"users"`
	Projects     []Row            `json:"projects"`
	Reservations []Row            `json:"reservations"`
	Events       []Row            `json:"usage_events"`
}

// Facility returns the facility that the tests with a real server are seeded with; now
// is the time that its relative times refer to.
func Facility(tb testing.TB, now time.Time) Site {
	tb.Helper()
	return ReadFacility(tb, filepath.Join(testdata.Root(), "internal", "realtest", "nemo", "facility.json"), now)
}

// ReadFacility reads a facility file.
func ReadFacility(tb testing.TB, path string, now time.Time) Site {
	tb.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	var f facility
	if err = json.Unmarshal(b, &f); err != nil {
		tb.Fatal(err)
	}
	zone, err := time.LoadLocation(f.Server.Zone)
	if err != nil {
		tb.Fatal(err)
	}
	for _, rows := range [][]Row{f.Reservations, f.Events} {
		for _, row := range rows {
			f.settle(row, now)
		}
	}
	for _, row := range f.Reservations {
		row["question_data"] = f.object(row["question_data"])
	}
	for _, row := range f.Events {
		for _, name := range []string{"pre_run_data", "run_data"} {
			row[name] = f.text(row[name])
		}
	}
	f.crossReference()
	return Site{
		Tools: f.Tools, Users: f.Users, Projects: f.Projects, Reservations: f.Reservations, Events: f.Events, Zone: zone,
	}
}

// settle makes times of "now-3d+2h".
func (f facility) settle(row Row, now time.Time) {
	for name, v := range row {
		text, ok := v.(string)
		if !ok || !isTime(name) || !strings.HasPrefix(text, "now") {
			continue
		}
		at := now
		units := map[string]time.Duration{"d": 24 * time.Hour, "h": time.Hour, "m": time.Minute, "s": time.Second}
		for _, m := range regexp.MustCompile(`([+-]\d+)([dhms])`).FindAllStringSubmatch(text, -1) {
			n, _ := strconv.Atoi(m[1]) // the pattern is a number
			at = at.Add(time.Duration(n) * units[m[2]])
		}
		row[name] = at
	}
}

// object returns what a reservation stores: {"form", "answers"} filled in, {"raw"} as it is.
func (f facility) object(v any) any {
	seed, _ := v.(map[string]any)
	switch {
	case seed == nil:
		return nil
	case seed["raw"] != nil:
		var data any
		raw, _ := seed["raw"].(string)
		if json.Unmarshal([]byte(raw), &data) != nil {
			return raw
		}
		return data
	}
	name, _ := seed["form"].(string)
	answers, _ := seed["answers"].(map[string]any)
	return fill(questions(f.Forms[name]), answers)
}

// text returns what a usage event stores.
func (f facility) text(v any) any {
	seed, _ := v.(map[string]any)
	switch {
	case seed == nil:
		return ""
	case seed["raw"] != nil:
		return seed["raw"]
	}
	data, _ := f.object(v).(map[string]any)
	return Encoded(data)
}

// crossReference fills in the lists that NEMO derives from users.
func (f facility) crossReference() {
	for _, u := range f.Users {
		if q, ok := u["qualified"]; ok {
			u["qualifications"] = q
		}
		projects, _ := u["projects"].([]any)
		for _, id := range projects {
			for _, p := range f.Projects {
				if p["id"] == id {
					users, _ := p["users"].([]any)
					p["users"] = append(users, u["id"])
				}
			}
		}
	}
}
