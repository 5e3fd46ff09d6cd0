// Command embed uses the pipeline as a library: no command line, no environment, no
// configuration file. It makes records of the sessions in a file and writes them into a
// folder that is a web site.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/builtin"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: embed FOLDER, with instruments/, sessions.csv and instruments.csv in it")
	}
	report, err := run(context.Background(), os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(report); err != nil {
		log.Fatal(err)
	}
	os.Exit(report.ExitCode())
}

// settings are plain values; they could come from anywhere.
type settings map[string]string

func (s settings) Lookup(name string) (text, source string, ok bool) {
	text, ok = s[name]
	return text, "program", ok
}

func (s settings) Names() []string {
	names := make([]string, 0, len(s))
	for name := range s {
		names = append(names, name)
	}
	return names
}

func run(ctx context.Context, folder string) (*pipeline.Report, error) {
	host := nexuslims.Host{Logger: slog.New(slog.NewTextHandler(os.Stderr, nil)), Now: time.Now}
	plugins := builtin.Plugins()
	values := settings{
		"NX_SESSIONS_FILE":      filepath.Join(folder, "sessions.csv"),
		"NX_FOLDER_EXPORT_PATH": filepath.Join(folder, "site"),
	}
	store, err := openStore(ctx, folder, host)
	if err != nil {
		return nil, err
	}
	defer func() { _ = store.Close() }()
	var sources []harvesters.Harvester
	for _, f := range plugins.Harvesters.All() {
		opened, err := f.Configure(values, host)
		if err != nil {
			return nil, err
		}
		sources = append(sources, opened...)
	}
	destinations, faults := exporters.Configure(&plugins.Destinations, values, host)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	p, err := pipeline.New(pipeline.Options{
		InstrumentData: filepath.Join(folder, "instruments"), Data: filepath.Join(folder, "data"),
		Records: filepath.Join(folder, "records"), Delay: 48 * time.Hour, Sensitivity: 1,
	}, pipeline.Parts{
		Store: store, Harvesters: sources, Logger: host.Logger, Now: host.Now,
		Engine: &extractors.Engine{
			Extractors: &plugins.Extractors, Profiles: &plugins.Profiles, Logger: host.Logger, Now: host.Now,
		},
		Runner: &exporters.Runner{
			Destinations: destinations, Strategy: exporters.All, Ledger: pipeline.Ledger(store),
			Reconcile: pipeline.Reconcile, Logger: host.Logger, Now: host.Now,
		},
	})
	if err != nil {
		return nil, err
	}
	return p.Run(ctx, pipeline.RunOptions{Unbounded: true})
}

// openStore opens the database of the folder, or makes it with the instruments of a file.
func openStore(ctx context.Context, folder string, host nexuslims.Host) (*db.Store, error) {
	path := filepath.Join(folder, "nexuslims.db")
	options := db.Options{Logger: host.Logger, Now: host.Now}
	if _, err := os.Stat(path); err == nil {
		return db.Open(ctx, path, options)
	}
	f, err := os.Open(filepath.Join(folder, "instruments.csv"))
	if err != nil {
		return nil, fmt.Errorf("instruments: %w", err)
	}
	defer func() { _ = f.Close() }()
	instruments, err := db.ParseInstruments(f, "csv")
	if err != nil {
		return nil, err
	}
	if err := db.Create(ctx, path); err != nil {
		return nil, err
	}
	store, err := db.Open(ctx, path, options)
	if err != nil {
		return nil, err
	}
	if _, err := store.ImportInstruments(ctx, instruments, db.ImportOptions{}); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return store, nil
}
