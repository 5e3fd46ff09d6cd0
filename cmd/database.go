package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims/config"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

func (p Process) databaseCommand() *cli.Command {
	return &cli.Command{
		Name:  "db",
		Usage: "make and look after the database",
		Subcommands: []*cli.Command{{
			Name:  "init",
			Usage: "make the database named by NX_DB_PATH",
			Flags: []cli.Flag{
				&cli.BoolFlag{Name: "force", Usage: "move an existing file aside first"},
				&cli.BoolFlag{Name: "json", Usage: "print the result as JSON"},
			},
			Action: p.databaseInit,
		}},
		Flags:  []cli.Flag{versionFlag()},
		Action: p.group,
	}
}

func (p Process) databaseInit(c *cli.Context) error {
	s, err := p.readSite(c, config.NeedDatabase)
	if err != nil {
		return err
	}
	path, aside := s.config.DB, ""
	if _, err := os.Lstat(path); err == nil {
		if !c.Bool("force") {
			return exit{pipeline.ExitFailed, fmt.Errorf("%s exists already; --force moves it aside and makes a new one", path)}
		}
		aside = fmt.Sprintf("%s.bak.%s", path, p.Now().Format("20060102-150405"))
		if err := moveAside(path, aside); err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := db.Create(c.Context, path); err != nil {
		return err
	}
	if c.Bool("json") {
		return printJSON(p.Out, map[string]string{"path": path, "revision": db.Revision, "moved_aside": aside})
	}
	if aside != "" {
		fmt.Fprintf(p.Out, "✓ The existing file is now %s\n", aside)
	}
	fmt.Fprintf(p.Out, "✓ Database made: %s\n  Current version: %s\n", path, db.Revision)
	return nil
}

// moveAside renames a database with the journals that belong to it, and never replaces
// a file.
func moveAside(path, aside string) error {
	if _, err := os.Lstat(aside); err == nil {
		return fmt.Errorf("%s exists already", filepath.Base(aside))
	}
	if err := os.Rename(path, aside); err != nil {
		return err
	}
	for _, suffix := range []string{"-journal", "-wal", "-shm"} {
		if err := os.Rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
