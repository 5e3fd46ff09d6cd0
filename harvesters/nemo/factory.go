package nemo

import (
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Name is the harvester's name in the instrument table.
const Name = "nemo"

type factory struct{}

// NewFactory returns the factory of NEMO harvesters, one harvester a server.
func NewFactory() harvesters.Factory { return factory{} }

// Name implements harvesters.Factory.
func (factory) Name() string { return Name }

// Variables implements harvesters.Factory.
func (factory) Variables() []nexuslims.Variable {
	all := settings.Describe(Config{})
	for i := range all {
		all[i].Name += "_N"
	}
	return all
}

// Configure implements harvesters.Factory. An instance with an address and no token, or
// the reverse, is left out with a warning, as is a second instance of the same address:
// sites switch a server off in this way.
func (factory) Configure(s nexuslims.Settings, host nexuslims.Host) ([]harvesters.Harvester, error) {
	host, err := complete(host)
	if err != nil {
		return nil, err
	}
	var (
		opened []harvesters.Harvester
		faults nexuslims.Faults
		known  = map[string]string{}
	)
	for _, suffix := range instances(s) {
		config, ok, err := decode(s, suffix, host.Logger)
		var found nexuslims.Faults
		switch {
		case errors.As(err, &found):
			faults = append(faults, found...)
			continue
		case err != nil:
			return nil, err
		case !ok:
			continue
		}
		h := newHarvester(config, suffix, host)
		if first, taken := known[h.address.String()]; taken {
			host.Logger.Warn("NEMO server is named twice; the second instance is left out",
				"first", addressVariable+"_"+first, "second", h.setting(addressVariable))
			continue
		}
		known[h.address.String()] = suffix
		opened = append(opened, h)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return opened, nil
}

// complete fills in what the host left out.
func complete(host nexuslims.Host) (nexuslims.Host, error) {
	if host.Logger == nil {
		host.Logger = slog.New(slog.DiscardHandler)
	}
	if host.Now == nil {
		host.Now = time.Now
	}
	if host.Client == nil {
		var err error
		var client *http.Client
		if client, err = httpx.New(httpx.Options{Logger: host.Logger}); err != nil {
			return host, err
		}
		host.Client = client
	}
	return host, nil
}

// instances returns the suffixes of all addresses and tokens, numbers first.
func instances(s nexuslims.Settings) []string {
	marks := settings.Map{}
	for _, prefix := range []string{addressVariable + "_", tokenVariable + "_"} {
		for _, suffix := range settings.Suffixes(s, prefix) {
			if prefix == tokenVariable+"_" {
				suffix = strings.TrimSuffix(suffix, "_FILE")
			}
			marks[suffix] = "set"
		}
	}
	return slices.Clip(settings.Suffixes(marks, ""))
}

// decode reads one instance; ok is false where a half of it is missing.
func decode(s nexuslims.Settings, suffix string, log *slog.Logger) (c Config, ok bool, err error) {
	one := settings.Instance{Settings: s, Suffix: suffix}
	if missing := half(one); missing != "" {
		log.Warn("NEMO instance is left out: a setting is missing", "instance", suffix,
			"missing", missing+"_"+suffix, "address", addressVariable+"_"+suffix, "token", tokenVariable+"_"+suffix)
		return c, false, nil
	}
	if err = settings.Decode(one, &c); err != nil {
		var faults nexuslims.Faults
		if errors.As(err, &faults) {
			err = settings.Renumber(faults, suffix)
		}
		return c, false, err
	}
	return c, true, nil
}

func half(s nexuslims.Settings) (missing string) {
	if _, _, ok := s.Lookup(addressVariable); !ok {
		return addressVariable
	}
	_, _, token := s.Lookup(tokenVariable)
	_, _, file := s.Lookup(tokenVariable + "_FILE")
	if !token && !file {
		return tokenVariable
	}
	return ""
}
