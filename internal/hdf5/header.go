package hdf5

// message is a message of an object header.
type message struct {
	kind   int
	shared bool // the body tells where the message is
	body   []byte
}

// The kinds of messages that are read (section IV.A.2).
const (
	msgSpace         = 0x01
	msgLinkInfo      = 0x02
	msgType          = 0x03
	msgOldFill       = 0x04
	msgFill          = 0x05
	msgLink          = 0x06
	msgExternal      = 0x07
	msgLayout        = 0x08
	msgGroupInfo     = 0x0a
	msgFilter        = 0x0b
	msgAttribute     = 0x0c
	msgContinue      = 0x10
	msgSymbols       = 0x11
	msgAttributeInfo = 0x15
)

// header is an object header.
type header struct {
	address  uint64
	messages []message
}

func (h *header) has(kind int) bool { return h.find(kind) != nil }

func (h *header) find(kind int) *message {
	for i := range h.messages {
		if h.messages[i].kind == kind {
			return &h.messages[i]
		}
	}
	return nil
}

// Headers of more than so many messages, blocks or bytes are Unsupported.
const (
	maxMessages = 1 << 17
	maxBlocks   = 10_000
	maxHeader   = 64 << 20
)

// headerReader collects the messages of all blocks of a header.
type headerReader struct {
	*source
	*header
	blocks []block
	total  int
	order  bool // messages carry their creation order
}

// block is a continuation: where and how long.
type block struct {
	at     uint64
	length uint64
}

func (s *source) readHeader(address uint64) (*header, error) {
	const op = "read object header"
	b, err := s.bytes(address, int(min(16, s.rest(address))))
	if err != nil {
		return nil, err
	}
	r := &headerReader{source: s, header: &header{address: address}}
	if len(b) == 16 && string(b[:4]) == "OHDR" {
		return r.header, r.readNew()
	}
	c := s.cursor(b)
	version := c.u8()
	c.skip(1)
	count := c.u16()
	c.skip(4)
	size := c.u32()
	if err := c.err(op); err != nil {
		return nil, err
	}
	if version != 1 {
		return nil, corrupt(op, "version %d at %d", version, address)
	}
	r.blocks = []block{{address + 16, uint64(size)}}
	for i := 0; i < len(r.blocks); i++ {
		body, err := r.block(r.blocks[i])
		if err != nil {
			return nil, err
		}
		if err := r.oldMessages(body, count); err != nil {
			return nil, err
		}
	}
	return r.header, nil
}

// block reads a block.
func (r *headerReader) block(b block) ([]byte, error) {
	const op = "read object header"
	if b.length > maxHeader || r.total > maxHeader-int(b.length) {
		return nil, unsupported(op, "header of more than %d bytes", maxHeader)
	}
	r.total += int(b.length)
	return r.bytes(b.at, int(b.length))
}

// oldMessages reads the messages of a block of version 1.
func (r *headerReader) oldMessages(body []byte, count int) error {
	c := r.cursor(body)
	for c.left() >= 8 && len(r.messages) < count {
		kind, size, flags := c.u16(), c.u16(), c.u8()
		c.skip(3)
		if err := r.add(kind, flags, c.take(size)); err != nil {
			return err
		}
		if c.short {
			return c.err("read object header")
		}
	}
	return nil
}

// add takes a message, and the block that a continuation names.
func (r *headerReader) add(kind, flags int, body []byte) error {
	const op = "read object header"
	if len(r.messages) >= maxMessages {
		return unsupported(op, "more than %d messages", maxMessages)
	}
	r.messages = append(r.messages, message{kind, flags&2 != 0, body})
	if kind != msgContinue {
		return nil
	}
	c := r.cursor(body)
	next := block{c.address(), c.length()}
	if len(r.blocks) >= maxBlocks {
		return unsupported(op, "header of more than %d blocks", maxBlocks)
	}
	for _, b := range r.blocks {
		if b.at == next.at {
			return corrupt(op, "continuations go round in a circle")
		}
	}
	r.blocks = append(r.blocks, next)
	return c.err(op)
}

// readNew reads a header of version 2.
func (r *headerReader) readNew() error {
	const op = "read object header"
	b, err := r.bytes(r.address, int(min(64, r.rest(r.address))))
	if err != nil {
		return err
	}
	c := r.cursor(b)
	c.skip(4)
	version, flags := c.u8(), c.u8()
	if version != 2 {
		return corrupt(op, "version %d at %d", version, r.address)
	}
	if flags&0x20 != 0 {
		c.skip(16) // times
	}
	if flags&0x10 != 0 {
		c.skip(4) // numbers of attributes
	}
	size := c.uint(1 << (flags & 3))
	if err := c.err(op); err != nil {
		return err
	}
	r.order = flags&4 != 0
	if size > maxHeader {
		return unsupported(op, "header of more than %d bytes", maxHeader)
	}
	prefix := c.at
	r.blocks = []block{{r.address, uint64(prefix) + size + 4}}
	for i := 0; i < len(r.blocks); i++ {
		b, err := r.block(r.blocks[i])
		if err != nil {
			return err
		}
		signature, skip := "OCHK", 0
		if i == 0 {
			signature, skip = "OHDR", prefix-4
		}
		body, err := checked(b, signature)
		if err != nil {
			return err
		}
		if err := r.newMessages(body[skip:]); err != nil {
			return err
		}
	}
	return nil
}

func (r *headerReader) newMessages(body []byte) error {
	head := 4
	if r.order {
		head += 2
	}
	c := r.cursor(body)
	for c.left() >= head {
		kind, size, flags := c.u8(), c.u16(), c.u8()
		c.skip(head - 4)
		if err := r.add(kind, flags, c.take(size)); err != nil {
			return err
		}
		if c.short {
			return c.err("read object header")
		}
	}
	return nil
}

// resolve returns the message itself for one that is kept elsewhere.
func (s *source) resolve(m *message) (*message, error) {
	if !m.shared {
		return m, nil
	}
	address, err := s.sharedAddress(s.cursor(m.body))
	if err != nil {
		return nil, err
	}
	h, err := s.readHeader(address)
	if err != nil {
		return nil, err
	}
	found := h.find(m.kind)
	if found == nil || found.shared {
		return nil, corrupt("read shared message", "no message %d at %d", m.kind, address)
	}
	return found, nil
}

// sharedAddress reads where the object with a shared message is.
func (s *source) sharedAddress(c *cursor) (uint64, error) {
	const op = "read shared message"
	version, kind := c.u8(), c.u8()
	switch {
	case version == 1:
		c.skip(6)
	case version == 3 && kind == 1:
		return 0, unsupported(op, "shared object header messages")
	case version != 2 && version != 3:
		return 0, corrupt(op, "version %d", version)
	}
	address := c.address()
	return address, c.err(op)
}
