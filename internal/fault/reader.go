// Package fault holds readers for tests: those that misbehave, that count, and huge ones.
package fault

import (
	"io"
	"sync/atomic"
)

// Truncated is a reader whose data end after N bytes.
type Truncated struct {
	R io.ReaderAt
	N int64
}

// ReadAt implements io.ReaderAt.
func (t Truncated) ReadAt(p []byte, off int64) (int, error) {
	if off >= t.N {
		return 0, io.EOF
	}
	if int64(len(p)) <= t.N-off {
		return t.R.ReadAt(p, off)
	}
	n, err := t.R.ReadAt(p[:t.N-off], off)
	if err == nil {
		err = io.EOF
	}
	return n, err
}

// Patched is a reader in whose data other bytes stand at Off.
type Patched struct {
	R     io.ReaderAt
	Off   int64
	Bytes []byte
}

// ReadAt implements io.ReaderAt.
func (f Patched) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.R.ReadAt(p, off)
	for i, b := range f.Bytes {
		if at := f.Off + int64(i) - off; at >= 0 && at < int64(n) {
			p[at] = b
		}
	}
	return n, err
}

// Failing is a reader that answers Err from the read after the first After on.
type Failing struct {
	R     io.ReaderAt
	Err   error
	After int64

	reads atomic.Int64
}

// ReadAt implements io.ReaderAt.
func (f *Failing) ReadAt(p []byte, off int64) (int, error) {
	if f.reads.Add(1) > f.After {
		return 0, f.Err
	}
	return f.R.ReadAt(p, off)
}

// Counting is a reader that counts what was read.
type Counting struct {
	R io.ReaderAt

	reads, bytes atomic.Int64
}

// ReadAt implements io.ReaderAt.
func (c *Counting) ReadAt(p []byte, off int64) (int, error) { return c.count(c.R, p, off) }

func (c *Counting) count(r io.ReaderAt, p []byte, off int64) (int, error) {
	n, err := r.ReadAt(p, off)
	c.reads.Add(1)
	c.bytes.Add(int64(n))
	return n, err
}

// Of returns a reader of another file that counts into c, for what is read of several
// files together; c then needs no R.
func (c *Counting) Of(r io.ReaderAt) io.ReaderAt { return counted{c, r} }

type counted struct {
	into *Counting
	r    io.ReaderAt
}

// ReadAt implements io.ReaderAt.
func (c counted) ReadAt(p []byte, off int64) (int, error) { return c.into.count(c.r, p, off) }

// Reads returns the number of reads.
func (c *Counting) Reads() int64 { return c.reads.Load() }

// Bytes returns the number of bytes read.
func (c *Counting) Bytes() int64 { return c.bytes.Load() }

// Sparse is a file that begins with data and goes on with zeros.
type Sparse struct {
	Data []byte
	Size int64
}

// ReadAt implements io.ReaderAt.
func (s Sparse) ReadAt(p []byte, off int64) (int, error) {
	n := int(min(int64(len(p)), max(0, s.Size-off)))
	clear(p[:n])
	if off < int64(len(s.Data)) {
		copy(p[:n], s.Data[off:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// OneByte is a sequential reader that gives one byte at a time.
type OneByte struct{ R io.Reader }

// Read implements io.Reader.
func (o OneByte) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	return o.R.Read(p[:1])
}
