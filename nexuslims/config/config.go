package config

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Config is what the program itself needs to know.
type Config struct {
	InstrumentData string `env:"NX_INSTRUMENT_DATA_PATH" type:"folder" required:"always" help:"Root of the instrument data; never written to."`
	Data           string `env:"NX_DATA_PATH" type:"folder" required:"always" help:"Root of extracted metadata and previews; mirrors the instrument data."`
	DB             string `env:"NX_DB_PATH" type:"file" required:"always" help:"SQLite database."`
	Records        string `env:"NX_RECORDS_PATH" type:"folder" help:"Folder of the records; default: records below NX_DATA_PATH."`
	Logs           string `env:"NX_LOG_PATH" type:"folder" help:"Folder of the log files; default: logs below NX_DATA_PATH."`
	Profiles       string `env:"NX_LOCAL_PROFILES_PATH" type:"folder" help:"Folder of the site's instrument profiles."`

	FileStrategy FileStrategy `env:"NX_FILE_STRATEGY" envDefault:"exclusive" help:"exclusive: only files of known formats enter a record; inclusive: all."`
	Ignore       Patterns     `env:"NX_IGNORE_PATTERNS" help:"Globs of files to leave out, a JSON array."`
	DelayDays    float64      `env:"NX_FILE_DELAY_DAYS" envDefault:"2" help:"Days after a session's end that files and consent are waited for."`
	Sensitivity  float64      `env:"NX_CLUSTERING_SENSITIVITY" envDefault:"1" help:"Larger: more activities; 0: one."`

	Strategy    ExportStrategy `env:"NX_EXPORT_STRATEGY" envDefault:"all" help:"When a record counts as exported: all, first_success or best_effort."`
	Required    Names          `env:"NX_EXPORT_REQUIRED" help:"Destinations that must succeed whatever the strategy, separated by commas."`
	MaxAttempts int            `env:"NX_EXPORT_MAX_ATTEMPTS" envDefault:"20" help:"Tries of a delivery by later runs."`

	CertFile   string           `env:"NX_CERT_BUNDLE_FILE" type:"file" help:"Certificates (PEM) trusted besides those of the system."`
	CertBundle nexuslims.Secret `env:"NX_CERT_BUNDLE" help:"The same as text; wins over the file."`
	SkipVerify bool             `env:"NX_DISABLE_SSL_VERIFY" envDefault:"false" help:"No verification of certificates: for old sites only."`

	Listen          string        `env:"NX_LISTEN" help:"Address of health and metrics pages of the service."`
	ServiceInterval time.Duration `env:"NX_SERVICE_INTERVAL" envDefault:"10m" help:"Pause between runs of the service."`

	Mail Mail // in force when host, sender and recipients are set
}

// Mail is where trouble is reported to.
type Mail struct {
	Host       string           `env:"NX_EMAIL_SMTP_HOST" help:"SMTP server."`
	Port       int              `env:"NX_EMAIL_SMTP_PORT" envDefault:"587" help:"Port of the SMTP server."`
	Username   string           `env:"NX_EMAIL_SMTP_USERNAME" help:"Login name."`
	Password   nexuslims.Secret `env:"NX_EMAIL_SMTP_PASSWORD" help:"Password; login needs both."`
	TLS        bool             `env:"NX_EMAIL_USE_TLS" envDefault:"true" help:"STARTTLS, or implicit TLS on port 465."`
	Sender     Address          `env:"NX_EMAIL_SENDER" help:"Address of the sender."`
	Recipients Addresses        `env:"NX_EMAIL_RECIPIENTS" help:"Addresses of the recipients, separated by commas."`
}

// Enabled reports whether mail can be sent.
func (m Mail) Enabled() bool { return m.Host != "" && m.Sender != "" && len(m.Recipients) > 0 }

// Need says what a command cannot do without.
type Need int

// The needs of commands.
const (
	NeedNothing  Need = iota // whatever is set must be right
	NeedDatabase             // NX_DB_PATH, which need not exist yet
	NeedSite                 // folders and an existing database
)

// Load makes a Config of texts. All faults are returned together as nexuslims.Faults.
func Load(t *Texts, need Need) (*Config, error) {
	c := new(Config)
	var faults nexuslims.Faults
	for _, part := range []any{c, &c.Mail} {
		var f nexuslims.Faults
		if err := settings.Decode(t, part); errors.As(err, &f) {
			faults = append(faults, f...)
		} else if err != nil {
			return nil, err
		}
	}
	if c.Ignore == nil {
		c.Ignore = DefaultPatterns()
	}
	check := checker{texts: t, faulty: map[string]bool{}}
	for _, f := range faults {
		check.faulty[f.Variable] = true
	}
	check.ranges(c)
	check.paths(c, need)
	if faults = append(faults, check.faults...); len(faults) > 0 {
		return nil, ordered(faults)
	}
	return c, nil
}

// RecordsFolder returns the folder of the records.
func (c *Config) RecordsFolder() string { return orBelow(c.Records, c.Data, "records") }

// LogsFolder returns the folder of the log files.
func (c *Config) LogsFolder() string { return orBelow(c.Logs, c.Data, "logs") }

// LockFile returns the path of the lock that one run at a time holds.
func (c *Config) LockFile() string { return filepath.Join(c.Data, ".builder.lock") }

// Delay returns DelayDays as a duration.
func (c *Config) Delay() time.Duration { return time.Duration(c.DelayDays * float64(24*time.Hour)) }

func orBelow(path, root, name string) string {
	if path == "" {
		return filepath.Join(root, name)
	}
	return path
}

// Certificates returns the certificates to trust besides the system's, in PEM.
func (c *Config) Certificates() ([]byte, error) {
	if c.SkipVerify {
		return nil, nil
	}
	if c.CertBundle.IsSet() {
		return []byte(unfold(c.CertBundle.Reveal())), nil
	}
	if c.CertFile == "" {
		return nil, nil
	}
	b, err := os.ReadFile(c.CertFile)
	if err != nil {
		return nil, nexuslims.E(nexuslims.Invalid, "read", "NX_CERT_BUNDLE_FILE", unwrapped(err))
	}
	return b, nil
}
