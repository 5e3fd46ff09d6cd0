package synth

import (
	"compress/zlib"
	"encoding/binary"
	"io"
	"strings"
)

// hdf5File is a file being written: whatever is written gets the next free place.
// Addresses count from the superblock.
type hdf5File struct {
	w    io.WriterAt
	base int64
	end  int64 // next free address
	err  error
	heap hdf5Heap

	packers map[int]*zlib.Writer // by level
}

const hdf5Undefined = ^uint64(0)

// place takes room for n bytes.
func (f *hdf5File) place(n int) int64 {
	at := f.end
	f.end += int64(n+7) &^ 7
	return at
}

func (f *hdf5File) writeAt(b []byte, at int64) {
	if f.err == nil && len(b) > 0 {
		_, f.err = f.w.WriteAt(b, f.base+at)
	}
}

// write puts bytes, filled up to size, at the next free place.
func (f *hdf5File) write(b []byte, size int) int64 {
	at := f.place(size)
	f.writeAt(append(b, make([]byte, size-len(b))...), at)
	return at
}

func (f *hdf5File) superblock(root int64) {
	if f.err == nil { // a hole at the end belongs to the file
		if _, f.err = f.w.WriteAt([]byte{0}, f.base+f.end); f.err == nil {
			f.end++
		}
	}
	le := binary.LittleEndian
	b := []byte("\x89HDF\r\n\x1a\n\x00\x00\x00\x00\x00\x08\x08\x00")
	b = le.AppendUint16(b, hdf5LeafK)
	b = le.AppendUint16(b, hdf5GroupK)
	b = le.AppendUint32(b, 0)
	b = le.AppendUint64(b, uint64(f.base))
	b = le.AppendUint64(b, hdf5Undefined)
	b = le.AppendUint64(b, uint64(f.base+f.end))
	b = le.AppendUint64(b, hdf5Undefined)
	b = le.AppendUint64(b, 0)
	b = le.AppendUint64(b, uint64(root))
	f.writeAt(append(b, make([]byte, 24)...), 0)
}

// hdf5Message is a message of an object header.
type hdf5Message struct {
	kind uint16
	body []byte
}

// The kinds of messages that are written.
const (
	hdf5MsgSpace     = 0x01
	hdf5MsgType      = 0x03
	hdf5MsgFill      = 0x05
	hdf5MsgLayout    = 0x08
	hdf5MsgFilter    = 0x0b
	hdf5MsgAttribute = 0x0c
	hdf5MsgContinue  = 0x10
	hdf5MsgSymbols   = 0x11
)

// hdf5FirstBlock is how many messages stand in the first block of a header; what is more
// goes to a continuation.
const hdf5FirstBlock = 8

// header writes an object header and returns its address.
func (f *hdf5File) header(messages []hdf5Message) int64 {
	count := len(messages)
	first := messages
	if count > hdf5FirstBlock {
		rest := hdf5Messages(messages[hdf5FirstBlock:])
		at := f.write(rest, len(rest))
		body := binary.LittleEndian.AppendUint64(nil, uint64(at))
		body = binary.LittleEndian.AppendUint64(body, uint64(len(rest)))
		first = append(messages[:hdf5FirstBlock:hdf5FirstBlock], hdf5Message{hdf5MsgContinue, body})
		count++
	}
	block := hdf5Messages(first)
	le := binary.LittleEndian
	b := le.AppendUint16([]byte{1, 0}, uint16(count))
	b = le.AppendUint32(b, 1)
	b = le.AppendUint32(b, uint32(len(block)))
	b = append(le.AppendUint32(b, 0), block...)
	return f.write(b, len(b))
}

func hdf5Messages(list []hdf5Message) []byte {
	var b []byte
	for _, m := range list {
		body := padded(m.body)
		if len(body) > 0xffff {
			panic("synth: HDF5 message over 64 KiB")
		}
		b = binary.LittleEndian.AppendUint16(b, m.kind)
		b = binary.LittleEndian.AppendUint16(b, uint16(len(body)))
		b = append(append(b, 0, 0, 0, 0), body...)
	}
	return b
}

// attributes returns the messages of attributes.
func (f *hdf5File) attributes(a hdf5Attributes) []hdf5Message {
	var out []hdf5Message
	for _, x := range a.list {
		x.data.check(x.name)
		out = append(out, hdf5Message{hdf5MsgAttribute, f.attribute(x)})
	}
	return out
}

// attribute returns an attribute message: version 1, or 3 for names that are not ASCII.
func (f *hdf5File) attribute(x hdf5Attribute) []byte {
	le := binary.LittleEndian
	name, kind, space := append([]byte(x.name), 0), x.data.Type.message, x.data.space()
	ascii := strings.IndexFunc(x.name, func(r rune) bool { return r > 127 }) < 0
	b := []byte{3, 0}
	if ascii {
		b[0] = 1
	}
	b = le.AppendUint16(b, uint16(len(name)))
	b = le.AppendUint16(b, uint16(len(kind)))
	b = le.AppendUint16(b, uint16(len(space)))
	if ascii {
		name, kind, space = padded(name), padded(kind[:len(kind):len(kind)]), padded(space)
	} else {
		b = append(b, 1)
	}
	b = append(append(append(b, name...), kind...), space...)
	if x.data.Null {
		return b
	}
	raw := f.elements(&x.data)
	return append(append(b, raw...), make([]byte, int(x.data.elements())*x.data.Type.size-len(raw))...)
}

// space returns the dataspace message.
func (d *HDF5Data) space() []byte {
	if d.Null {
		return []byte{2, 0, 0, 2}
	}
	b := []byte{1, byte(len(d.Shape)), 0, 0, 0, 0, 0, 0}
	for _, n := range d.Shape {
		b = binary.LittleEndian.AppendUint64(b, uint64(n))
	}
	if d.Max == nil {
		return b
	}
	b[2] = 1
	for _, n := range d.Max {
		b = binary.LittleEndian.AppendUint64(b, uint64(n)) // -1 is without limit
	}
	return b
}
