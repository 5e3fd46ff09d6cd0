package synth

import "encoding/binary"

// The sizes of nodes: half the entries of a node of symbols and of a tree of groups.
const (
	hdf5LeafK  = 4
	hdf5GroupK = 16
)

// group writes a group with all its members and returns the address of its header.
func (f *hdf5File) group(g *HDF5Group) int64 {
	le := binary.LittleEndian
	names := make([]byte, 8) // the empty name stands first
	var entries [][]byte
	var offsets []uint64
	for _, m := range g.sorted() {
		offset := uint64(len(names))
		names = append(names, padded(append([]byte(m.name), 0))...)
		e := le.AppendUint64(nil, offset)
		switch {
		case m.group != nil:
			e = le.AppendUint64(e, uint64(f.group(m.group)))
		case m.dataset != nil:
			e = le.AppendUint64(e, uint64(f.dataset(m.dataset)))
		default:
			e = le.AppendUint64(e, hdf5Undefined)
			e = le.AppendUint32(le.AppendUint32(e, 2), 0)
			e = le.AppendUint32(e, uint32(len(names)))
			names = append(names, padded(append([]byte(m.soft), 0))...)
		}
		entries = append(entries, append(e, make([]byte, 40-len(e))...))
		offsets = append(offsets, offset)
	}
	body := le.AppendUint64(nil, uint64(f.symbols(entries, offsets)))
	body = le.AppendUint64(body, uint64(f.localHeap(names)))
	return f.header(append([]hdf5Message{{hdf5MsgSymbols, body}}, f.attributes(g.hdf5Attributes)...))
}

func (f *hdf5File) localHeap(names []byte) int64 {
	at := f.write(names, len(names))
	le := binary.LittleEndian
	b := le.AppendUint64([]byte("HEAP\x00\x00\x00\x00"), uint64(len(names)))
	b = le.AppendUint64(b, 1) // no free block
	b = le.AppendUint64(b, uint64(at))
	return f.write(b, len(b))
}

// symbols writes the nodes of symbols and the tree above them; it returns the root.
func (f *hdf5File) symbols(entries [][]byte, offsets []uint64) int64 {
	le := binary.LittleEndian
	var nodes []treeEntry
	last := uint64(0)
	for len(entries) > 0 {
		n := min(2*hdf5LeafK, len(entries))
		b := le.AppendUint16([]byte("SNOD\x01\x00"), uint16(n))
		for _, e := range entries[:n] {
			b = append(b, e...)
		}
		key := le.AppendUint64(nil, last)
		last = offsets[n-1]
		nodes = append(nodes, treeEntry{key, f.write(b, 8+2*hdf5LeafK*40)})
		entries, offsets = entries[n:], offsets[n:]
	}
	return f.tree(0, nodes, le.AppendUint64(nil, last), hdf5GroupK)
}

// treeEntry is a child of a tree with the key before it.
type treeEntry struct {
	key []byte
	at  int64
}

// tree writes a version 1 B-tree over children and returns the address of its root.
func (f *hdf5File) tree(kind byte, entries []treeEntry, last []byte, k int) int64 {
	size := 24 + 2*k*8 + (2*k+1)*len(last)
	for level := byte(0); ; level++ {
		count := max(1, (len(entries)+2*k-1)/(2*k))
		at := make([]int64, count+2) // with what stands left and right of all
		at[0], at[count+1] = -1, -1
		for i := range count {
			at[i+1] = f.place(size)
		}
		next := make([]treeEntry, 0, count)
		for i := range count {
			part := entries[i*2*k : min((i+1)*2*k, len(entries))]
			end := last
			if i+1 < count {
				end = entries[(i+1)*2*k].key
			}
			f.node([2]byte{kind, level}, [2]int64{at[i], at[i+2]}, part, end, at[i+1], size)
			if len(part) > 0 {
				next = append(next, treeEntry{part[0].key, at[i+1]})
			}
		}
		if count == 1 {
			return at[1]
		}
		entries = next
	}
}

func (f *hdf5File) node(kind [2]byte, beside [2]int64, part []treeEntry, end []byte, at int64, size int) {
	le := binary.LittleEndian
	b := le.AppendUint16([]byte{'T', 'R', 'E', 'E', kind[0], kind[1]}, uint16(len(part)))
	b = le.AppendUint64(b, uint64(beside[0]))
	b = le.AppendUint64(b, uint64(beside[1]))
	for _, e := range part {
		b = le.AppendUint64(append(b, e.key...), uint64(e.at))
	}
	b = append(b, end...)
	f.writeAt(append(b, make([]byte, size-len(b))...), at)
}
