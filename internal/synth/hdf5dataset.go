package synth

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
)

// dataset writes a dataset and returns the address of its header.
func (f *hdf5File) dataset(d *HDF5Dataset) int64 {
	fill := binary.LittleEndian.AppendUint32([]byte{2, 2, 2, 1}, uint32(len(d.data.Fill)))
	fill = append(fill, d.data.Fill...)
	messages := []hdf5Message{
		{hdf5MsgSpace, d.data.space()},
		{hdf5MsgType, d.data.Type.message},
		{hdf5MsgFill, fill},
		{hdf5MsgLayout, f.layout(&d.data)},
	}
	if p := d.data.pipeline(); p != nil {
		messages = append(messages, hdf5Message{hdf5MsgFilter, p})
	}
	return f.header(append(messages, f.attributes(d.hdf5Attributes)...))
}

// layout writes the elements and returns the layout message, version 3.
func (f *hdf5File) layout(d *HDF5Data) []byte {
	le := binary.LittleEndian
	size := d.elements() * int64(d.Type.size)
	switch {
	case d.Chunk != nil:
		b := le.AppendUint64([]byte{3, 2, byte(len(d.Chunk) + 1)}, f.chunks(d))
		for _, n := range d.Chunk {
			b = le.AppendUint32(b, uint32(n))
		}
		return le.AppendUint32(b, uint32(d.Type.size))
	case d.Compact:
		raw := f.elements(d)
		b := le.AppendUint16([]byte{3, 0}, uint16(size))
		return append(append(b, raw...), make([]byte, int(size)-len(raw))...)
	case d.Absent || d.Null || size == 0:
		return le.AppendUint64(le.AppendUint64([]byte{3, 1}, hdf5Undefined), uint64(size))
	}
	raw := f.elements(d)
	at := f.end
	f.end += (size + 7) &^ 7
	f.writeAt(raw, at)
	return le.AppendUint64(le.AppendUint64([]byte{3, 1}, uint64(at)), uint64(size))
}

// pipeline returns the filter message, version 1; nil without filters.
func (d *HDF5Data) pipeline() []byte {
	var b []byte
	count := byte(0)
	add := func(id int, name string, values ...uint32) {
		le := binary.LittleEndian
		n := []byte{}
		if name != "" {
			n = padded(append([]byte(name), 0))
		}
		b = le.AppendUint16(le.AppendUint16(b, uint16(id)), uint16(len(n)))
		b = le.AppendUint16(le.AppendUint16(b, 0), uint16(len(values)))
		b = append(b, n...)
		for _, v := range values {
			b = le.AppendUint32(b, v)
		}
		if len(values)%2 == 1 {
			b = le.AppendUint32(b, 0)
		}
		count++
	}
	if d.Shuffle {
		add(2, "shuffle", uint32(d.Type.size))
	}
	if d.Deflate > 0 {
		add(1, "deflate", uint32(d.Deflate))
	}
	if d.Fletcher {
		add(3, "fletcher32")
	}
	if d.Filter != 0 {
		add(d.Filter, d.FilterName)
	}
	if count == 0 {
		return nil
	}
	return append([]byte{1, count, 0, 0, 0, 0, 0, 0}, b...)
}

// hdf5ChunkK is half the entries of a node of chunks: what a superblock 0 stands for.
const hdf5ChunkK = 32

// chunks writes all chunks and the tree over them.
func (f *hdf5File) chunks(d *HDF5Data) uint64 {
	le := binary.LittleEndian
	if d.Absent || d.elements() == 0 {
		return hdf5Undefined
	}
	raw := f.elements(d)
	rank := len(d.Shape)
	at := make([]int, rank)
	var entries []treeEntry
	key := func(size int, offset []int) []byte {
		b := le.AppendUint32(le.AppendUint32(nil, uint32(size)), 0)
		for _, o := range offset {
			b = le.AppendUint64(b, uint64(o))
		}
		return le.AppendUint64(b, 0)
	}
	last := make([]int, rank)
	for {
		var part []byte
		if d.Part != nil {
			part = d.Part(at)
		} else {
			part = d.cut(raw, at)
		}
		if part != nil {
			part = f.encode(d, part)
			entries = append(entries, treeEntry{key(len(part), at), f.write(part, len(part))})
		}
		axis := rank - 1
		for ; axis >= 0; axis-- {
			if at[axis] += d.Chunk[axis]; at[axis] < d.Shape[axis] {
				break
			}
			last[axis], at[axis] = at[axis], 0
		}
		if axis < 0 {
			return uint64(f.tree(1, entries, key(0, last), hdf5ChunkK))
		}
	}
}

// cut returns the elements of one whole chunk; what lies outside the array is zero.
func (d *HDF5Data) cut(raw []byte, start []int) []byte {
	size := d.Type.size
	n := size
	for _, c := range d.Chunk {
		n *= c
	}
	out := make([]byte, n)
	var walk func(axis, from, to int)
	walk = func(axis, from, to int) {
		if axis == len(d.Shape) {
			if end := (from + 1) * size; end <= len(raw) {
				copy(out[to*size:], raw[from*size:end])
			}
			return
		}
		for i := range min(d.Chunk[axis], d.Shape[axis]-start[axis]) {
			walk(axis+1, from*d.Shape[axis]+start[axis]+i, to*d.Chunk[axis]+i)
		}
	}
	walk(0, 0, 0)
	return out
}

// encode runs the filters over a chunk.
func (f *hdf5File) encode(d *HDF5Data, b []byte) []byte {
	if d.Shuffle {
		n := len(b) / d.Type.size
		out := make([]byte, len(b))
		for i := range n {
			for k := range d.Type.size {
				out[k*n+i] = b[i*d.Type.size+k]
			}
		}
		b = out
	}
	if d.Deflate > 0 {
		b = f.deflate(b, d.Deflate)
	}
	if d.Fletcher {
		b = binary.LittleEndian.AppendUint32(b[:len(b):len(b)], fletcher32(b))
	}
	return b
}

// deflate compresses with a writer that is used again and again.
func (f *hdf5File) deflate(b []byte, level int) []byte {
	var z bytes.Buffer
	w := f.packers[level]
	if w == nil {
		var err error
		if w, err = zlib.NewWriterLevel(&z, level); err != nil {
			panic(err)
		}
		f.packers[level] = w
	} else {
		w.Reset(&z)
	}
	_, _ = w.Write(b) // memory takes everything
	_ = w.Close()
	return z.Bytes()
}

// fletcher32 is the sum of HDF5: over big-endian 16-bit words, a last odd byte is the
// upper half of one.
func fletcher32(b []byte) uint32 {
	var a, c uint32
	for i := 0; i < len(b); i += 2 {
		w := uint32(b[i]) << 8
		if i+1 < len(b) {
			w |= uint32(b[i+1])
		}
		a = (a + w) % 65535
		c = (c + a) % 65535
	}
	return c<<16 | a
}
