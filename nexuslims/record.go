package nexuslims

import "time"

// Record is one visit to a microscope: what the XML document says, as values.
type Record struct {
	Title             string
	ID                string // id of the reservation or usage event
	PID               string // persistent id of the record, given by the front end; empty when built
	Ref               string // page of the reservation or usage event
	Experimenter      string
	Collaborators     []string // added by people in the front end
	InstrumentPID     string
	InstrumentName    string
	Start, End        time.Time // of the reservation; zero when unknown
	Motivation        string
	Samples           []Sample
	Projects          []Project
	Activities        []Activity
	SessionIdentifier string // identifier of the session; not part of the XML
}

// Activity is a group of datasets acquired close in time, with the parameters that
// all of them share.
type Activity struct {
	Start    time.Time
	SampleID string
	Setup    []Param
	Datasets []Dataset
}

// DatasetType is what a signal is, by the closed list of the experiment schema.
type DatasetType string

// The types of dataset.
const (
	Image         DatasetType = "Image"
	Spectrum      DatasetType = "Spectrum"
	SpectrumImage DatasetType = "SpectrumImage"
	Diffraction   DatasetType = "Diffraction"
	Misc          DatasetType = "Misc"
	UnknownType   DatasetType = "Unknown"
)

// DatasetTypes lists the types.
func DatasetTypes() []DatasetType {
	return []DatasetType{Image, Spectrum, SpectrumImage, Diffraction, Misc, UnknownType}
}

// Valid reports whether t is one of the list.
func (t DatasetType) Valid() bool {
	switch t {
	case Image, Spectrum, SpectrumImage, Diffraction, Misc, UnknownType:
		return true
	}
	return false
}

// Dataset is one signal of one file.
//
// Location and Preview are slash-separated paths relative to the root of instrument
// data and of the data tree; their percent-encoded form stands in the XML.
type Dataset struct {
	Type        DatasetType
	Role        string // "Experimental" unless a person changed it
	Name        string // base name of the file, with " (i of k)" when it holds k signals
	Location    string
	Format      string // short name of the format: "DM3"
	Preview     string // empty when there is none
	Signal      int    // index of the signal in its file, from 0
	Signals     int    // how many signals the file holds
	Meta        []Param
	Description string    // written by people
	Curation    *Curation // written by people
	Time        time.Time // modification time of the file; not part of the XML
	Size        int64     // size of the file in bytes; not part of the XML
}

// Curation is what people made of a dataset in the front end.
type Curation struct {
	Rating   *int // 1 to 5
	Featured *bool
}

// Param is one parameter in the form that stands in a record: text, unit symbol, mark.
type Param struct {
	Name    string
	Text    string
	Unit    string // symbol; empty when the value has none
	Warning bool   // the value may be wrong
}
