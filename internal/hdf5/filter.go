package hdf5

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"sync"
)

// The filters that are read.
const (
	filterDeflate  = 1
	filterShuffle  = 2
	filterFletcher = 3
	filterLZF      = 32000
)

// filter is a step of a pipeline.
type filter struct {
	id     int
	name   string
	values []uint32
}

// knownFilter returns the name of a filter that is not read.
func knownFilter(id int) string {
	return map[int]string{
		4: "szip", 5: "nbit", 6: "scaleoffset", 305: "lzo", 307: "bzip2", 32001: "blosc", 32004: "lz4",
		32008: "bitshuffle", 32013: "zfp", 32015: "zstd", 32017: "sz", 32018: "fcidecomp", 32019: "jpeg",
		32024: "sz3", 32026: "blosc2", 32028: "jpegxl",
	}[id]
}

// String names a filter for people.
func (f filter) String() string {
	if name := knownFilter(f.id); name != "" {
		return "filter " + name
	}
	if f.name != "" {
		return fmt.Sprintf("filter %d (%s)", f.id, f.name)
	}
	return fmt.Sprintf("filter %d", f.id)
}

// decodeFilters reads a filter pipeline message (section IV.A.2.l).
func (s *source) decodeFilters(body []byte) ([]filter, error) {
	const op = "read filters"
	c := s.cursor(body)
	version, count := c.u8(), c.u8()
	if version != 1 && version != 2 || count > 32 {
		return nil, corrupt(op, "version %d with %d filters", version, count)
	}
	if version == 1 {
		c.skip(6)
	}
	var list []filter
	for range count {
		f := filter{id: c.u16()}
		length := 0
		if version == 1 || f.id >= 256 {
			length = c.u16()
		}
		c.skip(2)
		values := c.u16()
		f.name = string(trimZeros(c.take(length)))
		if version == 1 {
			c.skip((8 - length%8) % 8)
		}
		if values > c.left()/4 {
			return nil, corrupt(op, "%d values of %s", values, f)
		}
		for range values {
			f.values = append(f.values, c.u32())
		}
		if version == 1 && values%2 == 1 {
			c.skip(4)
		}
		list = append(list, f)
	}
	return list, c.err(op)
}

// pipeline undoes filters. It may be used concurrently.
type pipeline struct {
	filters []filter
	size    int // bytes of an element
	spare   sync.Pool
}

// check tells whether all filters can be undone.
func (p *pipeline) check() error {
	for _, f := range p.filters {
		switch f.id {
		case filterDeflate, filterShuffle, filterFletcher, filterLZF:
		default:
			return unsupported("read chunk", "%v", f)
		}
	}
	return nil
}

// scratch keeps two buffers between chunks that are used one after the other. Without it
// (nil) memory is taken for each.
type scratch struct {
	buffers [2][]byte
	turn    int
}

// take returns an empty buffer with room for n bytes.
func (s *scratch) take(n int) []byte {
	if s == nil {
		return make([]byte, 0, n)
	}
	s.turn = 1 - s.turn
	if cap(s.buffers[s.turn]) < n {
		s.buffers[s.turn] = make([]byte, 0, n)
	}
	return s.buffers[s.turn]
}

// keep remembers a buffer of take that grew.
func (s *scratch) keep(b []byte) []byte {
	if s != nil {
		s.buffers[s.turn] = b[:0]
	}
	return b
}

