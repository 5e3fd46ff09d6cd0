package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/preview"
	"github.com/nexuslims/nexuslims-go/internal/atomicfile"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/config"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

func (p Process) extractCommand() *cli.Command {
	return &cli.Command{
		Name:      "extract",
		Usage:     "print the metadata of a file and draw its preview; needs no configuration",
		ArgsUsage: "FILE",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "no-preview", Usage: "metadata only"},
			&cli.BoolFlag{Name: "no-metadata", Usage: "preview only"},
			&cli.StringFlag{Name: "preview-path", Aliases: []string{"p"}, Usage: "write the preview to `PATH`"},
			&cli.BoolFlag{Name: "write", Aliases: []string{"w"}, Usage: "also write the metadata to FILE.json"},
			&cli.BoolFlag{Name: "overwrite", Usage: "replace existing files"},
			&cli.BoolFlag{Name: "explain", Usage: "print where each value comes from instead, and draw nothing"},
			&cli.StringFlag{Name: "format", Usage: "of --explain: `table` or json", Value: "table"},
			&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "say more", Count: new(int)},
		},
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return usage("extract takes one FILE")
			}
			if c.Bool("no-preview") && c.Bool("no-metadata") {
				return usage("--no-preview and --no-metadata leave nothing to do")
			}
			if f := c.String("format"); f != "table" && f != "json" {
				return usage("--format is table or json, not %s", f)
			}
			if c.IsSet("format") && !c.Bool("explain") {
				return usage("--format goes with --explain: metadata are always JSON")
			}
			if c.Bool("explain") && c.Bool("write") {
				return usage("--write does not go with --explain, which writes nothing")
			}
			return p.extract(c)
		},
	}
}

// extraction is one call of extract.
type extraction struct {
	process Process
	options *cli.Context
	log     *slog.Logger
	path    string         // absolute
	config  *config.Config // nil without a usable configuration
	root    string         // of the instrument data, known even where the rest is unusable
	data    string         // of the data tree
	mirror  string         // path below root, empty outside
	failed  bool           // a file that was asked for could not be written
}

func (p Process) extract(c *cli.Context) error {
	level := slog.LevelWarn
	if c.Count("verbose") > 0 {
		level = slog.LevelDebug
	}
	x := &extraction{process: p, options: c}
	x.log = slog.New(newLineHandler(func() (io.Writer, error) { return p.Err, nil }, level, p.redactor))
	var err error
	if x.path, err = p.existing(c.Args().First()); err != nil {
		return err
	}
	if err := x.readConfig(c); err != nil {
		return err
	}
	root, err := os.OpenRoot(filepath.Dir(x.path))
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }() // not before the preview: side files are opened through it
	file, err := x.open(c.Context, root)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	if c.Bool("explain") {
		explanation, outcome, err := x.process.engine(x.log).Explain(c.Context, file)
		if err != nil {
			return err
		}
		return x.explain(explanation, outcome)
	}
	outcome, err := x.process.engine(x.log).Extract(c.Context, file)
	if err != nil {
		return err
	}
	if !c.Bool("no-metadata") {
		if err := x.printMetadata(outcome); err != nil {
			return err
		}
	}
	if !c.Bool("no-preview") {
		x.preview(c.Context, outcome)
	}
	if x.failed {
		return exit{code: pipeline.ExitFailed}
	}
	return nil
}

// existing resolves a file that must be there.
func (p Process) existing(name string) (string, error) {
	path := p.absolute(name)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", usage("file %s does not exist", name)
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", usage("%s is not a regular file", name)
	}
	return filepath.EvalSymlinks(path)
}

// readConfig looks for a configuration; without a usable one everything works but the
// instrument is unknown. Only a file that was asked for must be readable.
func (x *extraction) readConfig(c *cli.Context) error {
	texts, err := config.Read(config.Source{EnvFile: envFile(c), Folder: x.process.Folder, Environment: x.process.Environment})
	if err != nil {
		return exit{pipeline.ExitUsage, err}
	}
	x.process.redactor.hide(texts.Secrets(append(config.Variables(), x.process.Plugins.Variables()...)))
	x.root, _, _ = texts.Lookup("NX_INSTRUMENT_DATA_PATH")
	x.data, _, _ = texts.Lookup("NX_DATA_PATH")
	x.mirror = below(x.root, x.path)
	cfg, err := config.Load(texts, config.NeedSite)
	if err != nil {
		x.log.Debug("no usable configuration", "err", err)
		x.log.Warn("no usable configuration: the instrument of the file is not known")
		return nil
	}
	x.config = cfg
	var notes []string
	x.process, notes = x.process.withProfiles(cfg.Profiles)
	for _, n := range notes {
		x.log.Warn(n)
	}
	return nil
}

