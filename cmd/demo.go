package cmd

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/internal/atomicfile"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/config"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

func (p Process) demoCommand() *cli.Command {
	return &cli.Command{
		Name:      "demo",
		Usage:     "make a small facility with synthetic data, run the pipeline on it, and show the site",
		ArgsUsage: "[DIR]",
		Flags:     []cli.Flag{&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "say more", Count: new(int)}},
		Action: func(c *cli.Context) error {
			if c.NArg() > 1 {
				return usage("demo takes one DIR at most")
			}
			return p.demo(c)
		},
	}
}

// demo lays out a facility, and hands its .env to the command that an operator uses.
func (p Process) demo(c *cli.Context) error {
	dir := c.Args().First()
	if dir == "" {
		dir = "nexuslims-demo"
	}
	dir = p.absolute(dir)
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return usage("%s is not empty: give another DIR", dir)
	}
	begin := p.Now()
	f := demoFacility{dir: dir, day: demoDay(begin)}
	fmt.Fprintf(p.Out, "Making a facility in %s\n", dir)
	if err := f.make(c); err != nil {
		return err
	}
	p.Environment, p.Folder = nil, dir
	p.Args = []string{"nexuslims", "build-records", "--from", "none"}
	for range c.Count("verbose") {
		p.Args = append(p.Args, "-v")
	}
	fmt.Fprintln(p.Out, "Running: nexuslims build-records --from none")
	if code := Run(c.Context, p); code != pipeline.ExitDone {
		return exit{code: code}
	}
	fmt.Fprintf(p.Out, "\nDone in %.1f s. Open the site in a browser:\n\n  file://%s\n\n", p.Now().Sub(begin).Seconds(),
		filepath.ToSlash(filepath.Join(dir, "site", "index.html")))
	fmt.Fprintf(p.Out, "The records are in %s, the settings in %s.\n", f.path("data", "records", "uploaded"), f.path(".env"))
	return nil
}

// demoDay is the last Monday but one before now, at nine: past the waiting time.
func demoDay(now time.Time) time.Time {
	days := int(now.Weekday()+6)%7 + 7
	d := now.UTC().AddDate(0, 0, -days)
	return time.Date(d.Year(), d.Month(), d.Day(), 9, 0, 0, 0, time.UTC)
}

// demoFacility is a facility with two microscopes and three visits.
type demoFacility struct {
	dir string
	day time.Time
}

func (f demoFacility) path(parts ...string) string {
	return filepath.Join(append([]string{f.dir}, parts...)...)
}

func (f demoFacility) make(c *cli.Context) error {
	for _, d := range []string{"instruments", "data", "site"} {
		if err := os.MkdirAll(f.path(d), 0o755); err != nil {
			return err
		}
	}
	if err := f.files(); err != nil {
		return err
	}
	if err := atomicfile.Write(f.path("sessions.csv"), []byte(f.sessions()), 0o644); err != nil {
		return err
	}
	settings, err := f.settings()
	if err != nil {
		return err
	}
	if err := atomicfile.Write(f.path(".env"), settings, 0o600); err != nil {
		return err
	}
	return f.database(c)
}

// settings are those of a site that needs no server: sessions from a file, records into
// a folder.
func (f demoFacility) settings() ([]byte, error) {
	text, err := config.Format([]config.Line{
		{Name: "NX_INSTRUMENT_DATA_PATH", Value: f.path("instruments")},
		{Name: "NX_DATA_PATH", Value: f.path("data")},
		{Name: "NX_DB_PATH", Value: f.path("nexuslims.db")},
		{Name: "NX_SESSIONS_FILE", Value: f.path("sessions.csv")},
		{Name: "NX_FOLDER_EXPORT_PATH", Value: f.path("site")},
		{Name: "NX_FILE_STRATEGY", Value: string(config.Inclusive)},
	})
	return append([]byte("# A site that needs no server: sessions from a file, records into a folder.\n"), text...), err
}

func (f demoFacility) database(c *cli.Context) error {
	path := f.path("nexuslims.db")
	if err := db.Create(c.Context, path); err != nil {
		return err
	}
	store, err := db.Open(c.Context, path, db.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	_, err = store.ImportInstruments(c.Context, []nexuslims.Instrument{
		demoInstrument("Titan-TEM", "Titan 80-300 TEM", "Building 2, Room B101", "Titan_TEM", 1),
		demoInstrument("Quanta-SEM", "Quanta 650 SEM", "Building 2, Room A204", "Quanta_SEM", 2),
	}, db.ImportOptions{})
	return err
}

// demoZone is where the facility stands.
const demoZone = "Europe/Berlin"

func demoInstrument(pid, name, location, folder string, n int) nexuslims.Instrument {
	return nexuslims.Instrument{
		PID: pid, DisplayName: name, Location: location, FilestorePath: folder, Harvester: "sessionfile", Timezone: demoZone,
		APIURL: fmt.Sprintf("https://demo.example.org/tools/%d", n), CalendarURL: "https://demo.example.org/", PropertyTag: fmt.Sprintf("DEMO-%d", n),
	}
}

// sessions lists the visits in the form that the harvester sessionfile reads.
func (f demoFacility) sessions() string {
	at := func(day int, moment string) string {
		return f.day.AddDate(0, 0, day).Format("2006-01-02T") + moment + ":00Z"
	}
	rows := [][]string{
		{"session_id", "instrument", "start", "end", "user", "first_name", "last_name", "title", "purpose", "project", "consent", "samples"},
		{
			"demo-1", "Titan-TEM", at(0, "09:00"), at(0, "11:30"), "mcurie", "Marie", "Curie", "Grain boundaries in annealed Ni–B",
			"Find out whether boron segregates at the boundaries after annealing.", "MD-07", "yes",
			`[{"name":"Ni-B anneal 3","description":"700 °C, 2 h","elements":["Ni","B"]}]`,
		},
		{
			"demo-2", "Quanta-SEM", at(1, "13:00"), at(1, "14:00"), "eruska", "Ernst", "Ruska", "Fracture surfaces <batch 7> & coatings",
			"Overview images for the report.", "QS-02", "yes", `[{"name":"Bar 7a","elements":["Fe","Cr","Ni"]}]`,
		},
		{
			"demo-3", "Titan-TEM", at(2, "09:00"), at(2, "10:00"), "lmeitner", "Lise", "Meitner", "EELS of the oxide layer",
			"Map the oxygen K edge.", "MD-07", "yes", "",
		},
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.WriteAll(rows) // a strings.Builder takes everything
	return b.String()
}
