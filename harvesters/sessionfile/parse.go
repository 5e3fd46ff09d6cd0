package sessionfile

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// maxFile bounds the file, in bytes.
const maxFile = 64 << 20

// columns lists the names that a file may have; required ones must be there.
func columns() (known, required []string) {
	required = []string{"session_id", "instrument", "start", "end", "user", "consent"}
	known = append(slices.Clone(required), "first_name", "last_name", "email", "title", "purpose", "project", "samples",
		"reservation_id", "url", "created_by", "reservation_start", "reservation_end")
	return known, required
}

// record is one session as the file has it.
type record struct {
	line   int
	values map[string]string
}

// parseFile reads a file. Faulty sessions are left out and told in bad.
func parseFile(path string) (rows []row, bad []string, err error) {
	fault := func(err error) error { return nexuslims.E(nexuslims.Invalid, "read session file", path, err) }
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, nexuslims.E(nexuslims.Transient, "read session file", path, err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, nil, fault(fmt.Errorf("not a regular file of at most %d bytes", maxFile))
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, nexuslims.E(nexuslims.Transient, "read session file", path, err)
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	var records []record
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv":
		records, err = readCSV(b)
	case ".json":
		records, err = readJSON(b)
	default:
		err = errors.New("the name must end in .csv or .json")
	}
	if err != nil {
		return nil, nil, fault(err)
	}
	rows, bad = parseAll(records)
	return rows, bad, nil
}

func parseAll(records []record) (rows []row, bad []string) {
	rows = []row{}
	seen := map[string]int{}
	for _, rec := range records {
		r, faults := parseRow(rec)
		if first, again := seen[r.ID]; again && r.ID != "" {
			faults = append(faults, fmt.Sprintf("column session_id: %q stands in line %d already", r.ID, first))
		}
		if len(faults) > 0 {
			bad = append(bad, fmt.Sprintf("line %d is left out: %s", rec.line, strings.Join(faults, "; ")))
			continue
		}
		seen[r.ID] = rec.line
		rows = append(rows, r)
	}
	return rows, bad
}

func readCSV(b []byte) ([]record, error) {
	r := csv.NewReader(bytes.NewReader(b))
	header, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("header line: %w", err)
	}
	for i := range header {
		header[i] = strings.TrimSpace(header[i])
	}
	if err := checkNames(header); err != nil {
		return nil, err
	}
	var records []record
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return records, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		rec := record{line, map[string]string{}}
		for i, c := range cells {
			rec.values[header[i]] = c
		}
		records = append(records, rec)
	}
}

func checkNames(names []string) error {
	known, required := columns()
	var faults []string
	for i, n := range names {
		if !slices.Contains(known, n) {
			faults = append(faults, fmt.Sprintf("unknown column %q", n))
		}
		if slices.Contains(names[:i], n) {
			faults = append(faults, fmt.Sprintf("column %q stands twice", n))
		}
	}
	for _, n := range required {
		if !slices.Contains(names, n) {
			faults = append(faults, fmt.Sprintf("column %q is missing", n))
		}
	}
	if faults != nil {
		return errors.New(strings.Join(faults, "; "))
	}
	return nil
}

// readJSON reads an array of objects; the line is the position, from 1.
func readJSON(b []byte) ([]record, error) {
	var objects []map[string]json.RawMessage
	if err := json.Unmarshal(b, &objects); err != nil {
		return nil, fmt.Errorf("not a JSON array of objects: %w", err)
	}
	records := make([]record, len(objects))
	for i, o := range objects {
		names := make([]string, 0, len(o))
		rec := record{i + 1, map[string]string{}}
		for name, raw := range o {
			names = append(names, name)
			rec.values[name] = plain(raw)
		}
		slices.Sort(names)
		if err := checkNames(names); err != nil {
			return nil, fmt.Errorf("session %d: %w", i+1, err)
		}
		records[i] = rec
	}
	return records, nil
}

// plain is the text of a JSON value: strings without quotes, null as nothing.
func plain(raw json.RawMessage) string {
	var s string
	switch {
	case json.Unmarshal(raw, &s) == nil:
		return s
	case string(raw) == "null":
		return ""
	}
	return string(raw)
}

func parseRow(rec record) (row, []string) {
	v := func(name string) string { return strings.TrimSpace(rec.values[name]) }
	r := row{
		line: rec.line, ID: v("session_id"), Instrument: v("instrument"), User: v("user"),
		first: v("first_name"), last: v("last_name"), email: v("email"), title: v("title"), purpose: v("purpose"),
		project: v("project"), reservationID: v("reservation_id"), url: v("url"), createdBy: v("created_by"),
	}
	var faults []string
	for _, name := range []string{"session_id", "instrument", "start", "user"} {
		if v(name) == "" {
			faults = append(faults, "column "+name+": is empty")
		}
	}
	moments := map[string]*moment{
		"start": &r.start, "end": &r.end, "reservation_start": &r.reservationStart, "reservation_end": &r.reservationEnd,
	}
	for _, name := range []string{"start", "end", "reservation_start", "reservation_end"} {
		m, err := parseMoment(rec.values[name])
		if err != nil {
			faults = append(faults, "column "+name+": "+err.Error())
		}
		*moments[name] = m
	}
	if !r.end.time.IsZero() && r.start.naive == r.end.naive && r.end.time.Before(r.start.time) {
		faults = append(faults, "column end: lies before the start")
	}
	if word := v("consent"); word != "" {
		if r.consent = harvesters.ConsentOf(word); r.consent == nexuslims.ConsentUnknown {
			faults = append(faults, fmt.Sprintf("column consent: %q is neither yes nor no", word))
		}
	}
	var err error
	if r.samples, r.warnings, err = parseSamples(v("samples")); err != nil {
		faults = append(faults, "column samples: "+err.Error())
	}
	return r, faults
}

func parseSamples(text string) (samples []nexuslims.Sample, warnings []string, err error) {
	if text == "" {
		return nil, nil, nil
	}
	var list []struct {
		Name        string   `json:"name"`
		PID         string   `json:"pid"`
		Description string   `json:"description"`
		Elements    []string `json:"elements"`
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&list); err != nil {
		return nil, nil, fmt.Errorf(`not a JSON array such as [{"name": "Ni foil", "elements": ["Ni"]}]: %w`, err)
	}
	for _, s := range list {
		sample := nexuslims.Sample{Ref: s.PID, Name: s.Name, Description: s.Description}
		if s.Elements != nil {
			found, unknown := harvesters.Elements(s.Elements)
			sample.Elements = append([]string{}, found...)
			for _, u := range unknown {
				warnings = append(warnings, fmt.Sprintf("%q is no chemical element and is left out", u))
			}
		}
		samples = append(samples, sample)
	}
	return samples, warnings, nil
}
