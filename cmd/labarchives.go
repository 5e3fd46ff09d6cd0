package cmd

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/config"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

const (
	labarchives      = "labarchives"
	labarchivesUID   = "NX_LABARCHIVES_USER_ID"
	labarchivesPlace = "NX_LABARCHIVES_NOTEBOOK_ID"
)

func (p Process) labarchivesUIDCommand() *cli.Command {
	return &cli.Command{
		Name:  "labarchives-get-uid",
		Usage: "look up the user id of an account at LabArchives, and its notebooks",
		Description: "The password is that of the account, or the one-hour token from LabArchives' user menu\n" +
			"(External App authentication). It is asked for, without showing it, or read from standard input.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "email", Usage: "login or e-mail `ADDRESS` of the account"},
			&cli.StringFlag{Name: "la-password", Usage: "`PASSWORD` or token; other users of the machine can see it: better leave it out"},
			&cli.StringFlag{Name: "env-path", Usage: "the same as --env-file"},
			&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "tell where settings come from, and of each repeated call"},
			&cli.BoolFlag{Name: "json", Usage: "print the result as JSON"},
		},
		Action: p.labarchivesGetUID,
	}
}

func (p Process) labarchivesGetUID(c *cli.Context) error {
	finder, ok := p.Plugins.Destinations.Named(labarchives).(exporters.AccountFinder)
	email := strings.TrimSpace(c.String("email"))
	switch {
	case !ok:
		return usage("this program was made without LabArchives")
	case c.Args().Present():
		return usage("config labarchives-get-uid takes no argument: %s", c.Args().First())
	case email == "":
		return usage("--email is required")
	}
	s, err := p.readService(c)
	if err != nil {
		return err
	}
	defer s.close()
	password := nexuslims.NewSecret(c.String("la-password"))
	if !password.IsSet() {
		password, err = p.askSecret(c.Context, fmt.Sprintf("Password or token of %s at LabArchives: ", oneLine(email)))
		if err != nil {
			return err
		}
	}
	secrets := append(s.texts.Secrets(s.known), password.Reveal())
	p.redactor.hide(secrets)
	host := nexuslims.Host{Logger: s.log, Now: p.Now, Client: s.client}
	account, err := finder.FindAccount(c.Context, s.texts, host, exporters.Login{Name: email, Password: password})
	if err != nil {
		return err
	}
	// To show the id is what the command is for, also when it is in the settings already.
	p.redactor.hide(slices.DeleteFunc(secrets, func(s string) bool { return s == account.ID.Reveal() }))
	if c.Bool("json") {
		return printJSON(p.Out, accountJSON(account))
	}
	_, err = io.WriteString(p.Out, accountText(account))
	return err
}

// readService reads as much of the configuration as it takes to ask a service: everything
// else may be missing or wrong.
func (p Process) readService(c *cli.Context) (*site, error) {
	file := envFile(c)
	if path := c.String("env-path"); path != "" {
		file = path
	}
	texts, err := config.Read(config.Source{EnvFile: file, Folder: p.Folder, Environment: p.Environment})
	if err != nil {
		return nil, exit{pipeline.ExitUsage, err}
	}
	s := &site{process: p, texts: texts, known: append(config.Variables(), p.Plugins.Variables()...)}
	p.redactor.hide(texts.Secrets(s.known))
	level := slog.LevelWarn
	if c.Bool("verbose") {
		level = slog.LevelDebug
	}
	s.log = slog.New(newLineHandler(func() (io.Writer, error) { return p.Err, nil }, level, p.redactor))
	s.log.Info("settings are read", "file", cmp.Or(texts.File, "none"))
	connection := texts.Only("NX_CERT_BUNDLE", "NX_DISABLE_SSL_VERIFY")
	if s.config, err = config.Load(connection, config.NeedNothing); err != nil {
		return nil, exit{pipeline.ExitUsage, s.explain(faultsOf(err))}
	}
	for _, note := range s.insecure() {
		fmt.Fprintln(p.Err, "Warning:", note)
	}
	return s, s.openClient()
}

type (
	accountResult struct {
		UID       string           `json:"uid"`
		Name      string           `json:"name"`
		Email     string           `json:"email"`
		Notebooks []notebookResult `json:"notebooks"`
	}
	notebookResult struct {
		ID      string `json:"id"`
		Name    string `json:"name"`
		Default bool   `json:"default"`
	}
)

func accountJSON(a exporters.Account) accountResult {
	r := accountResult{UID: a.ID.Reveal(), Name: a.Name, Email: a.Email, Notebooks: []notebookResult{}}
	for _, n := range a.Places {
		r.Notebooks = append(r.Notebooks, notebookResult(n))
	}
	return r
}

// accountText writes an account as the Python program does, and its notebooks.
func accountText(a exporters.Account) string {
	var b strings.Builder
	fmt.Fprintf(&b, "UID:  %s\n\n%s\n", oneLine(a.ID.Reveal()), envLine(labarchivesUID, a.ID.Reveal()))
	if len(a.Places) == 0 {
		b.WriteString("\nThe account has no notebook.\n")
		return b.String()
	}
	fmt.Fprintf(&b, "\nNotebooks, for %s:\n", labarchivesPlace)
	for _, n := range a.Places {
		standard := ""
		if n.Default {
			standard = " (default)"
		}
		fmt.Fprintf(&b, "  %s  %s%s\n", oneLine(n.ID), oneLine(n.Name), standard)
	}
	return b.String()
}

var needsNoQuotes = regexp.MustCompile(`^[A-Za-z0-9_.:/+=-]+$`)

// envLine writes an assignment for a .env file.
func envLine(name, value string) string {
	if !needsNoQuotes.MatchString(value) {
		if b, err := config.Format([]config.Line{{Name: name, Value: value}}); err == nil {
			return strings.TrimSuffix(string(b), "\n")
		}
	}
	return name + "=" + oneLine(value)
}
