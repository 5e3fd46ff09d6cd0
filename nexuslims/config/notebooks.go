package config

import (
	"encoding/json"
	"errors"
	"math"
	"net/url"
	"strconv"
	"strings"
)

// Notebooks are the settings of destinations that this release does not have: they are
// known and checked, so that a site's configuration is understood whole.
type Notebooks struct {
	CrateForm     CrateForms `env:"NX_ROCRATE_FORM" envDefault:"eln" help:"Forms of a crate: eln, zip, folder."`
	CratePath     string     `env:"NX_ROCRATE_PATH" type:"folder" help:"Folder of the crates."`
	CrateData     CrateData  `env:"NX_ROCRATE_DATA" envDefault:"reference" help:"Data files by reference, or include."`
	CrateLimit    Size       `env:"NX_ROCRATE_DATA_LIMIT" envDefault:"512MiB" help:"Data files inside one crate, at most."`
	CrateChecksum bool       `env:"NX_ROCRATE_CHECKSUM" envDefault:"false" help:"SHA-256 of files that stay outside."`
	CrateDataURL  *url.URL   `env:"NX_ROCRATE_DATA_URL" help:"Public address of the instrument data."`
	CrateURL      *url.URL   `env:"NX_ROCRATE_URL" help:"Public address of the crates."`
	CrateSite     JSONObject `env:"NX_ROCRATE_SITE" help:"License, facility, people and instruments, as JSON."`
}

// CrateForms is a list of the forms of a crate.
type CrateForms []string

// UnmarshalText implements encoding.TextUnmarshaler.
func (f *CrateForms) UnmarshalText(b []byte) error {
	var names Names
	if err := names.UnmarshalText(b); err != nil {
		return err
	}
	for _, n := range names {
		var form string
		if err := oneOf(&form, n, "eln", "zip", "folder"); err != nil {
			return err
		}
	}
	*f = CrateForms(names)
	return nil
}

// CrateData says whether data files go inside a crate.
type CrateData string

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *CrateData) UnmarshalText(b []byte) error { return oneOf(d, string(b), "reference", "include") }

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

// JSONObject is a JSON object, kept as written.
type JSONObject string

// UnmarshalText implements encoding.TextUnmarshaler.
func (j *JSONObject) UnmarshalText(b []byte) error {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(b, &m); err != nil || m == nil {
		return errors.New("not a JSON object")
	}
	*j = JSONObject(b)
	return nil
}
