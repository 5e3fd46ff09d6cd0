package rocratetest

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Names and ids that every crate has.
const (
	metadataFile = "ro-crate-metadata.json"
	previewFile  = "ro-crate-preview.html"
	idRoot       = "./"
	idRecord     = "./record/"
)

// Require lets a test fail when a crate breaks a rule.
func Require(tb testing.TB, crate string) {
	tb.Helper()
	for _, violation := range Check(crate) {
		tb.Errorf("%s: %s", filepath.Base(crate), violation)
	}
}

// Check returns which rules a crate breaks: a folder, or an archive that ends in .zip or
// .eln. An empty answer is a good crate.
func Check(crate string) []string {
	c := &checker{files: map[string][]byte{}}
	info, err := os.Stat(crate)
	switch {
	case err != nil:
		c.bad("it cannot be read: %v", err)
	case info.IsDir():
		c.readFolder(crate)
	case strings.HasSuffix(crate, ".zip"):
		c.readArchive(crate, "")
	case strings.HasSuffix(crate, ".eln"):
		name, _ := archiveFolder(crate)
		c.readArchive(crate, name+"/")
	default:
		c.bad("it is neither a folder nor an archive")
	}
	if len(c.found) == 0 {
		c.checkNames()
		c.checkPreview()
		c.checkDocument()
	}
	return c.found
}

// archiveFolder returns the name of the folder in an archive.
func archiveFolder(crate string) (string, error) {
	z, err := openArchive(crate)
	if err != nil {
		return "", err
	}
	defer func() { _ = z.Close() }()
	if len(z.File) == 0 {
		return "", fmt.Errorf("no entries")
	}
	name, _, _ := strings.Cut(z.File[0].Name, "/")
	return name, nil
}

// checker collects what is wrong with a crate.
type checker struct {
	found []string
	files map[string][]byte // by name below the crate
	order []entity
	graph map[string]entity
	// used are the ids that some entity points to.
	used map[string]bool
}

func (c *checker) bad(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

// rule notes a violation unless it holds.
func (c *checker) rule(holds bool, format string, args ...any) {
	if !holds {
		c.bad(format, args...)
	}
}

// checkNames looks at the names of files: they are ids, and importers use ids as paths,
// some percent-decoded and some not.
func (c *checker) checkNames() {
	lower := map[string]string{}
	for name := range c.files {
		for part := range strings.SplitSeq(name, "/") {
			c.rule(safeName.MatchString(part), "name %q has characters that importers change", name)
			c.rule(len(part) <= 124, "name %q is too long", name)
			c.rule(!device.MatchString(part), "name %q is a device of Windows", name)
		}
		c.rule(strings.Count(name, "/") <= 1, "file %q lies deeper than one folder", name)
		c.rule(path.Base(name) == metadataFile || !strings.HasSuffix(name, "metadata.json"),
			"file %q looks like the description to importers", name)
		other, taken := lower[strings.ToLower(name)]
		c.rule(!taken, "files %q and %q differ by case alone", name, other)
		lower[strings.ToLower(name)] = name
	}
	_, there := c.files[metadataFile]
	c.rule(there, "there is no %s", metadataFile)
}

func (c *checker) checkPreview() {
	page, there := c.files[previewFile]
	c.rule(there && strings.HasPrefix(string(page), "<!DOCTYPE html>"), "%s is no HTML page", previewFile)
	c.rule(!strings.Contains(strings.ToLower(string(page)), "<script"), "%s runs scripts", previewFile)
}

func sortedNames(files map[string][]byte) []string {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
