package tiff

import (
	"fmt"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// maxTags bounds a directory: a classic one cannot have more.
const maxTags = 1<<16 - 1

// Directory is one directory of tags in the order of the file. It may be used concurrently.
type Directory struct {
	Tags []Tag
	f    *File
}

// Tag is one entry; its value is read on demand.
type Tag struct {
	ID     uint16
	Type   Type
	Count  int64
	Offset int64 // in the file, of the value, also of one that stands in the entry itself
	value  []byte
}

// DirectoryAt reads the directory at an offset, which a tag such as 34665 (EXIF) or 330
// (SubIFDs) gives. It breaks off as one of [File.Directory] does.
func (f *File) DirectoryAt(off int64) (*Directory, error) {
	n, at, err := f.entries(off)
	if err != nil {
		return nil, err
	}
	there := min(n, maxTags, (f.size-at)/f.entrySize())
	block, err := f.read(at, there*f.entrySize())
	if err != nil {
		return nil, err
	}
	d := &Directory{Tags: make([]Tag, 0, there), f: f}
	for size := int(f.entrySize()); len(block) > 0; block = block[size:] {
		d.Tags = append(d.Tags, f.tag(block[:size:size], at))
		at += f.entrySize()
	}
	if there < n {
		return d, corrupt("of %d tags of a directory there are %d", n, there)
	}
	return d, nil
}

// tag reads the entry that stands at an offset.
func (f *File) tag(b []byte, at int64) Tag {
	t := Tag{ID: f.order.Uint16(b), Type: Type(f.order.Uint16(b[2:]))}
	word := int(f.word())
	t.Count, b = f.offset(b[4:]), b[4+word:]
	if size := t.Type.size(); size == 0 || t.Count >= 0 && t.Count <= int64(word)/size {
		t.value, t.Offset = b, at+4+int64(word)
		if size > 0 {
			t.value = b[:t.Count*size]
		}
		return t
	}
	t.Offset = f.offset(b)
	return t
}

// Tag finds a tag; where one is repeated, the first counts.
func (d *Directory) Tag(id uint16) (Tag, bool) {
	for _, t := range d.Tags {
		if t.ID == id {
			return t, true
		}
	}
	return Tag{}, false
}

// Has reports whether there is a tag.
func (d *Directory) Has(id uint16) bool {
	_, ok := d.Tag(id)
	return ok
}

// find is Tag with an error.
func (d *Directory) find(id uint16) (Tag, error) {
	t, ok := d.Tag(id)
	if !ok {
		return t, nexuslims.E(nexuslims.NotFound, op, "", fmt.Errorf("tag %d", id))
	}
	if t.Type.size() == 0 {
		return t, unsupported("tag %d is of the unknown type %d", id, t.Type)
	}
	return t, nil
}

// part returns count values of a tag from the first on, as bytes; those that the file ends
// before are Corrupt, and what is there of them comes with the error.
func (d *Directory) part(t Tag, first, count int64) ([]byte, error) {
	size := t.Type.size()
	if t.value != nil {
		return t.value[first*size : (first+count)*size], nil
	}
	if t.Count < 0 || t.Offset < 0 || t.Offset > d.f.size {
		return nil, corrupt("tag %d has %d values at %d", t.ID, t.Count, t.Offset)
	}
	left := d.f.size - t.Offset
	if t.Count > left/size {
		there := max(0, min(count, left/size-first))
		b, err := d.f.read(t.Offset+first*size, there*size)
		if err != nil {
			return nil, err
		}
		return b, corrupt("tag %d has %d values at %d in a file of %d bytes", t.ID, t.Count, t.Offset, d.f.size)
	}
	return d.f.read(t.Offset+first*size, count*size)
}
