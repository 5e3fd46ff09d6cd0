package db

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// InstrumentFault is one thing wrong with a list of instruments.
type InstrumentFault struct {
	Row    int    // position in the list, from 1; 0 concerns the whole file
	Line   int    // in a CSV file, from 1; 0 when not known
	Column string // as in the instrument table; may be empty
	Reason string
}

// Error returns the fault in one line.
func (f InstrumentFault) Error() string {
	var b strings.Builder
	if f.Row > 0 {
		fmt.Fprintf(&b, "instrument %d", f.Row)
		if f.Line > 0 {
			fmt.Fprintf(&b, " (line %d)", f.Line)
		}
		b.WriteString(", ")
	} else if f.Line > 0 {
		fmt.Fprintf(&b, "line %d, ", f.Line)
	}
	if f.Column != "" {
		fmt.Fprintf(&b, "column %s: ", f.Column)
	}
	return b.String() + f.Reason
}

// InstrumentFaults are all faults of a list of instruments.
type InstrumentFaults []InstrumentFault

// Error lists the faults, one a line.
func (fs InstrumentFaults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// ErrorKind returns Invalid.
func (fs InstrumentFaults) ErrorKind() nexuslims.Kind { return nexuslims.Invalid }

// column is one column of the instrument table, which is also one of import files.
type column struct {
	name  string
	limit int // longest text in characters; 0 is no limit
	field func(*nexuslims.Instrument) *string
	check func(text string) string // reason why a text that is not empty is refused
}

// instrumentColumns lists the columns in the order of the table.
func instrumentColumns() []column {
	return []column{
		{"instrument_pid", 100, func(in *nexuslims.Instrument) *string { return &in.PID }, checkPID},
		{"api_url", 0, func(in *nexuslims.Instrument) *string { return &in.APIURL }, checkAddress},
		{"calendar_url", 0, func(in *nexuslims.Instrument) *string { return &in.CalendarURL }, checkAddress},
		{"location", 100, func(in *nexuslims.Instrument) *string { return &in.Location }, nil},
		{"display_name", 0, func(in *nexuslims.Instrument) *string { return &in.DisplayName }, nil},
		{"property_tag", 20, func(in *nexuslims.Instrument) *string { return &in.PropertyTag }, nil},
		{"filestore_path", 0, func(in *nexuslims.Instrument) *string { return &in.FilestorePath }, checkFolder},
		{"harvester", 0, func(in *nexuslims.Instrument) *string { return &in.Harvester }, checkHarvester},
		{"timezone", 0, func(in *nexuslims.Instrument) *string { return &in.Timezone }, checkZone},
	}
}

// CheckInstrument lists what is wrong with an instrument by itself.
func CheckInstrument(in nexuslims.Instrument) InstrumentFaults { return checkColumns(in, 0) }

func checkColumns(in nexuslims.Instrument, row int) (faults InstrumentFaults) {
	for _, c := range instrumentColumns() {
		if reason := c.refusal(*c.field(&in)); reason != "" {
			faults = append(faults, InstrumentFault{Row: row, Column: c.name, Reason: reason})
		}
	}
	return faults
}

func (c column) refusal(text string) string {
	switch {
	case text == "":
		return "it must not be empty"
	case !utf8.ValidString(text):
		return "it is not valid UTF-8"
	case strings.TrimSpace(text) != text:
		return "it must not begin or end with a blank"
	case strings.ContainsFunc(text, unicode.IsControl):
		return "it must not contain control characters or line breaks"
	case c.limit > 0 && utf8.RuneCountInString(text) > c.limit:
		return fmt.Sprintf("it must not be longer than %d characters", c.limit)
	case c.check == nil:
		return ""
	}
	return c.check(text)
}

func checkPID(text string) string {
	if strings.ContainsAny(text, `/\:*?"<>|`) {
		return fmt.Sprintf("%q cannot be part of a file name, which the records need", text)
	}
	return ""
}

func checkAddress(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Sprintf("%q is not an http or https address", text)
	}
	if u.User != nil {
		return "it must not contain a user name or password"
	}
	return ""
}

var drive = regexp.MustCompile(`^[A-Za-z]:`)

func checkFolder(text string) string {
	clean := path.Clean(text)
	switch {
	case strings.HasPrefix(text, "/"), strings.HasPrefix(text, `\`), drive.MatchString(text):
		return fmt.Sprintf("%q must be relative to the root of instrument data", text)
	case strings.Contains(text, `\`):
		return fmt.Sprintf("%q must be written with / between folders", text)
	case clean == ".":
		return fmt.Sprintf("%q is the root of instrument data itself", text)
	case slices.Contains(strings.Split(text, "/"), ".."):
		return fmt.Sprintf("%q must stay inside the root of instrument data", text)
	}
	return ""
}

var harvesterName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func checkHarvester(text string) string {
	if !harvesterName.MatchString(text) {
		return fmt.Sprintf("%q is not the name of a harvester, such as nemo", text)
	}
	return ""
}

func checkZone(text string) string {
	if _, err := (nexuslims.Instrument{Timezone: text}).Zone(); err != nil || text == "Local" {
		return fmt.Sprintf("%q is not an IANA time zone, such as Europe/Berlin", text)
	}
	return ""
}

// checkInstruments lists what is wrong within a list.
func checkInstruments(list []nexuslims.Instrument) (faults InstrumentFaults) {
	pids, addresses := map[string]int{}, map[string]int{}
	for i, in := range list {
		row := i + 1
		faults = append(faults, checkColumns(in, row)...)
		faults = append(faults, repeated(pids, "instrument_pid", in.PID, row)...)
		faults = append(faults, repeated(addresses, "api_url", in.APIURL, row)...)
	}
	return faults
}

func repeated(seen map[string]int, column, text string, row int) InstrumentFaults {
	if text == "" {
		return nil
	}
	if first, again := seen[text]; again {
		reason := fmt.Sprintf("%q is that of instrument %d too", text, first)
		return InstrumentFaults{{Row: row, Column: column, Reason: reason}}
	}
	seen[text] = row
	return nil
}

// checkAgainst lists what in a list contradicts the table.
func checkAgainst(list, present []nexuslims.Instrument, o ImportOptions) (faults InstrumentFaults) {
	addresses := map[string]string{}
	for _, in := range present {
		addresses[in.APIURL] = in.PID
	}
	leaving := map[string]bool{} // addresses that the list takes from their instrument
	for _, in := range list {
		for _, old := range present {
			if old.PID == in.PID && old.APIURL != in.APIURL {
				leaving[old.APIURL] = true
			}
		}
	}
	for i, in := range list {
		known := slices.ContainsFunc(present, func(p nexuslims.Instrument) bool { return p.PID == in.PID })
		if known && !o.Update {
			faults = append(faults, InstrumentFault{
				Row: i + 1, Column: "instrument_pid",
				Reason: fmt.Sprintf("%q is in the table already; allow updates to change it", in.PID),
			})
		}
		if owner, taken := addresses[in.APIURL]; taken && owner != in.PID && !leaving[in.APIURL] {
			faults = append(faults, InstrumentFault{
				Row: i + 1, Column: "api_url",
				Reason: fmt.Sprintf("%q is the address of %s in the table", in.APIURL, owner),
			})
		}
	}
	return faults
}
