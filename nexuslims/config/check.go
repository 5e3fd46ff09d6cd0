package config

import (
	"cmp"
	"math"
	"net"
	"os"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// checker looks at values that were understood one by one: ranges, folders, files.
type checker struct {
	texts  *Texts
	faulty map[string]bool // variables that have a fault already
	faults nexuslims.Faults
}

func (c *checker) fault(variable, reason string) {
	if c.faulty[variable] {
		return
	}
	c.faulty[variable] = true
	value, source, _ := c.texts.Lookup(variable)
	if isSecret(variable, Variables()) && value != "" {
		value = redacted
	}
	c.faults = append(c.faults, nexuslims.Fault{Variable: variable, Source: source, Value: value, Reason: reason})
}

func (c *checker) ranges(cfg *Config) {
	if !(cfg.DelayDays > 0) || cfg.DelayDays > math.MaxInt64/float64(24*3600*1e9) {
		c.fault("NX_FILE_DELAY_DAYS", "must be a number above 0")
	}
	if !(cfg.Sensitivity >= 0) || math.IsInf(cfg.Sensitivity, 0) {
		c.fault("NX_CLUSTERING_SENSITIVITY", "must be a number, 0 or more")
	}
	if cfg.MaxAttempts < 1 {
		c.fault("NX_EXPORT_MAX_ATTEMPTS", "must be 1 or more")
	}
	if cfg.ServiceInterval <= 0 {
		c.fault("NX_SERVICE_INTERVAL", "must be above 0")
	}
	if cfg.Mail.Port < 1 || cfg.Mail.Port > 65535 {
		c.fault("NX_EMAIL_SMTP_PORT", "must be a port from 1 to 65535")
	}
	if cfg.Listen != "" {
		if _, _, err := net.SplitHostPort(cfg.Listen); err != nil {
			c.fault("NX_LISTEN", "not an address such as 127.0.0.1:9180")
		}
	}
	mail := 0
	for _, set := range []bool{cfg.Mail.Host != "", cfg.Mail.Sender != "", len(cfg.Mail.Recipients) > 0} {
		if set {
			mail++
		}
	}
	if mail == 1 || mail == 2 {
		c.texts.Warnings = append(c.texts.Warnings,
			"mail is off: it needs NX_EMAIL_SMTP_HOST, NX_EMAIL_SENDER and NX_EMAIL_RECIPIENTS")
	}
}

func (c *checker) paths(cfg *Config, need Need) {
	c.folder("NX_INSTRUMENT_DATA_PATH", cfg.InstrumentData, need == NeedSite)
	c.folder("NX_DATA_PATH", cfg.Data, need == NeedSite)
	c.folder("NX_RECORDS_PATH", cfg.Records, false)
	c.folder("NX_LOG_PATH", cfg.Logs, false)
	c.folder("NX_LOCAL_PROFILES_PATH", cfg.Profiles, false)
	c.file("NX_CERT_BUNDLE_FILE", cfg.CertFile, true)
	c.file("NX_DB_PATH", cfg.DB, need == NeedSite)
	if cfg.DB == "" && need != NeedNothing {
		c.fault("NX_DB_PATH", "is required")
	}
}

func (c *checker) folder(variable, path string, required bool) {
	switch info, err := os.Stat(path); {
	case path == "":
		if required {
			c.fault(variable, "is required")
		}
	case err != nil:
		c.fault(variable, unwrapped(err).Error())
	case !info.IsDir():
		c.fault(variable, "is not a folder")
	}
}

func (c *checker) file(variable, path string, exists bool) {
	switch info, err := os.Stat(path); {
	case path == "":
	case err != nil:
		if exists || !os.IsNotExist(err) {
			c.fault(variable, unwrapped(err).Error())
		}
	case !info.Mode().IsRegular():
		c.fault(variable, "is not a regular file")
	}
}

// ordered sorts faults in the order of the variables.
func ordered(faults nexuslims.Faults) nexuslims.Faults {
	place := map[string]int{}
	for i, v := range Variables() {
		place[v.Name] = i
	}
	slices.SortStableFunc(faults, func(a, b nexuslims.Fault) int {
		return cmp.Compare(place[a.Variable], place[b.Variable])
	})
	return faults
}

// Variables returns the settings of the program itself, in the order of its structs.
func Variables() []nexuslims.Variable {
	return slices.Concat(settings.Describe(Config{}), settings.Describe(Mail{}))
}

// unfold turns the two characters \n of a certificate on one line into line ends.
func unfold(pem string) string { return strings.ReplaceAll(pem, `\n`, "\n") }
