package cmd

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/profilefile"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/config"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

func (p Process) profilesCommand() *cli.Command {
	return &cli.Command{
		Name:   "profiles",
		Usage:  "profiles of instruments: what is in force, and whether files are right",
		Action: p.group,
		Subcommands: []*cli.Command{
			{
				Name:   "list",
				Usage:  "list the profiles in force and their steps",
				Action: p.listProfiles,
			},
			{
				Name:      "check",
				Usage:     "explain every mistake of profile files, those of NX_LOCAL_PROFILES_PATH where none is named",
				ArgsUsage: "[FILE|FOLDER]...",
				Flags: []cli.Flag{
					&cli.StringFlag{Name: "on", Usage: "show what the profile changes on the data file `FILE`"},
					&cli.StringFlag{Name: "instrument", Usage: "with --on: the instrument `PID`, where the files are for several"},
				},
				Action: func(c *cli.Context) error { return p.checkProfiles(c) },
			},
		},
	}
}

// profilesFolder is NX_LOCAL_PROFILES_PATH, from a configuration that may be unusable
// otherwise; "" where it is not set.
func (p Process) profilesFolder(c *cli.Context) (string, error) {
	texts, err := config.Read(config.Source{EnvFile: envFile(c), Folder: p.Folder, Environment: p.Environment})
	if err != nil {
		return "", exit{pipeline.ExitUsage, err}
	}
	folder, _, _ := texts.Lookup("NX_LOCAL_PROFILES_PATH")
	return folder, nil
}

func (p Process) listProfiles(c *cli.Context) error {
	folder, err := p.profilesFolder(c)
	if err != nil {
		return err
	}
	p, notes := p.withProfiles(folder)
	for _, n := range notes {
		fmt.Fprintln(p.Err, n)
	}
	profiles := &p.Plugins.Profiles
	w := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
	for _, pid := range profiles.Names() {
		profile := profiles.For(pid)
		from := "built in"
		if f, ok := profile.(*profilefile.Profile); ok {
			from = f.File
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", oneLine(pid), from, oneLine(stepNames(profile)))
	}
	return w.Flush()
}

func stepNames(p extractors.Profile) string {
	var names []string
	for _, s := range p.Steps() {
		names = append(names, s.Name)
	}
	return strings.Join(names, "; ")
}

// checkProfiles reads profile files and tells what is wrong, or what they do.
func (p Process) checkProfiles(c *cli.Context) error {
	if c.IsSet("instrument") && !c.IsSet("on") {
		return usage("--instrument goes with --on")
	}
	files, err := p.profileFiles(c)
	if err != nil {
		return err
	}
	var found []*profilefile.Profile
	wrong := 0
	for _, f := range files {
		list, err := profilefile.ReadFile(os.DirFS(filepath.Dir(f)), filepath.Base(f), &p.Plugins.Profiles)
		if err != nil {
			wrong++
			fmt.Fprintln(p.Out, explained(f, err))
			continue
		}
		for _, one := range list {
			fmt.Fprintf(p.Out, "%s: right: %s, %d steps\n", f, one.PID, len(one.Steps()))
		}
		found = append(found, list...)
	}
	if wrong > 0 {
		return exit{code: pipeline.ExitUsage}
	}
	if data := c.String("on"); data != "" {
		return p.tryProfile(c, found, data)
	}
	return nil
}

// explained names the file of each mistake as the caller did.
func explained(file string, err error) string {
	var problems profilefile.Problems
	if !errors.As(err, &problems) {
		return file + ": " + err.Error()
	}
	problems = slices.Clone(problems)
	for i := range problems {
		problems[i].File = file
	}
	return problems.Error()
}

// profileFiles lists the files that are named, or those of the site.
func (p Process) profileFiles(c *cli.Context) ([]string, error) {
	named := c.Args().Slice()
	if len(named) == 0 {
		folder, err := p.profilesFolder(c)
		if err != nil {
			return nil, err
		}
		if folder == "" {
			return nil, usage("name a FILE or FOLDER, or set NX_LOCAL_PROFILES_PATH")
		}
		named = []string{folder}
	}
	var files []string
	for _, name := range named {
		path := p.absolute(name)
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, usage("%s does not exist", name)
		case err != nil:
			return nil, err
		case !info.IsDir():
			files = append(files, path)
			continue
		}
		entries, err := os.ReadDir(path)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !e.IsDir() && profilefile.IsProfile(e.Name()) {
				files = append(files, filepath.Join(path, e.Name()))
			}
		}
		for _, note := range pythonProfiles(path) {
			fmt.Fprintln(p.Err, note)
		}
	}
	return files, nil
}

// tryProfile extracts a data file as one of the profile's instrument, and shows what the
// profile did.
func (p Process) tryProfile(c *cli.Context, list []*profilefile.Profile, data string) error {
	pid := c.String("instrument")
	for _, one := range list {
		if pid == "" {
			pid = one.PID
		}
		if one.PID != pid && !c.IsSet("instrument") {
			return usage("the files are for several instruments: name one with --instrument")
		}
	}
	p = p.withOwnProfiles()
	if _, err := profilefile.Install(&p.Plugins.Profiles, list); err != nil {
		return err
	}
	if p.Plugins.Profiles.For(pid) == nil {
		return usage("no profile is for %s", pid)
	}
	return p.explainAs(c, &nexuslims.Instrument{PID: pid, Timezone: "UTC"}, data)
}

// explainAs shows what the profile of an instrument does to a data file.
func (p Process) explainAs(c *cli.Context, in *nexuslims.Instrument, data string) error {
	path, err := p.existing(data)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	file, err := extractors.OpenFile(root, filepath.Base(path), extractors.Context{Instrument: in, Path: filepath.ToSlash(path)})
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	// A step that fails says so in the log.
	log := slog.New(newLineHandler(func() (io.Writer, error) { return p.Err, nil }, slog.LevelWarn, p.redactor))
	explanation, outcome, err := p.engine(log).Explain(c.Context, file)
	if err != nil {
		return err
	}
	return profileTable(p.Out, explanation, outcome)
}
