package config

import (
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const (
	shortSecret   = 4       // shorter texts would be masked in the middle of words
	maxSecretFile = 1 << 20 // larger files hold no secret
)

// Secrets returns every text that must not be shown, of at least four characters: for
// redaction of what others wrote. Secrets in files and passwords in addresses, those of
// proxies included, are among them.
func (t *Texts) Secrets(known []nexuslims.Variable) []string {
	var out []string
	add := func(text string) {
		if len(text) >= shortSecret && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	for _, name := range t.Names() {
		v, _, ok := t.Lookup(name)
		if !ok {
			continue
		}
		if isSecret(name, known) {
			add(v)
		}
		add(inFile(name, v, known))
		if user := userInfo(v); user != "" {
			_, password, _ := strings.Cut(user, ":")
			add(password)
			if plain, err := url.PathUnescape(password); err == nil {
				add(plain)
			}
		}
	}
	return out
}

// inFile reads the secret that NAME_FILE names; "" for other variables. Certificates are
// no secret when they stand in a file.
func inFile(name, path string, known []nexuslims.Variable) string {
	base, ok := strings.CutSuffix(strings.ToUpper(name), "_FILE")
	if !ok || base == "NX_CERT_BUNDLE" || !isSecret(base, known) {
		return ""
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxSecretFile {
		return ""
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return strings.TrimRight(string(b), "\r\n")
}

// userInfo returns what stands between "://" and the last "@" in an address, however it
// is written: a password that was not escaped may hold any character.
func userInfo(address string) string {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return ""
	}
	at := strings.LastIndexByte(rest, '@')
	if at < 0 {
		return ""
	}
	return rest[:at]
}
