package dm

import (
	"errors"
	"fmt"
	"io"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// windowSize is how much is read ahead: tags are small and stand close together,
// pixels between them are skipped.
const windowSize = 8 << 10

// window reads forward through a file with one buffer, and skips without reading.
type window struct {
	r     io.ReaderAt
	size  int64
	off   int64 // of the next byte
	start int64 // offset of buf in the file
	buf   []byte
	store []byte
}

func newWindow(r io.ReaderAt, size int64) *window {
	return &window{r: r, size: size, store: make([]byte, windowSize)}
}

func (w *window) left() int64 { return w.size - w.off }

// take returns the next n bytes, at most windowSize. The slice is valid until the next call.
func (w *window) take(n int) ([]byte, error) {
	if int64(n) > w.left() {
		return nil, corrupt(w.off, fmt.Errorf("%d bytes wanted, %d left: %w", n, w.left(), io.ErrUnexpectedEOF))
	}
	if w.off < w.start || w.off+int64(n) > w.start+int64(len(w.buf)) {
		if err := w.fill(); err != nil {
			return nil, err
		}
	}
	from := int(w.off - w.start)
	w.off += int64(n)
	return w.buf[from : from+n], nil
}

func (w *window) fill() error {
	w.start = w.off
	w.buf = w.store[:min(int64(len(w.store)), w.left())]
	return readFull(w.r, w.buf, w.start)
}

func (w *window) skip(n int64) error {
	if n < 0 || n > w.left() {
		return corrupt(w.off, fmt.Errorf("%d bytes wanted, %d left: %w", n, w.left(), io.ErrUnexpectedEOF))
	}
	w.off += n
	return nil
}

// readFull fills p from off on. Whoever calls it has compared the range with the
// size of the file, so an early end means that the file became shorter meanwhile.
func readFull(r io.ReaderAt, p []byte, off int64) error {
	n, err := r.ReadAt(p, off)
	if n == len(p) {
		return nil
	}
	if errors.Is(err, io.EOF) || err == nil {
		return corrupt(off+int64(n), fmt.Errorf("file ends early: %w", io.ErrUnexpectedEOF))
	}
	return fmt.Errorf("read at %d: %w", off, err)
}

func corrupt(off int64, err error) error {
	return nexuslims.E(nexuslims.Corrupt, "read tags", "", fmt.Errorf("at byte %d: %w", off, err))
}
