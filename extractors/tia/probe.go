package tia

import "bytes"

// Blocks with settings have about 6,000 bytes or more: a probe each probeStep bytes meets
// every one of them.
const (
	probeStep  = 3 << 10
	probeLen   = 8
	probeAgain = 64
	probeBack  = 64 << 10
)

// probe looks for the next block where nothing says how long the pixels are: it tries
// whether there is text at places a little apart. Objects that consist of nothing but an
// identifier are missed, until the next block with settings.
func (s *search) probe() error {
	for at := s.pos; ; at += probeStep {
		if at >= s.f.Size() || s.read > searchBytes {
			s.pos = min(at, s.f.Size())
			return nil
		}
		ok, err := s.isText(at)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		begin, err := s.beginOf(at)
		if err != nil {
			return err
		}
		if begin >= 0 {
			s.pos, s.quiet = begin, 0
			return nil
		}
	}
}

// isText reports whether there is text at a place.
func (s *search) isText(at int64) (bool, error) {
	for _, n := range []int64{probeLen, probeAgain} {
		b, err := s.bytes(at, n)
		if err != nil {
			return false, err
		}
		strange := 0
		for _, c := range b {
			if (c < ' ' || c > '~') && c != '\t' && c != '\r' && c != '\n' {
				strange++
			}
		}
		if strange > len(b)/16 {
			return false, nil
		}
	}
	return true, nil
}

// beginOf goes back to where the block around a place begins, -1 where there is none.
func (s *search) beginOf(at int64) (int64, error) {
	end := min(at+int64(len(blockBegins)), s.f.Size())
	for n := int64(0); n < probeBack && end > s.pos; n += window - overlap {
		begin := max(s.pos, end-window)
		b, err := s.bytes(begin, end-begin)
		if err != nil {
			return 0, err
		}
		if i := bytes.LastIndex(b, blockBegins); i >= 0 {
			return begin + int64(i), nil
		}
		if bytes.IndexByte(b, 0) >= 0 { // no longer text
			return -1, nil
		}
		end = begin + int64(len(blockBegins))
		if begin == s.pos {
			return -1, nil
		}
	}
	return -1, nil
}
