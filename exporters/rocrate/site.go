package rocrate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// site is what a crate says and no record knows. Everything is optional.
type site struct {
	License     license           `json:"license"`
	Facility    facility          `json:"facility"`
	People      map[string]person `json:"people"`      // by login name
	Instruments map[string]device `json:"instruments"` // by PID
}

// license is what others may do with the data.
type license struct {
	URL         string `json:"url"`
	Name        string `json:"name"`
	Description string `json:"description"`
}

// facility runs the instruments.
type facility struct {
	Name  string `json:"name"`
	URL   string `json:"url"`
	ROR   string `json:"ror"` // https://ror.org/...
	Email string `json:"email"`
}

// person is an experimenter.
type person struct {
	ORCID  string `json:"orcid"` // with or without https://orcid.org/
	Given  string `json:"given"`
	Family string `json:"family"`
	Email  string `json:"email"`
}

// device is an instrument.
type device struct {
	Identifier   string `json:"identifier"` // a URL: DOI or handle
	Manufacturer string `json:"manufacturer"`
	Model        string `json:"model"`
	Serial       string `json:"serial"`
	URL          string `json:"url"`
}

const (
	orcidBase = "https://orcid.org/"
	rorBase   = "https://ror.org/"
	// largestSite bounds the file.
	largestSite = 16 << 20
)

// inline reports whether a setting is the JSON itself.
func inline(setting string) bool { return strings.HasPrefix(strings.TrimSpace(setting), "{") }

// site returns what the operator wrote. A file that is wrong is Invalid.
func (s *Store) site() (site, error) {
	text := []byte(s.config.Site)
	if s.config.Site == "" {
		return site{}, nil
	}
	if !inline(s.config.Site) {
		var err error
		if text, err = readSite(s.config.Site); err != nil {
			return site{}, err
		}
	}
	parsed, err := parseSite(text)
	if err != nil {
		return site{}, nexuslims.E(nexuslims.Invalid, "read site of crates", "NX_ROCRATE_SITE", err)
	}
	return parsed, nil
}

func readSite(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nexuslims.E(nexuslims.Invalid, "read site of crates", path, err)
	}
	text, err := io.ReadAll(io.LimitReader(f, largestSite+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, nexuslims.E(nexuslims.Transient, "read site of crates", path, err)
	}
	if len(text) > largestSite {
		return nil, nexuslims.E(nexuslims.Invalid, "read site of crates", path, errors.New("over 16 MiB"))
	}
	return text, nil
}

// parseSite reads a site strictly: a name that is not known is a mistake.
func parseSite(text []byte) (site, error) {
	var s site
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return site{}, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return site{}, errors.New("more than one JSON object")
	}
	return s, s.check()
}

// check looks at everything that has a form.
func (s *site) check() error {
	faults := []error{
		addressed("license.url", s.License.URL), addressed("facility.url", s.Facility.URL),
		addressed("facility.ror", s.Facility.ROR), mailed("facility.email", s.Facility.Email),
	}
	if s.Facility.ROR != "" && !strings.HasPrefix(s.Facility.ROR, rorBase) {
		faults = append(faults, fmt.Errorf("facility.ror: does not begin with %s", rorBase))
	}
	for login, p := range s.People {
		orcid, err := orcidURL(p.ORCID)
		if err != nil {
			faults = append(faults, fmt.Errorf("people.%s.orcid: %w", login, err))
		}
		p.ORCID = orcid
		s.People[login] = p
		faults = append(faults, mailed("people."+login+".email", p.Email))
	}
	for pid, d := range s.Instruments {
		faults = append(faults, addressed("instruments."+pid+".url", d.URL))
	}
	return errors.Join(faults...)
}

func addressed(what, address string) error {
	if address == "" || webLink(address) == address {
		return nil
	}
	return fmt.Errorf("%s: %q is not an http or https address", what, address)
}

func mailed(what, address string) error {
	name, domain, ok := strings.Cut(address, "@")
	if address == "" || ok && name != "" && domain != "" && !strings.ContainsAny(address, " <>\"\\?#%/:\n\t") {
		return nil
	}
	return fmt.Errorf("%s: %q is not an e-mail address", what, address)
}

// orcidURL returns an ORCID iD as address. Its last sign is a checksum (ISO 7064, MOD 11-2).
func orcidURL(text string) (string, error) {
	id := strings.TrimPrefix(text, orcidBase)
	if id == "" {
		return "", nil
	}
	digits := strings.ReplaceAll(id, "-", "")
	if len(digits) != 16 || len(id) != 19 || id[4] != '-' || id[9] != '-' || id[14] != '-' {
		return "", fmt.Errorf("%q is not of the form 0000-0000-0000-0000", text)
	}
	total := 0
	for _, c := range digits[:15] {
		if c < '0' || c > '9' {
			return "", fmt.Errorf("%q is not of the form 0000-0000-0000-0000", text)
		}
		total = (total + int(c-'0')) * 2
	}
	if check := (12 - total%11) % 11; digits[15:] != "0123456789X"[check:check+1] {
		return "", fmt.Errorf("%q has a wrong checksum", text)
	}
	return orcidBase + id, nil
}
