package emsa

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// layout tells which numbers of a line are values.
type layout struct {
	pairs   bool // an energy stands before each value
	columns int  // of pairs in a line
	comma   bool // is the decimal point
}

func (l layout) isValue(column int) bool {
	return !l.pairs || column%2 == 1 && column < 2*l.columns
}

// survey is what one look through all numbers finds.
type survey struct {
	numbers, pairs int   // all of them, and those at the place of the value of a pair
	narrow, wide   int   // numbers of the shortest and of the longest line
	bad, badPairs  int   // that are none, counted both ways
	first, last    token // energies
	rows           int
	end            int64 // where what follows the spectrum begins
}

// token is a copy of a number as it is written.
type token struct {
	text [longest]byte
	n    int
}

// longest is how many bytes of a number are looked at; no double needs more.
const longest = 40

func (t *token) set(b []byte)   { t.n = copy(t.text[:], b) }
func (t token) number() float64 { return parseToken(t.text[:t.n]) }

// parseToken returns the number, and not-a-number for what is none.
func parseToken(b []byte) float64 {
	v, err := strconv.ParseFloat(string(b), 64)
	if err == nil || errors.Is(err, strconv.ErrRange) {
		return v
	}
	if i := bytes.IndexAny(b, "dD"); i > 0 { // Fortran
		if v, err = strconv.ParseFloat(string(b[:i])+"e"+string(b[i+1:]), 64); err == nil {
			return v
		}
	}
	return math.NaN()
}

// isNumber reports whether a token looks like a number; reading finds out.
func isNumber(b []byte) bool {
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9', c == '.', c == '-', c == '+', c == 'e', c == 'E', c == 'd', c == 'D':
		default:
			return false
		}
	}
	return true
}

// look surveys the numbers between two places of the file.
func look(ctx context.Context, r io.ReaderAt, from, to int64, l layout) (survey, error) {
	s := survey{narrow: math.MaxInt}
	width := 0
	row := func() {
		if width > 0 {
			s.narrow, s.wide = min(s.narrow, width), max(s.wide, width)
			s.rows++
		}
		width = 0
	}
	end, err := each(ctx, r, from, to, l.comma, func(column int, b []byte) bool {
		if column == 0 {
			row()
			s.last.set(b)
			if s.numbers == 0 {
				s.first.set(b)
			}
		}
		width++
		s.numbers++
		none := 0
		if !isNumber(b) {
			none = 1
		}
		s.bad += none
		if l.isValue(column) {
			s.pairs++
			s.badPairs += none
		}
		return true
	})
	row()
	s.end = end
	return s, err
}

// each calls visit with every number and its place in its line until that returns false
// or the data end, at a line that says so or where another spectrum begins. It returns the
// place behind them.
func each(
	ctx context.Context, r io.ReaderAt, from, to int64, comma bool, visit func(column int, b []byte) bool,
) (end int64, err error) {
	s := &splitter{visit: visit, comma: comma, start: true, end: to}
	buf := make([]byte, min(64<<10, max(0, to-from)))
	for from < to && !s.done {
		if err := ctx.Err(); err != nil {
			return from, nexuslims.E(nexuslims.Canceled, "read values", "", err)
		}
		n, err := r.ReadAt(buf[:min(int64(len(buf)), to-from)], from)
		if n == 0 {
			if errors.Is(err, io.EOF) {
				err = nexuslims.E(nexuslims.Corrupt, "read values", "", io.ErrUnexpectedEOF)
			}
			return from, err
		}
		s.base = from
		s.feed(buf[:n])
		from += int64(n)
	}
	if !s.done {
		s.base = from
		s.feed([]byte{'\n'})
	}
	return min(s.end, to), nil
}

// splitter takes the lines of the data apart.
type splitter struct {
	visit   func(column int, b []byte) bool
	comma   bool // between digits is the decimal point
	column  int
	token   []byte
	start   bool // of a line
	skip    bool // the line is a keyword
	pending bool // a comma that may be a decimal point
	done    bool
	base    int64 // place in the file of what is taken apart
	keyword int64 // place of the keyword in this line
	end     int64 // place behind the data
}

func (s *splitter) feed(b []byte) {
	for i := 0; i < len(b) && !s.done; i++ {
		switch c := b[i]; {
		case c == '\r' || c == '\n':
			s.endLine(s.base + int64(i) + 1)
		case s.skip:
			s.keep(b[i : i+1])
		case c == '#' && s.start:
			s.skip, s.start, s.keyword = true, false, s.base+int64(i)
		case c == ',' && s.comma && len(s.token) > 0 && !s.pending:
			s.pending = true
		case isBreak(c):
			s.flush()
		default:
			i = s.number(b, i)
		}
	}
}

// number takes a number, or the part of one that is there, and returns its last byte.
func (s *splitter) number(b []byte, from int) int {
	if s.pending && (b[from] < '0' || b[from] > '9') {
		s.flush()
	} else if s.pending {
		s.keep([]byte{'.'})
	}
	s.pending, s.start = false, false
	end := from + 1
	for end < len(b) && !isBreak(b[end]) {
		end++
	}
	if !s.done {
		s.keep(b[from:end])
	}
	return end - 1
}

// isBreak reports whether a byte stands between numbers.
func isBreak(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ',' || c == ';' || c == 0
}

// keep adds bytes to a number.
func (s *splitter) keep(b []byte) {
	if room := longest - len(s.token); room > 0 {
		s.token = append(s.token, b[:min(room, len(b))]...)
	}
}

func (s *splitter) flush() {
	s.pending = false
	if len(s.token) == 0 {
		return
	}
	s.done = !s.visit(s.column, s.token)
	s.column++
	s.token = s.token[:0]
}

// endLine ends a line; next is the place behind it.
func (s *splitter) endLine(next int64) {
	if s.skip {
		name, _, _ := strings.Cut(strings.ToUpper(string(s.token)), ":")
		switch {
		case strings.HasPrefix(strings.TrimLeft(name, "# "), "ENDOFDATA"):
			s.done, s.end = true, next
		case strings.TrimSpace(name) == "FORMAT":
			s.done, s.end = true, s.keyword
		}
		s.token = s.token[:0]
	} else {
		s.flush()
	}
	s.column, s.skip, s.start = 0, false, true
}

// values is the source of the numbers of a spectrum. They are read anew each time.
type values struct {
	file     *extractors.File
	from, to int64
	layout   layout
	total    int
}

// ReadRegion implements extractors.PixelSource.
func (v *values) ReadRegion(ctx context.Context, r extractors.Region, dst []byte) error {
	start, count, step := r.Start[0], r.Count[0], r.Step[0]
	index, found := 0, 0
	if count == 0 {
		return nil
	}
	_, err := each(ctx, v.file, v.from, v.to, v.layout.comma, func(column int, b []byte) bool {
		if !v.layout.isValue(column) {
			return true
		}
		if index >= start && (index-start)%step == 0 {
			binary.LittleEndian.PutUint64(dst[8*found:], math.Float64bits(parseToken(b)))
			found++
		}
		index++
		return found < count
	})
	if err != nil {
		return err
	}
	if found < count {
		return nexuslims.E(nexuslims.Corrupt, "read values", "", fmt.Errorf("%d values are there, not %d", index, v.total))
	}
	return nil
}

var _ extractors.PixelSource = (*values)(nil)
