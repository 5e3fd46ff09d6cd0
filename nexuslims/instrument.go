package nexuslims

import (
	"strings"
	"time"
)

// Instrument is one microscope as the database describes it.
type Instrument struct {
	PID           string // persistent id, the primary key: "FEI-Titan-TEM-635816"
	APIURL        string // address of the tool at its scheduler
	CalendarURL   string
	Location      string // building and room
	DisplayName   string // name shown in records
	PropertyTag   string
	FilestorePath string // folder below the root of instrument data, slash-separated
	Harvester     string // name of the harvester that knows its usage: "nemo"
	Timezone      string // IANA name of the zone that the instrument stands in
}

// Zone returns the instrument's time zone. An unknown name is an Invalid error.
func (i Instrument) Zone() (*time.Location, error) {
	if i.Timezone == "" {
		return nil, E(Invalid, "time zone of", i.PID, nil)
	}
	loc, err := time.LoadLocation(i.Timezone)
	if err != nil {
		return nil, E(Invalid, "time zone of", i.PID, err)
	}
	return loc, nil
}

// Folder returns FilestorePath as a clean path relative to the root of instrument
// data: "./Titan", "Titan" and "/Titan" are all "Titan".
func (i Instrument) Folder() string {
	parts := strings.FieldsFunc(i.FilestorePath, func(r rune) bool { return r == '/' })
	kept := parts[:0]
	for _, p := range parts {
		if p != "." {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "/")
}
