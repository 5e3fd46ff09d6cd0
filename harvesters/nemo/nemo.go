package nemo

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"sync"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Harvester speaks to one NEMO server. Its methods may be called concurrently.
type Harvester struct {
	address address
	suffix  string
	client  client
	clock   clock
	tools   cache[tool]
	users   cache[user]
	zones   *sync.Map  // of instruments: name to *time.Location
	guessed *sync.Once // the warning about times without zone was given
	log     *slog.Logger
}

var (
	_ harvesters.Harvester = (*Harvester)(nil)
	_ harvesters.Checker   = (*Harvester)(nil)
)

// newHarvester expects a valid Config and a complete Host.
func newHarvester(c Config, suffix string, host nexuslims.Host) *Harvester {
	zone, _ := zoneNamed(c.Zone)
	write, _ := newFormat(c.WriteFormat)
	read, _ := newFormat(c.ReadFormat)
	h := &Harvester{
		address: newAddress(c.Address),
		suffix:  suffix,
		clock:   clock{write: write, read: read, zone: zone},
		tools:   newCache[tool](host.Now),
		users:   newCache[user](host.Now),
		zones:   new(sync.Map),
		guessed: new(sync.Once),
		log:     host.Logger,
	}
	h.client = client{http: host.Client, root: h.address, token: c.Token, setting: h.setting}
	return h
}

// setting returns the full name of one of the instance's settings.
func (h *Harvester) setting(name string) string { return name + "_" + h.suffix }

// Source implements harvesters.Harvester. The id is the address of the API.
func (h *Harvester) Source() harvesters.Source {
	return harvesters.Source{Kind: Name, ID: h.address.String()}
}

// Owns implements harvesters.Harvester: instruments of this harvester whose address lies
// below the server's. The longer the server's address, the more specific.
func (h *Harvester) Owns(in nexuslims.Instrument) int {
	if !strings.EqualFold(strings.TrimSpace(in.Harvester), Name) {
		return 0
	}
	if _, _, ok := h.address.below(in.APIURL); !ok {
		return 0
	}
	return len(h.address.url.EscapedPath())
}

// Check implements harvesters.Checker: it asks for a row that does not exist of each
// kind that is read, so that one answer tells about address, token and permissions.
func (h *Harvester) Check(ctx context.Context) error {
	var problems []error
	for _, endpoint := range []string{toolsEndpoint, usersEndpoint, eventsEndpoint, reservationsEndpoint} {
		_, err := h.client.list(ctx, endpoint, url.Values{"id": {"0"}, "fields": {"id"}})
		if err == nil {
			continue
		}
		problems = append(problems, err)
		if !errors.Is(err, errMissingPermission) {
			break // the others would say the same
		}
	}
	if len(problems) < 2 {
		return errors.Join(problems...)
	}
	return nexuslims.E(nexuslims.Permission, "check", h.address.String(), errors.Join(problems...))
}

// Close implements harvesters.Harvester; nothing is held open.
func (h *Harvester) Close() error { return nil }
