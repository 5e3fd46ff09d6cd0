package folder

import "github.com/nexuslims/nexuslims-go/nexuslims"

// valuesOf turns a record and the files of its datasets into JSON values.
func valuesOf(r nexuslims.Record, files copies) values {
	v := values{
		Title: r.Title, ID: r.ID, PID: r.PID, Ref: r.Ref,
		Experimenter: r.Experimenter, Collaborators: r.Collaborators,
		InstrumentPID: r.InstrumentPID, Instrument: r.InstrumentName,
		Start: stamp(r.Start), End: stamp(r.End), Motivation: r.Motivation,
		Activities: make([]activity, len(r.Activities)),
	}
	for _, s := range r.Samples {
		v.Samples = append(v.Samples, sample(s))
	}
	for _, p := range r.Projects {
		v.Projects = append(v.Projects, project(p))
	}
	for i, a := range r.Activities {
		v.Activities[i] = activity{
			Start: stamp(a.Start), SampleID: a.SampleID, Setup: paramsOf(a.Setup),
			Datasets: make([]dataset, len(a.Datasets)),
		}
		for j, d := range a.Datasets {
			v.Activities[i].Datasets[j] = datasetOf(d, files.at(i, j))
		}
	}
	return v
}

func datasetOf(d nexuslims.Dataset, c copied) dataset {
	v := dataset{
		Type: string(d.Type), Role: d.Role, Name: d.Name, Location: d.Location, Format: d.Format,
		Preview: c.Preview, Metadata: c.Metadata, Description: d.Description, Meta: paramsOf(d.Meta),
	}
	if d.Curation != nil {
		v.Rating, v.Featured = d.Curation.Rating, d.Curation.Featured
	}
	return v
}

func paramsOf(params []nexuslims.Param) []param {
	out := make([]param, len(params))
	for i, p := range params {
		out[i] = param{Name: p.Name, Value: p.Text, Unit: p.Unit, Warning: p.Warning}
	}
	return out
}
