package labarchives

import (
	"net/url"
	"strings"
)

const apiHost = "api.labarchives.com"

// site returns the address of the notebooks that belongs to an interface: where that is
// "api", "auapi" or "ukapi", people go to "mynotebook", "aunotebook" or "uknotebook".
// Partly inferred; the service does not document it.
func site(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	if region, ok := strings.CutSuffix(u.Host, apiHost); ok && !strings.Contains(region, ".") {
		if region == "" {
			region = "my"
		}
		u.Host = region + "notebook.labarchives.com"
	}
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/api")
	return u.String()
}

const inSite = "/#/"

// pageURL returns the address of a page for people, as the Python program made it: a best
// guess.
func pageURL(base, notebook, page string) string {
	if page == inboxPage {
		return site(base)
	}
	return site(base) + inSite + notebook + "/" + page
}

// inURL reads notebook and page back.
func inURL(address string) (notebook, page string) {
	_, rest, ok := strings.Cut(address, inSite)
	if !ok {
		return "", ""
	}
	notebook, page, _ = strings.Cut(rest, "/")
	return notebook, page
}

// webLink returns an address when it leads to http or https, "" otherwise.
func webLink(text string) string {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

// public returns the address that the service gave an entry, unless a secret stands in it.
func public(address string, secrets []string) string {
	link := webLink(address)
	if link == "" || clean(link, secrets) != clean(link, nil) || signatures.MatchString(link) {
		return ""
	}
	return link
}