// below returns the slash-separated path of a file relative to root, "" outside.
func below(root, path string) string {
	if root == "" {
		return ""
	}
	real, err := filepath.EvalSymlinks(root)
	if err != nil {
		return ""
	}
	if abs, err := filepath.Abs(real); err == nil {
		real = abs
	}
	rel, err := filepath.Rel(real, path)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return ""
	}
	return filepath.ToSlash(rel)
}

func (x *extraction) open(ctx context.Context, root *os.Root) (*extractors.File, error) {
	c := extractors.Context{Instrument: x.instrument(ctx), Path: filepath.ToSlash(x.path)}
	return extractors.OpenFile(root, filepath.Base(x.path), c)
}

// instrument finds the instrument whose folder the file lies in; the deepest wins.
func (x *extraction) instrument(ctx context.Context) *nexuslims.Instrument {
	if x.config == nil || x.mirror == "" {
		return nil
	}
	store, err := db.Open(ctx, x.config.DB, db.Options{Logger: x.log, Now: x.process.Now, ReadOnly: true})
	if err != nil {
		x.log.Warn("database cannot be used: the instrument of the file is not known", "err", err)
		return nil
	}
	defer func() { _ = store.Close() }()
	ins, err := store.Instruments(ctx)
	if err != nil {
		x.log.Warn("database cannot be used: the instrument of the file is not known", "err", err)
		return nil
	}
	var best *nexuslims.Instrument
	for i, in := range ins {
		if f := in.Folder(); f != "" && strings.HasPrefix(x.mirror, f+"/") && (best == nil || len(f) > len(best.Folder())) {
			best = &ins[i]
		}
	}
	return best
}

func (x *extraction) printMetadata(outcome extractors.Outcome) error {
	out := []byte("[\n")
	for i, s := range outcome.Signals {
		text := string(s.JSON())
		if x.options.Bool("write") {
			x.failed = !x.write([]byte(text), x.target(metadataSuffix(i, len(outcome.Signals))), "Metadata") || x.failed
		}
		if i > 0 {
			out = append(out, ",\n"...)
		}
		out = append(out, "  "+strings.ReplaceAll(text, "\n", "\n  ")...)
	}
	_, err := x.process.Out.Write(append(out, "\n]\n"...))
	return err
}

func metadataSuffix(i, n int) string {
	if n == 1 {
		return ".json"
	}
	return fmt.Sprintf("_signal%d.json", i)
}

// target returns where something about the file is written: beside it, or at its place
// in the data tree when it lies in the instrument data, which are never written to.
func (x *extraction) target(suffix string) string {
	if x.mirror != "" && x.data != "" {
		return filepath.Join(x.data, filepath.FromSlash(x.mirror)) + suffix
	}
	return x.path + suffix
}

// write writes a file, or keeps the one that is there, and says so on the error output.
// It reports whether there is one then.
func (x *extraction) write(data []byte, target, what string) bool {
	note := func(format string, args ...any) { fmt.Fprintf(x.process.Err, format+"\n", args...) }
	if _, err := os.Stat(target); err == nil && !x.options.Bool("overwrite") {
		note("%s: %s (kept; --overwrite replaces it)", what, target)
		return true
	}
	if below(x.root, resolved(target)) != "" {
		note("%s: not written: %s lies in the instrument data", what, target)
		return false
	}
	if err := atomicfile.Write(target, data, 0o644); err != nil {
		note("%s: not written: %v", what, err)
		return false
	}
	note("%s: %s", what, target)
	return true
}

// resolved follows the symbolic links in the part of a path that exists.
func resolved(path string) string {
	rest := ""
	for dir := filepath.Clean(path); ; dir = filepath.Dir(dir) {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			return filepath.Join(real, rest)
		}
		if dir == filepath.Dir(dir) {
			return path
		}
		rest = filepath.Join(filepath.Base(dir), rest)
	}
}

// preview draws the first signal. Only a picture whose place was named must be written.
func (x *extraction) preview(ctx context.Context, outcome extractors.Outcome) {
	if len(outcome.Signals) == 0 || !outcome.Signals[0].Drawable() {
		fmt.Fprintln(x.process.Err, "Preview: nothing can be drawn of this file")
		return
	}
	target := x.options.String("preview-path")
	if target == "" {
		target = x.target(".thumb.png")
	} else {
		target = x.process.absolute(target)
	}
	title := strings.TrimSuffix(filepath.Base(x.path), filepath.Ext(x.path)) // as in records
	drawn, err := preview.Draw(ctx, outcome.Signals[0], preview.Options{Title: title, Count: len(outcome.Signals)})
	if err != nil {
		fmt.Fprintf(x.process.Err, "Preview: not drawn: %v\n", err)
		return
	}
	if !x.write(drawn.PNG, target, "Preview") && x.options.IsSet("preview-path") {
		x.failed = true
	}
}
