package hdf5

// The classes of storage.
const (
	compactStorage = iota
	contiguousStorage
	chunkedStorage
	virtualStorage
)

// storage tells where the elements of a dataset are (section IV.A.2.i).
type storage struct {
	class   int
	data    []byte // compact
	address uint64 // of the data or of the index
	size    uint64 // contiguous
	chunk   []int
	index   int
	plain   bool // chunks that stick out of the array are not filtered

	single     uint64 // bytes of the one filtered chunk
	singleMask uint32
}

// The kinds of chunk indices; those but the first of the newer format.
const (
	indexTree1 = iota
	indexSingle
	indexImplicit
	indexFixed
	indexExtensible
	indexTree2
)

func (s *source) decodeStorage(body []byte) (storage, error) {
	const op = "read layout"
	c := s.cursor(body)
	var l storage
	var err error
	switch version := c.u8(); version {
	case 1, 2:
		err = l.old(c)
	case 3:
		err = l.version3(c)
	case 4, 5:
		err = l.version4(c)
	default:
		return l, unsupported(op, "layout version %d", version)
	}
	if err != nil {
		return l, err
	}
	bytes := uint64(1)
	for _, n := range l.chunk {
		if n <= 0 || bytes > maxChunk/uint64(n) {
			return l, corrupt(op, "chunks of %v", l.chunk)
		}
		bytes *= uint64(n)
	}
	return l, c.err(op)
}

// maxChunk is the size of the largest chunk.
const maxChunk = 1 << 32

// dims reads the shape of a chunk without the size of an element, that stands last.
func (l *storage) dims(c *cursor, rank, size int) {
	if rank > maxRank+1 {
		c.short = true
		return
	}
	for range rank {
		l.chunk = append(l.chunk, int(min(c.uint(size), maxChunk)))
	}
	if rank > 0 {
		l.chunk = l.chunk[:rank-1]
	}
}

func (l *storage) old(c *cursor) error {
	rank := c.u8()
	l.class = c.u8()
	c.skip(5)
	if l.class != compactStorage {
		l.address = c.address()
	}
	switch l.class {
	case compactStorage:
		c.skip(4 * rank)
		l.data = c.take(int(c.u32()))
	case contiguousStorage:
		c.skip(4 * rank)
		l.size = ^uint64(0) // that of the array
	case chunkedStorage:
		l.dims(c, rank, 4)
	default:
		return corrupt("read layout", "class %d", l.class)
	}
	return nil
}

func (l *storage) version3(c *cursor) error {
	l.class = c.u8()
	if l.class != chunkedStorage {
		return l.unchunked(c)
	}
	rank := c.u8()
	l.address = c.address()
	l.dims(c, rank, 4)
	return nil
}

func (l *storage) unchunked(c *cursor) error {
	switch l.class {
	case compactStorage:
		l.data = c.take(c.u16())
	case contiguousStorage:
		l.address, l.size = c.address(), c.length()
	case virtualStorage: // said to be unsupported when pixels are read
	default:
		return corrupt("read layout", "class %d", l.class)
	}
	return nil
}

func (l *storage) version4(c *cursor) error {
	l.class = c.u8()
	if l.class != chunkedStorage {
		return l.unchunked(c)
	}
	flags, rank, size := c.u8(), c.u8(), c.u8()
	if size < 1 || size > 8 {
		return corrupt("read layout", "sizes of %d bytes", size)
	}
	l.plain = flags&1 != 0
	l.dims(c, rank, size)
	l.index = c.u8()
	switch l.index {
	case indexSingle:
		if flags&2 != 0 {
			l.single, l.singleMask = c.length(), c.u32()
		}
	case indexImplicit:
	case indexFixed:
		c.skip(1)
	case indexExtensible:
		c.skip(5)
	case indexTree2:
		c.skip(6)
	default:
		return unsupported("read layout", "chunk index %d", l.index)
	}
	l.address = c.address()
	return nil
}
