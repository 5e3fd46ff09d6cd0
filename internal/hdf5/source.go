package hdf5

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// corrupt says that a file contradicts itself.
func corrupt(op, format string, args ...any) error {
	return nexuslims.E(nexuslims.Corrupt, op, "", fmt.Errorf(format, args...))
}

// unsupported names what is not read.
func unsupported(op, format string, args ...any) error {
	return nexuslims.E(nexuslims.Unsupported, op, "", fmt.Errorf(format, args...))
}

// source reads from the file by address. Small reads are served from pages.
type source struct {
	r       io.ReaderAt
	size    int64
	base    uint64 // where address 0 lies
	offsets int    // bytes of an address
	lengths int    // bytes of a length
	mu      sync.Mutex
	pages   map[int64][]byte
	order   [maxPages]int64 // of the pages, a ring
	next    int
}

// Pages of pageSize bytes are kept, at most maxPages.
const (
	pageSize = 4096
	maxPages = 256
)

func newSource(r io.ReaderAt, size int64) *source {
	return &source{r: r, size: size, offsets: 8, lengths: 8, pages: map[int64][]byte{}}
}

// undefined is the address that stands for none.
func (s *source) undefined() uint64 { return ^uint64(0) >> (64 - 8*s.offsets) }

// within checks a piece against the file and returns its place.
func (s *source) within(address uint64, n int64) (int64, error) {
	at := address + s.base
	if n < 0 || at < address || n > s.size || at > uint64(s.size-n) {
		return 0, corrupt("read HDF5", "%d bytes at %d are beyond the end at %d", n, at, s.size)
	}
	return int64(at), nil
}

// bytes returns n bytes at an address. They must not be changed.
func (s *source) bytes(address uint64, n int) ([]byte, error) {
	at, err := s.within(address, int64(n))
	if err != nil || n == 0 {
		return nil, err
	}
	first, last := at/pageSize, (at+int64(n)-1)/pageSize
	if first == last {
		page, err := s.page(first)
		if err != nil {
			return nil, err
		}
		return page[at%pageSize:][:n:n], nil
	}
	b := make([]byte, n)
	if last-first > 3 {
		return b, s.readAt(b, at)
	}
	for i, done := first, 0; i <= last; i++ {
		page, err := s.page(i)
		if err != nil {
			return nil, err
		}
		done += copy(b[done:], page[max(0, at-i*pageSize):])
	}
	return b, nil
}

// read fills dst from an address without keeping pages.
func (s *source) read(dst []byte, address uint64) error {
	at, err := s.within(address, int64(len(dst)))
	if err != nil {
		return err
	}
	return s.readAt(dst, at)
}

// rest returns how many bytes follow an address.
func (s *source) rest(address uint64) int64 {
	if at := address + s.base; at >= address && at < uint64(s.size) {
		return s.size - int64(at)
	}
	return 0
}

func (s *source) page(i int64) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.pages[i]; ok {
		return p, nil
	}
	p := make([]byte, min(pageSize, s.size-i*pageSize))
	if err := s.readAt(p, i*pageSize); err != nil {
		return nil, err
	}
	if len(s.pages) == maxPages {
		delete(s.pages, s.order[s.next])
	}
	s.pages[i], s.order[s.next] = p, i
	s.next = (s.next + 1) % maxPages
	return p, nil
}

func (s *source) readAt(b []byte, at int64) error {
	n, err := s.r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	kind := nexuslims.Transient
	var known *nexuslims.Error
	switch {
	case err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		kind = nexuslims.Corrupt
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		kind = nexuslims.Canceled
	case errors.As(err, &known):
		kind = known.Kind
	}
	return nexuslims.E(kind, "read HDF5", "", fmt.Errorf("%d bytes at %d: %w", len(b), at, err))
}
