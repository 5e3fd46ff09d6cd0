package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Check is the result of one look before a run.
type Check struct {
	Name     string `json:"name"`
	Passed   bool   `json:"passed"`
	Severity string `json:"severity"` // "error" ends the run, "warning" does not
	Message  string `json:"message"`
	// Fault is true when the run as a whole cannot be called done because of it.
	Fault bool `json:"fault,omitempty"`
}

// Severities of a check.
const (
	SeverityError   = "error"
	SeverityWarning = "warning"
)

func passed(name, message string) Check {
	return Check{Name: name, Passed: true, Severity: SeverityWarning, Message: message}
}

// Preflight looks at what a run needs. Only what no session can do without has the
// severity error: database and data folders. Everything is looked at, whatever failed
// before. A dry run leaves out what concerns writing and destinations.
func (p *Pipeline) Preflight(ctx context.Context, dryRun bool) []Check {
	checks := p.secure()
	instruments, err := p.store.Instruments(ctx)
	// Servers are asked while the rest is looked at.
	var sources, destinations []Check
	var servers sync.WaitGroup
	servers.Go(func() { sources = p.sourcesAnswer(ctx, instruments) })
	if !dryRun {
		servers.Go(func() { destinations = []Check{p.destinations(ctx)} })
	}
	checks = append(checks, databaseCheck(p.store.Check(ctx), err)...)
	checks = append(checks, instrumentsExist(instruments))
	checks = append(checks, p.filestorePaths(instruments)...)
	checks = append(checks, p.harvesterNames(instruments)...)
	checks = append(checks, timezones(instruments)...)
	if !dryRun {
		checks = append(checks, p.writable()...)
	}
	servers.Wait()
	return append(append(checks, sources...), destinations...)
}

// checkTime bounds the live check of one source or destination.
const checkTime = 20 * time.Second

// live carries out a live check, in time.
func live(ctx context.Context, check func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	return guarded(func() error { return check(ctx) })
}

// secure repeats what the site's settings switch off.
func (p *Pipeline) secure() []Check {
	const name = "connection_security"
	var checks []Check
	for _, note := range p.options.InsecureNotes {
		checks = append(checks, Check{Name: name, Severity: SeverityWarning, Message: note})
	}
	if checks == nil {
		checks = []Check{passed(name, "certificates are verified, tokens travel encrypted")}
	}
	return checks
}

func databaseCheck(faults ...error) []Check {
	if err := errors.Join(faults...); err != nil {
		return []Check{{Name: "db_reachable", Severity: SeverityError, Message: err.Error()}}
	}
	return []Check{
		passed("db_reachable", "database answers"),
		passed("db_tables", "all tables are there"),
		passed("alembic_migration", "schema is the newest"),
	}
}

func instrumentsExist(ins []nexuslims.Instrument) Check {
	if len(ins) == 0 {
		return Check{
			Name: "instruments_exist", Severity: SeverityWarning,
			Message: "the database has no instrument: add them with nexuslims instruments import FILE",
		}
	}
	return passed("instruments_exist", fmt.Sprintf("%d instruments", len(ins)))
}

func (p *Pipeline) filestorePaths(ins []nexuslims.Instrument) []Check {
	const name = "instrument_filestore_paths"
	if info, err := os.Stat(p.options.InstrumentData); err != nil || !info.IsDir() {
		return []Check{{Name: name, Severity: SeverityError, Message: "root of instrument data is not there: " + p.options.InstrumentData}}
	}
	var checks []Check
	for _, in := range ins {
		dir := filepath.Join(p.options.InstrumentData, filepath.FromSlash(in.Folder()))
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			checks = append(checks, Check{Name: name, Severity: SeverityWarning, Message: fmt.Sprintf("folder of %s is not there: %s", in.PID, dir)})
		}
	}
	if checks == nil {
		checks = []Check{passed(name, "every instrument has its folder")}
	}
	return checks
}

// harvesterNames finds instruments that no open source knows: their sessions wait.
func (p *Pipeline) harvesterNames(ins []nexuslims.Instrument) []Check {
	const name = "instrument_harvesters"
	unknown := map[string][]string{}
	var orphans []string
	for _, in := range ins {
		switch {
		case !slices.Contains(p.harvesterKinds, in.Harvester):
			unknown[in.Harvester] = append(unknown[in.Harvester], in.PID)
		case p.harvesterFor(in) == nil:
			orphans = append(orphans, in.PID)
		}
	}
	var checks []Check
	for _, kind := range sortedKeys(unknown) {
		checks = append(checks, Check{
			Name: name, Severity: SeverityWarning,
			Message: fmt.Sprintf("no harvester %q; left out: %s", kind, strings.Join(unknown[kind], ", ")),
		})
	}
	if orphans != nil {
		checks = append(checks, Check{
			Name: name, Severity: SeverityWarning,
			Message: "no configured source knows " + strings.Join(orphans, ", "),
		})
	}
	if checks == nil {
		checks = []Check{passed(name, "every instrument has its source")}
	}
	return checks
}

