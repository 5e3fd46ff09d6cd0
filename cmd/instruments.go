package cmd

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func (p Process) instrumentsCommand() *cli.Command {
	return &cli.Command{
		Name:  "instruments",
		Usage: "the instruments of the database",
		Subcommands: []*cli.Command{
			{
				Name:  "list",
				Usage: "list the instruments",
				Flags: []cli.Flag{
					&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Value: "table", Usage: "`FORMAT`: table or json"},
					&cli.BoolFlag{Name: "json", Usage: "the same as --format json"},
				},
				Action: p.instrumentsList,
			},
			{
				Name:      "import",
				Usage:     "add the instruments of a CSV or JSON file: all of them, or none and every reason",
				ArgsUsage: "FILE",
				Flags: []cli.Flag{
					&cli.BoolFlag{Name: "update", Usage: "change instruments that exist already"},
					&cli.BoolFlag{Name: "json", Usage: "print the result as JSON"},
				},
				Action: p.instrumentsImport,
			},
		},
		Flags:  []cli.Flag{versionFlag()},
		Action: p.group,
	}
}

// listed is one instrument of the list; the names are those of the Python program.
type listed struct {
	PID         string  `json:"instrument_pid"`
	DisplayName string  `json:"display_name"`
	Location    string  `json:"location"`
	APIURL      string  `json:"api_url"`
	Harvester   string  `json:"harvester"`
	Sessions    int     `json:"sessions_total"`
	Last        *string `json:"last_session"`
	shown       string
}

func (p Process) instrumentsList(c *cli.Context) error {
	format := c.String("format")
	if c.Bool("json") {
		format = "json"
	}
	if format != "table" && format != "json" {
		return usage("--format takes table or json, not %q", format)
	}
	s, err := p.openDatabase(c)
	if err != nil {
		return err
	}
	defer s.close()
	ins, err := s.store.Instruments(c.Context)
	if err != nil {
		return err
	}
	use, err := s.store.InstrumentUse(c.Context)
	if err != nil {
		return err
	}
	rows := make([]listed, len(ins))
	for i, in := range ins {
		rows[i] = listing(in, use[in.PID])
	}
	if format == "json" {
		return printJSON(p.Out, rows)
	}
	_, err = io.WriteString(p.Out, instrumentTable(rows))
	return err
}

func listing(in nexuslims.Instrument, use db.Use) listed {
	row := listed{
		PID: in.PID, DisplayName: in.DisplayName, Location: in.Location, APIURL: in.APIURL,
		Harvester: in.Harvester, Sessions: use.Sessions, shown: "—",
	}
	if use.Last.IsZero() {
		return row
	}
	zone, err := in.Zone()
	if err != nil {
		zone = time.UTC
	}
	last := use.Last.In(zone)
	text := last.Format(time.RFC3339)
	row.Last, row.shown = &text, last.Format("2006-01-02 15:04 MST")
	return row
}

func instrumentTable(rows []listed) string {
	if len(rows) == 0 {
		return "The database has no instruments; add them with nexuslims instruments import FILE.\n"
	}
	cells := [][]string{{"ID", "Display Name", "Location", "API URL", "Sessions", "Last Session"}}
	for _, r := range rows {
		cells = append(cells, []string{r.PID, r.DisplayName, r.Location, middleCut(r.APIURL), fmt.Sprint(r.Sessions), r.shown})
	}
	return fmt.Sprintf("Instruments (%d)\n", len(rows)) + columns(cells, 4)
}

// middleCut shortens an address and keeps both ends.
func middleCut(s string) string {
	r := []rune(s)
	if len(r) <= 22 {
		return s
	}
	return string(r[:10]) + "…" + string(r[len(r)-11:])
}

// columns aligns cells; the column numbered right is aligned to the right.
func columns(rows [][]string, right int) string {
	width := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, c := range row {
			width[i] = max(width[i], len([]rune(c)))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for i, c := range row {
			pad := strings.Repeat(" ", width[i]-len([]rune(c)))
			if i == right {
				c = pad + c
			} else {
				c += pad
			}
			line.WriteString(c + "  ")
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

func printJSON(w io.Writer, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", b)
	return err
}

func (p Process) instrumentsImport(c *cli.Context) error {
	if c.NArg() != 1 {
		return usage("instruments import takes one FILE")
	}
	path, err := p.existing(c.Args().First())
	if err != nil {
		return err
	}
	format := strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))
	if format != "csv" && format != "json" {
		return usage("instruments import reads .csv and .json files")
	}
	s, err := p.openDatabase(c)
	if err != nil {
		return err
	}
	defer s.close()
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	ins, err := db.ParseInstruments(f, format)
	if err != nil {
		return err
	}
	result, err := s.store.ImportInstruments(c.Context, ins, db.ImportOptions{Update: c.Bool("update")})
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return printJSON(p.Out, map[string]int{"added": result.Added, "updated": result.Updated, "unchanged": result.Unchanged})
	}
	fmt.Fprintf(p.Out, "✓ %s added, %d changed, %d as they were\n", count(result.Added, "instrument", "instruments"), result.Updated, result.Unchanged)
	return nil
}
