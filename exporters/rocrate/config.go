package rocrate

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Name is the name of the destination, Priority its turn: late, because crates name where
// else a record is.
const (
	Name     = "rocrate"
	Priority = 80
)

// Config is what an operator sets. The destination is on when it has a path.
type Config struct {
	// Path must be there: it is never made, because a missing one is a store that is not mounted.
	Path string `env:"NX_ROCRATE_PATH" type:"folder" help:"Existing folder of the crates; set switches the destination on."`
	// Forms are the forms of each crate; the first is what receipts and links speak of.
	Forms Forms `env:"NX_ROCRATE_FORM" envDefault:"eln" type:"list" help:"Forms of a crate: eln, zip, folder."`
	// Data says whether data files go inside.
	Data Data `env:"NX_ROCRATE_DATA" envDefault:"reference" help:"Data files by reference, or include them in the crate."`
	// Limit bounds the data files inside one crate.
	Limit Size `env:"NX_ROCRATE_DATA_LIMIT" envDefault:"512MiB" help:"Data files inside one crate, at most; the rest by reference."`
	// Checksum reads data files that stay outside for their SHA-256.
	Checksum bool `env:"NX_ROCRATE_CHECKSUM" envDefault:"false" help:"SHA-256 of data files that stay outside; reads them all."`
	// DataURL is the address of the instrument data.
	DataURL *url.URL `env:"NX_ROCRATE_DATA_URL" help:"Public address of the folder NX_INSTRUMENT_DATA_PATH."`
	// URL is the address of Path.
	URL *url.URL `env:"NX_ROCRATE_URL" help:"Public address of the folder NX_ROCRATE_PATH."`
	// Site is the path of a JSON file with what no record says, or the JSON itself.
	Site string `env:"NX_ROCRATE_SITE" type:"file" help:"JSON file, or JSON, with license, facility, people and instruments."`
}

func (c Config) off() bool { return c.Path == "" }

// Validate finds mistakes in a site that is written out; one in a file is read at each
// delivery.
func (c Config) Validate() error {
	if !inline(c.Site) {
		return nil
	}
	if _, err := parseSite([]byte(c.Site)); err != nil {
		return nexuslims.Fault{Variable: "NX_ROCRATE_SITE", Reason: err.Error()}
	}
	return nil
}

// NewFactory returns the factory of the destination. It is local: it always runs and
// does not decide whether a record counts as exported.
func NewFactory() exporters.Factory {
	spec := exporters.Spec{Name: Name, Priority: Priority, Local: true}
	return exporters.NewFactory(spec, Config.off, func(c Config, h nexuslims.Host) (exporters.Destination, error) {
		return New(c, h)
	})
}

// Form is how a crate is packed.
type Form string

// The forms.
const (
	ELN    Form = "eln"    // a zip archive with a folder of the crate's name in it
	Zip    Form = "zip"    // a zip archive
	Folder Form = "folder" // a folder
)

// ending returns what file names of a form end in.
func (f Form) ending() string {
	if f == Folder {
		return ""
	}
	return "." + string(f)
}

// Forms are the forms of each crate, without repetition.
type Forms []Form

// UnmarshalText implements encoding.TextUnmarshaler: names separated by commas.
func (f *Forms) UnmarshalText(b []byte) error {
	var forms Forms
	for name := range strings.SplitSeq(string(b), ",") {
		form := Form(strings.ToLower(strings.TrimSpace(name)))
		if form == "" {
			continue
		}
		if form != ELN && form != Zip && form != Folder {
			return fmt.Errorf("%q is not one of eln, zip, folder", string(form))
		}
		if !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	if len(forms) == 0 {
		return errors.New("not one of eln, zip, folder")
	}
	*f = forms
	return nil
}

// Data says where data files are.
type Data string

// The places of data files.
const (
	Reference Data = "reference" // where they are, the crate tells where
	Include   Data = "include"   // in the crate
)

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Data) UnmarshalText(b []byte) error {
	switch v := Data(strings.ToLower(strings.TrimSpace(string(b)))); v {
	case Reference, Include:
		*d = v
		return nil
	}
	return errors.New("not one of reference, include")
}

// Size is a number of bytes, written with or without a unit: 512MiB, 2GB, 1048576.
type Size int64

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Size) UnmarshalText(b []byte) error {
	units := []struct {
		name string
		size int64
	}{
		{"KiB", 1 << 10},
		{"MiB", 1 << 20},
		{"GiB", 1 << 30},
		{"TiB", 1 << 40},
		{"kB", 1e3},
		{"MB", 1e6},
		{"GB", 1e9},
		{"TB", 1e12},
		{"B", 1},
		{"", 1},
	}
	text := strings.TrimSpace(string(b))
	for _, u := range units {
		digits, ok := strings.CutSuffix(text, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
		if err != nil || n < 0 || n > math.MaxInt64/u.size {
			break
		}
		*s = Size(n * u.size)
		return nil
	}
	return errors.New("not a size such as 512MiB")
}