func timezones(ins []nexuslims.Instrument) []Check {
	const name = "instrument_timezones"
	bad := map[string][]string{}
	for _, in := range ins {
		if _, err := in.Zone(); err != nil {
			bad[in.Timezone] = append(bad[in.Timezone], in.PID)
		}
	}
	var checks []Check
	for _, zone := range sortedKeys(bad) {
		checks = append(checks, Check{
			Name: name, Severity: SeverityWarning,
			Message: fmt.Sprintf("time zone %q is unknown; left out: %s", zone, strings.Join(bad[zone], ", ")),
		})
	}
	if checks == nil {
		checks = []Check{passed(name, "every time zone is known")}
	}
	return checks
}

// sourcesAnswer asks all sources at once. Those that do not answer are left alone for the
// rest of the run: their sessions wait.
func (p *Pipeline) sourcesAnswer(ctx context.Context, ins []nexuslims.Instrument) []Check {
	answers := make([]*Check, len(p.harvesters))
	var asked sync.WaitGroup
	for i, h := range p.harvesters {
		if c, ok := h.(harvesters.Checker); ok {
			asked.Go(func() { answers[i] = p.ask(ctx, h, c) })
		}
	}
	asked.Wait()
	var checks []Check
	for _, a := range answers {
		if a != nil {
			checks = append(checks, *a)
		}
	}
	if len(p.harvesters) == 0 {
		c := passed("nemo_harvester_config", "no source of usage events is configured, and no instrument needs one")
		if len(ins) > 0 {
			c.Passed, c.Message = false, "no source of usage events is configured"
		}
		checks = append(checks, c)
	}
	return checks
}

func (p *Pipeline) ask(ctx context.Context, h harvesters.Harvester, c harvesters.Checker) *Check {
	src := h.Source()
	check := passed(src.Kind+"_harvester_config", src.ID+" answers")
	if err := live(ctx, c.Check); err != nil {
		check = Check{Name: check.Name, Severity: SeverityWarning, Fault: true, Message: fmt.Sprintf("%s: %v", src.ID, err)}
		if errors.Is(err, nexuslims.Transient) {
			p.down.Store(src, err)
		}
	}
	return &check
}

// writable tries what a run writes to: a unique temporary file each.
func (p *Pipeline) writable() []Check {
	const name = "data_path_writable"
	for _, dir := range []string{p.options.Data, p.options.Records} {
		if err := tryWrite(dir); err != nil {
			return []Check{{Name: name, Severity: SeverityError, Message: err.Error()}}
		}
	}
	return []Check{passed(name, "data and record folders can be written to")}
}

func tryWrite(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".nx-*.tmp")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

func (p *Pipeline) destinations(ctx context.Context) Check {
	const name = "export_destinations"
	open := p.runner.Destinations
	if len(open) == 0 {
		return Check{Name: name, Severity: SeverityWarning, Message: "no destination is configured: records are built and delivered nowhere"}
	}
	var names, faults []string
	for _, d := range open {
		c, ok := d.Destination.(exporters.Checker)
		if ok {
			if err := live(ctx, c.Check); err != nil {
				faults = append(faults, fmt.Sprintf("%s: %v", d.Spec.Name, err))
				continue
			}
		}
		names = append(names, d.Spec.Name)
	}
	if faults != nil {
		return Check{Name: name, Severity: SeverityWarning, Fault: true, Message: fmt.Sprintf(
			"%d/%d destinations are ready; records for the others wait. %s", len(names), len(open), strings.Join(faults, "; "))}
	}
	return passed(name, "destinations are ready: "+strings.Join(names, ", "))
}

// Fatal returns the messages of the checks that end a run.
func Fatal(checks []Check) []string {
	var messages []string
	for _, c := range checks {
		if !c.Passed && c.Severity == SeverityError {
			messages = append(messages, fmt.Sprintf("[%s] %s", c.Name, c.Message))
		}
	}
	return messages
}
