package folder

import (
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// dataTypeName is the parameter that says what was done.
const dataTypeName = "Data Type"

type activityView struct {
	Number     int
	Start      string
	Contents   []string
	Sample     string // number of the sample
	SampleName string
	Setup      []nexuslims.Param
	Datasets   []datasetView
	Warnings   int
}

type datasetView struct {
	nexuslims.Dataset
	Anchor   string
	Class    string
	Label    string
	Kind     string // format
	Time     string
	Contents string
	Files    copied
	Stars    string
	Featured bool
	Warnings int
}

func activityOf(i int, a nexuslims.Activity, samples []nexuslims.Sample, files copies) activityView {
	v := activityView{
		Number: i + 1, Contents: contentsOf(a), Sample: sampleNumber(a.SampleID, samples),
		Setup: shown(a.Setup), Warnings: warned(a.Setup),
	}
	if n, err := strconv.Atoi(v.Sample); err == nil {
		v.SampleName = samples[n-1].Name
	}
	if !a.Start.IsZero() {
		v.Start = a.Start.Format("2 Jan 2006, 15:04")
	}
	for j, d := range a.Datasets {
		view := datasetViewOf(d, a.Setup, files.at(i, j))
		view.Anchor = "d" + strconv.Itoa(i+1) + "-" + strconv.Itoa(j+1)
		v.Warnings += view.Warnings
		v.Datasets = append(v.Datasets, view)
	}
	return v
}

func datasetViewOf(d nexuslims.Dataset, setup []nexuslims.Param, files copied) datasetView {
	v := datasetView{
		Dataset: d, Class: typeClass(d.Type), Label: typeLabel(d.Type), Kind: formatOf(d), Files: files,
		Time: takenAt(d, setup), Contents: words(valueOf(d.Meta, dataTypeName)), Warnings: warned(d.Meta),
	}
	v.Meta = shown(d.Meta)
	if v.Name == "" {
		v.Name = path.Base(d.Location)
	}
	if c := d.Curation; c != nil {
		if c.Rating != nil && *c.Rating > 0 {
			v.Stars = strings.Repeat("★", min(*c.Rating, 5))
		}
		v.Featured = c.Featured != nil && *c.Featured
	}
	return v
}

// contentsOf lists what was done in an activity: the shared data type, else those of the
// datasets.
func contentsOf(a nexuslims.Activity) []string {
	if shared := valueOf(a.Setup, dataTypeName); shared != "" {
		return []string{words(shared)}
	}
	var out []string
	for _, d := range a.Datasets {
		out = append(out, words(valueOf(d.Meta, dataTypeName)))
	}
	return unique(out)
}

// words shows a data type with blanks: "TEM_Imaging" is "TEM Imaging".
func words(dataType string) string { return strings.ReplaceAll(dataType, "_", " ") }

func valueOf(params []nexuslims.Param, name string) string {
	for _, p := range params {
		if p.Name == name {
			return p.Text
		}
	}
	return ""
}

// shown returns parameters as people read them.
func shown(params []nexuslims.Param) []nexuslims.Param {
	out := make([]nexuslims.Param, len(params))
	for i, p := range params {
		if p.Name == dataTypeName {
			p.Text = words(p.Text)
		}
		out[i] = p
	}
	return out
}

func warned(params []nexuslims.Param) (n int) {
	for _, p := range params {
		if p.Warning {
			n++
		}
	}
	return n
}

// takenAt returns when a dataset was made: by its metadata, else by its file.
func takenAt(d nexuslims.Dataset, setup []nexuslims.Param) string {
	for _, text := range []string{valueOf(d.Meta, "Creation Time"), valueOf(setup, "Creation Time")} {
		if t, err := time.Parse(time.RFC3339, text); err == nil {
			return t.Format("2 Jan 2006, 15:04")
		}
	}
	if d.Time.IsZero() {
		return ""
	}
	return d.Time.Format("2 Jan 2006, 15:04")
}
