package db

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// maxInstrumentFile bounds a file of instruments.
const maxInstrumentFile = 16 << 20

// ParseInstruments reads a list of instruments, of the format "csv" or "json". The
// columns of a CSV file, and the keys of the objects in a JSON list, are those of the
// instrument table; harvester may be left out and is "nemo" then, every other one is
// required and none besides them is allowed. Blanks around a text are removed. All faults
// are returned together as [InstrumentFaults].
func ParseInstruments(r io.Reader, format string) ([]nexuslims.Instrument, error) {
	const op = "read instruments"
	data, err := io.ReadAll(io.LimitReader(r, maxInstrumentFile+1))
	if err != nil {
		return nil, nexuslims.E(nexuslims.Transient, op, "", err)
	}
	if len(data) > maxInstrumentFile {
		return nil, nexuslims.E(nexuslims.Unsupported, op, "", errors.New("the file is larger than 16 MiB"))
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	var entries []entry
	var faults InstrumentFaults
	switch {
	case !utf8.Valid(data):
		faults = InstrumentFaults{{Reason: "the file is not UTF-8"}}
	case format == "csv":
		entries, faults = parseCSV(data)
	case format == "json":
		entries, faults = parseJSON(data)
	default:
		return nil, nexuslims.E(nexuslims.Unsupported, op, "", fmt.Errorf("no such format: %q (csv, json)", format))
	}
	list, more := assemble(entries)
	if faults = append(faults, more...); len(faults) > 0 {
		return nil, nexuslims.E(nexuslims.Invalid, op, "", faults)
	}
	return list, nil
}

// entry is one instrument as a file has it.
type entry struct {
	line   int
	fields map[string]string
}

// assemble makes instruments of entries and checks them.
func assemble(entries []entry) ([]nexuslims.Instrument, InstrumentFaults) {
	list := make([]nexuslims.Instrument, len(entries))
	for i, e := range entries {
		for _, c := range instrumentColumns() {
			*c.field(&list[i]) = strings.TrimSpace(e.fields[c.name])
		}
		if list[i].Harvester == "" {
			list[i].Harvester = "nemo"
		}
	}
	faults := checkInstruments(list)
	for i, f := range faults {
		faults[i].Line = entries[f.Row-1].line
	}
	return list, faults
}

// checkNames tells which names of columns are unknown, repeated or missing.
func checkNames(names []string, at InstrumentFault) (faults InstrumentFaults) {
	known := map[string]bool{}
	for _, c := range instrumentColumns() {
		known[c.name] = true
		if c.name != "harvester" && !slices.Contains(names, c.name) {
			faults = append(faults, InstrumentFault{at.Row, at.Line, c.name, "it is missing"})
		}
	}
	seen := map[string]bool{}
	for _, name := range names {
		switch {
		case !known[name]:
			faults = append(faults, InstrumentFault{at.Row, at.Line, "", fmt.Sprintf("unknown column %q", name)})
		case seen[name]:
			faults = append(faults, InstrumentFault{at.Row, at.Line, name, "it is there twice"})
		}
		seen[name] = true
	}
	return faults
}

func parseCSV(data []byte) (entries []entry, faults InstrumentFaults) {
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err != nil {
		return nil, InstrumentFaults{{Line: 1, Reason: "no header line with the names of the columns"}}
	}
	for i := range header {
		header[i] = strings.TrimSpace(header[i])
	}
	if faults = checkNames(header, InstrumentFault{Line: 1}); len(faults) > 0 {
		return nil, faults
	}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return entries, faults
		}
		if err != nil {
			var broken *csv.ParseError
			line := 0
			if errors.As(err, &broken) {
				line, err = broken.StartLine, broken.Err
			}
			return entries, append(faults, InstrumentFault{Line: line, Reason: err.Error()})
		}
		line, _ := r.FieldPos(0)
		if len(record) != len(header) {
			faults = append(faults, InstrumentFault{
				Line:   line,
				Reason: fmt.Sprintf("it has %d columns, the header has %d", len(record), len(header)),
			})
			continue
		}
		e := entry{line: line, fields: map[string]string{}}
		for i, name := range header {
			e.fields[name] = record[i]
		}
		entries = append(entries, e)
	}
}

// parseJSON reads a list of objects key by key, because a key that is there twice is a
// fault that a decoder into a map hides.
func parseJSON(data []byte) (entries []entry, faults InstrumentFaults) {
	d := json.NewDecoder(bytes.NewReader(data))
	broken := func(err error) ([]entry, InstrumentFaults) {
		line := 1 + bytes.Count(data[:min(int(d.InputOffset()), len(data))], []byte("\n"))
		return entries, append(faults, InstrumentFault{Line: line, Reason: err.Error()})
	}
	if err := expect(d, json.Delim('['), "a list of objects"); err != nil {
		return broken(err)
	}
	for row := 1; d.More(); row++ {
		e, found, err := parseObject(d, row)
		if err != nil {
			return broken(err)
		}
		faults = append(faults, found...)
		if len(found) == 0 {
			entries = append(entries, e)
		}
	}
	if err := expect(d, json.Delim(']'), "the end of the list"); err != nil {
		return broken(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return broken(errors.New("something follows the list"))
	}
	return entries, faults
}

func expect(d *json.Decoder, delim json.Delim, what string) error {
	token, err := d.Token()
	if err != nil {
		return fmt.Errorf("%s is expected: %w", what, err)
	}
	if token != delim {
		return fmt.Errorf("%s is expected", what)
	}
	return nil
}

func parseObject(d *json.Decoder, row int) (e entry, faults InstrumentFaults, err error) {
	if err := expect(d, json.Delim('{'), "an object"); err != nil {
		return e, nil, err
	}
	e.fields = map[string]string{}
	var names []string
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return e, nil, err
		}
		name, _ := token.(string)
		names = append(names, name)
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return e, nil, err
		}
		var text *string
		if err := json.Unmarshal(raw, &text); err != nil || text == nil {
			faults = append(faults, InstrumentFault{Row: row, Column: name, Reason: "it must be a text"})
			continue
		}
		e.fields[name] = *text
	}
	faults = append(checkNames(names, InstrumentFault{Row: row}), faults...)
	return e, faults, expect(d, json.Delim('}'), "the end of the object")
}