// decode returns the n bytes of a chunk, those of the filters left out that the mask names.
func (p *pipeline) decode(b []byte, n int, mask uint32, room *scratch) ([]byte, error) {
	var err error
	for i := len(p.filters) - 1; i >= 0; i-- {
		if mask>>i&1 != 0 {
			continue
		}
		switch f := p.filters[i]; f.id {
		case filterDeflate:
			b, err = p.inflate(b, n, room)
		case filterLZF:
			b, err = decodeLZF(b, n, room)
		case filterFletcher:
			b, err = checkFletcher(b)
		case filterShuffle:
			size := p.size
			if len(f.values) > 0 {
				size = int(f.values[0])
			}
			b, err = unshuffle(b, size, room)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(b) < n {
		return nil, corrupt("read chunk", "%d bytes are not %d", len(b), n)
	}
	return b[:n], nil
}

// trusted is up to how many bytes memory is taken before that many were decoded.
const trusted = 4 << 20

// inflate decompresses at most n bytes and what a checksum behind them takes.
func (p *pipeline) inflate(b []byte, n int, room *scratch) ([]byte, error) {
	const op = "inflate chunk"
	n += 4
	source := bytes.NewReader(b)
	z, _ := p.spare.Get().(io.ReadCloser)
	var err error
	if z == nil {
		z, err = zlib.NewReader(source)
	} else if err = z.(zlib.Resetter).Reset(source, nil); err != nil {
		p.spare.Put(z)
	}
	if err != nil {
		return nil, corrupt(op, "%w", err)
	}
	defer p.spare.Put(z)
	out := room.take(min(n, max(trusted, 64*len(b))))
	for {
		if len(out) == cap(out) {
			out = append(out, 0)[:len(out)]
		}
		k, err := z.Read(out[len(out):min(cap(out), n)])
		out = out[:len(out)+k]
		switch {
		case err == io.EOF || len(out) == n:
			return room.keep(out), nil
		case err != nil:
			return nil, corrupt(op, "after %d bytes: %w", len(out), err)
		}
	}
}

// unshuffle puts the bytes of each element together again.
func unshuffle(b []byte, size int, room *scratch) ([]byte, error) {
	if size < 1 {
		return nil, corrupt("unshuffle chunk", "elements of %d bytes", size)
	}
	n := len(b) / size
	if size == 1 || n == 0 {
		return b, nil
	}
	out := room.take(len(b))[:len(b)]
	switch size {
	case 2:
		x, y := b[:n], b[n:2*n]
		for i := range n {
			out[2*i], out[2*i+1] = x[i], y[i]
		}
	case 4:
		w, x, y, z := b[:n], b[n:2*n], b[2*n:3*n], b[3*n:4*n]
		for i := range n {
			o := out[4*i : 4*i+4 : 4*i+4]
			o[0], o[1], o[2], o[3] = w[i], x[i], y[i], z[i]
		}
	default:
		for k := range size {
			for i, v := range b[k*n : (k+1)*n] {
				out[i*size+k] = v
			}
		}
	}
	copy(out[n*size:], b[n*size:])
	return out, nil
}

// checkFletcher checks and takes off the checksum behind a chunk. Old libraries stored it
// with its halves turned.
func checkFletcher(b []byte) ([]byte, error) {
	const op = "check chunk"
	if len(b) < 4 {
		return nil, corrupt(op, "%d bytes", len(b))
	}
	n := len(b) - 4
	stored, sum := binary.LittleEndian.Uint32(b[n:]), fletcher32(b[:n])
	turned := sum>>8&0x00ff00ff | sum<<8&0xff00ff00
	if stored != sum && stored != turned {
		return nil, corrupt(op, "wrong checksum")
	}
	return b[:n], nil
}

// fletcher32 sums big-endian words; a last odd byte is the upper half of one.
func fletcher32(b []byte) uint32 {
	var a, c uint32
	for len(b) > 1 {
		block := b[:min(len(b)&^1, 720)] // sums of 360 words fit
		for i := 0; i < len(block); i += 2 {
			a += uint32(block[i])<<8 | uint32(block[i+1])
			c += a
		}
		a, c = a&0xffff+a>>16, c&0xffff+c>>16
		b = b[len(block):]
	}
	if len(b) == 1 {
		a += uint32(b[0]) << 8
		c += a
		a, c = a&0xffff+a>>16, c&0xffff+c>>16
	}
	a, c = a&0xffff+a>>16, c&0xffff+c>>16
	return c<<16 | a
}

// decodeLZF undoes the compression of LibLZF: runs of literals, and copies from what was
// decoded before.
func decodeLZF(b []byte, n int, room *scratch) ([]byte, error) {
	const op = "decompress LZF"
	n += 4
	out := room.take(min(n, max(trusted, 64*len(b))))
	for len(b) > 0 {
		control := int(b[0])
		b = b[1:]
		if control < 32 {
			if control++; control > len(b) || control > n-len(out) {
				return nil, corrupt(op, "%d literals", control)
			}
			out, b = append(out, b[:control]...), b[control:]
			continue
		}
		length := control >> 5
		if length == 7 && len(b) > 0 {
			length += int(b[0])
			b = b[1:]
		}
		if len(b) == 0 {
			return nil, corrupt(op, "breaks off")
		}
		from := len(out) - (control&31<<8 | int(b[0])) - 1
		b = b[1:]
		if length += 2; from < 0 || length > n-len(out) {
			return nil, corrupt(op, "copy of %d bytes from %d", length, from)
		}
		for i := range length {
			out = append(out, out[from+i])
		}
	}
	return room.keep(out), nil
}
