package record

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// maxPart bounds each part of a file name, so that the whole stays below what file
// systems take.
const maxPart = 80

// FileName returns the file name of a session's record,
// "2024-05-06_SEM-A_5120.xml": the day of its start in the zone stored with it, the
// instrument's id, and the id of the usage event or the identifier up to its first "-".
//
// Whatever is not a letter, digit, dot, underscore or hyphen of ASCII is replaced, and
// a digest keeps names distinct that become equal by it.
func FileName(session nexuslims.Session, instrument nexuslims.Instrument) string {
	parts := []string{
		session.From.Format("2006-01-02"),
		safePart(instrument.PID),
		safePart(nameSuffix(session.ID, instrument.Harvester)),
	}
	return strings.Join(parts, "_") + ".xml"
}

func nameSuffix(id, harvester string) string {
	if harvester == "nemo" {
		u, err := url.Parse(id)
		if err == nil && u.Query().Get("id") != "" {
			return u.Query().Get("id")
		}
		return digest(id)
	}
	if head, _, _ := strings.Cut(id, "-"); head != "" {
		return head
	}
	return digest(id)
}

func safePart(s string) string {
	safe := strings.Map(func(r rune) rune {
		if r < 0x80 && unreserved(byte(r)) && r != '~' {
			return r
		}
		return '_'
	}, s)
	if len(safe) > maxPart {
		safe = safe[:maxPart]
	}
	safe = strings.ReplaceAll(strings.Trim(safe, "."), "..", "__")
	if safe != s || s == "" {
		safe += "-" + digest(s)
	}
	return safe
}

// digest is a short text that stands for another one.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:4])
}
