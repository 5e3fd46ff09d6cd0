package rocrate

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"syscall"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Media types of what we make.
const (
	mediaXML  = "application/xml"
	mediaJSON = "application/json"
	mediaPNG  = "image/png"
	// mediaUnknown is for formats without a registered type.
	mediaUnknown = "application/octet-stream"
)

// sum is what the first reading of a file finds.
type sum struct {
	size   int64
	sha256 string // lower-case hex
	crc    uint32 // CRC-32 of ISO 3309, as archives have it
}

// part is a file inside a crate, in its folder record.
type part struct {
	name     string // there
	original string // its own name
	about    string // what it is, for its description
	media    string
	data     bool // instrument data: stored as it is
	open     func() (fs.File, error)
	content  []byte // instead of open
	sum
}

// id is the part's @id.
func (p *part) id() string { return "./" + p.path() }

// path is the part's place in the crate.
func (p *part) path() string { return recordDir + "/" + p.name }

// reader opens the part.
func (p *part) reader() (io.ReadCloser, error) {
	if p.open == nil {
		return io.NopCloser(bytes.NewReader(p.content)), nil
	}
	return p.open()
}

// changedError is a part that is not any more what the first reading found.
type changedError struct{ part *part }

func (e changedError) Error() string { return e.part.original + " changed while the crate was made" }

// copyTo writes the part to w and compares it with the first reading.
func (p *part) copyTo(ctx context.Context, w io.Writer) error {
	r, err := p.reader()
	if err != nil {
		return p.readFault(err)
	}
	target := &sink{w: w}
	found, err := measure(ctx, io.TeeReader(io.LimitReader(r, p.size+1), target))
	if closeErr := r.Close(); err == nil {
		err = closeErr
	}
	switch {
	case target.err != nil:
		return target.err
	case err != nil && ctx.Err() == nil:
		return p.readFault(err)
	case err != nil:
		return err
	case found != p.sum:
		return changedError{p}
	}
	return nil
}

// readFault tells a file that vanished from a store that does not answer.
func (p *part) readFault(err error) error {
	if _, alone := absent(err); alone {
		return changedError{p}
	}
	return nexuslims.E(nexuslims.Transient, "read", p.original, err)
}

// sink remembers that writing failed, to tell it from a failure of reading.
type sink struct {
	w   io.Writer
	err error
}

func (s *sink) Write(b []byte) (int, error) {
	n, err := s.w.Write(b)
	if err != nil {
		s.err = err
	}
	return n, err
}

// measure reads everything and returns its size and digests.
func measure(ctx context.Context, r io.Reader) (sum, error) {
	sha, crc := sha256.New(), crc32.NewIEEE()
	n, err := io.CopyBuffer(io.MultiWriter(sha, crc), interruptible{ctx, r}, make([]byte, 256<<10))
	return sum{n, hex.EncodeToString(sha.Sum(nil)), crc.Sum32()}, err
}

// interruptible ends reading when the caller gives up.
type interruptible struct {
	ctx context.Context //nolint:containedctx // lives as long as one copy
	r   io.Reader
}

func (i interruptible) Read(b []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	return i.r.Read(b)
}

// state says what is known of a data file.
type state int

const (
	outside state = iota
	included
	missing  // it is not there
	unread   // it is there and may not be read
	unsteady // it changed while the crate was made
	overfull // it was to be included and did not fit
	unknown  // nobody can look
)

// dataFile is an instrument file of a record, whatever its signals.
type dataFile struct {
	location string
	name     string
	media    string
	state    state
	modified time.Time
	sum      // sha256 is empty where nobody asked for it
	part     *part
}

// absent reports whether an error of opening or reading concerns this file alone, and how.
func absent(err error) (state, bool) {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return missing, true
	case errors.Is(err, fs.ErrPermission), nexuslims.KindOf(err) == nexuslims.Unsupported:
		return unread, true
	}
	return outside, false
}

// escapes reports whether opening a file was refused because it lies outside of its root:
// what the system itself says is a number.
func escapes(err error) bool {
	var number syscall.Errno
	var path *fs.PathError
	return errors.As(err, &path) && !errors.As(err, &number)
}
