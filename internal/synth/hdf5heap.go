package synth

import "encoding/binary"

// hdf5Heap is the global heap collection that is being filled.
type hdf5Heap struct {
	at    int64
	room  int // of the whole collection; zero: none was begun
	body  []byte
	count uint16
}

const (
	hdf5HeapSize   = 4096
	hdf5HeapHeader = 16
)

// store puts the contents of one variable-length value into a heap and returns its
// reference.
func (f *hdf5File) store(b []byte, count int) []byte {
	le := binary.LittleEndian
	if count == 0 { // nothing is stored
		return make([]byte, 16)
	}
	need := 16 + (len(b)+7)&^7
	if f.heap.room == 0 || hdf5HeapHeader+len(f.heap.body)+need > f.heap.room {
		f.flushHeap()
		f.heap.room = max(hdf5HeapSize, hdf5HeapHeader+need)
		f.heap.at = f.place(f.heap.room)
	}
	h := &f.heap
	h.count++
	h.body = le.AppendUint16(h.body, h.count)
	h.body = le.AppendUint16(h.body, 1)
	h.body = le.AppendUint32(h.body, 0)
	h.body = le.AppendUint64(h.body, uint64(len(b)))
	h.body = append(h.body, padded(b[:len(b):len(b)])...)
	ref := le.AppendUint32(nil, uint32(count))
	ref = le.AppendUint64(ref, uint64(h.at))
	return le.AppendUint32(ref, uint32(h.count))
}

// flushHeap writes the collection; object 0 is the room that is left.
func (f *hdf5File) flushHeap() {
	h := f.heap
	if h.room == 0 {
		return
	}
	b := binary.LittleEndian.AppendUint64([]byte("GCOL\x01\x00\x00\x00"), uint64(h.room))
	b = append(b, h.body...)
	if left := h.room - len(b); left >= 16 {
		b = append(b, 0, 0, 0, 0, 0, 0, 0, 0)
		b = binary.LittleEndian.AppendUint64(b, uint64(left))
	}
	f.writeAt(append(b, make([]byte, h.room-len(b))...), h.at)
	f.heap = hdf5Heap{}
}

// elements returns the elements as they are stored; variable-length ones go to the heap.
func (f *hdf5File) elements(d *HDF5Data) []byte {
	var b []byte
	switch {
	case d.Texts != nil:
		for _, t := range d.Texts {
			b = append(b, f.store([]byte(t), len(t))...)
		}
	case d.Sequences != nil:
		for _, s := range d.Sequences {
			b = append(b, f.store(s, len(s)/d.Type.base.size)...)
		}
	default:
		b = d.Bytes
	}
	return b
}
