package extractortest

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Sample is one file that an extractor is tried with.
type Sample struct {
	Name       string
	Data       []byte
	Siblings   map[string][]byte // other files of the folder
	Instrument *nexuslims.Instrument
	Foreign    bool // has the extension, but is not of the format: Match must be false
	Broken     bool // of the format, but cannot be read: Extract must give an error
}

// Load reads a sample from disk; the test fails when it cannot.
func Load(tb testing.TB, path string) Sample {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return Sample{Name: filepath.Base(path), Data: data}
}

// Foreign returns a sample that the extractor must not take.
func Foreign(name string, data []byte) Sample { return Sample{Name: name, Data: data, Foreign: true} }

// fileTime is the modification time of all samples.
var fileTime = time.Date(2024, 2, 29, 23, 59, 59, 123_456_000, time.UTC)

func (s Sample) file() *extractors.File {
	return s.through(bytes.NewReader(s.Data), int64(len(s.Data)))
}

func (s Sample) through(r io.ReaderAt, size int64) *extractors.File {
	c := extractors.Context{Instrument: s.Instrument}
	c.Sibling = func(name string) (*extractors.File, error) {
		data, ok := s.Siblings[name]
		if !ok {
			return nil, nexuslims.E(nexuslims.NotFound, "open sibling", name, os.ErrNotExist)
		}
		return extractors.NewFile(name, bytes.NewReader(data), int64(len(data)), fileTime, c), nil
	}
	return extractors.NewFile(s.Name, r, size, fileTime, c)
}
