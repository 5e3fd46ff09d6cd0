package synth

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// DM is a DigitalMicrograph file to be written.
type DM struct {
	Version     int // 3, 4 or 5
	BigEndian   bool
	Thumbnail   []byte // blue, green, red, 0 for each pixel of a square; nil for none. It is the first image
	Images      []DMImage
	Annotations Group // drawn on the last image
	Root        Group // further entries of the root, after ImageList
}

// DMImage is one image with its tags.
type DMImage struct {
	Name   string
	Type   int      // DataType: 2 float32, 7 int32, 10 uint16, 23 RGBA, ...
	Size   []int    // x first
	Pixels []byte   // little-endian, colours as blue, green, red, 0; nil leaves zeros
	Axes   []DMAxis // x first; missing ones are not calibrated
	Light  DMAxis   // calibration of the values
	Tags   Group    // ImageTags
}

// DMAxis calibrates: the coordinate of element i is (i - Origin) * Scale.
type DMAxis struct {
	Origin, Scale float32
	Unit          string
}

// storage is how a data type is stored: the value code, the bytes of an element, fields of
// a struct or values for each element.
type storage struct {
	code         int64
	size         int64
	fields, many int64
}

func storageOf(dataType int) (storage, error) {
	switch dataType {
	case 1:
		return storage{code: 2, size: 2}, nil
	case 2:
		return storage{code: 6, size: 4}, nil
	case 3:
		return storage{code: 6, size: 8, fields: 2}, nil
	case 6:
		return storage{code: 10, size: 1}, nil
	case 7, 8, 23:
		return storage{code: 3, size: 4}, nil
	case 9:
		return storage{code: 9, size: 1}, nil
	case 10:
		return storage{code: 4, size: 2}, nil
	case 11:
		return storage{code: 5, size: 4}, nil
	case 12:
		return storage{code: 7, size: 8}, nil
	case 13:
		return storage{code: 7, size: 16, fields: 2}, nil
	case 14:
		return storage{code: 8, size: 1}, nil
	case 5, 27:
		return storage{code: 6, size: 8, many: 2}, nil
	case 28:
		return storage{code: 7, size: 16, many: 2}, nil
	case 39:
		return storage{code: 11, size: 8}, nil
	case 40:
		return storage{code: 12, size: 8}, nil
	}
	return storage{}, fmt.Errorf("synth: data type %d", dataType)
}

// pixels returns the pixels of an image. A packed transform has n/2+1 columns.
func (i DMImage) pixels() (data, error) {
	s, err := storageOf(i.Type)
	if err != nil {
		return data{}, err
	}
	n := int64(1)
	for k, size := range i.Size {
		if k == 0 && s.many > 0 {
			size = size/2 + 1
		}
		n *= int64(size)
	}
	d := data{code: s.code, fields: int(s.fields), count: n * max(1, s.many), size: n * s.size, bytes: i.Pixels}
	d.image = &i
	if d.bytes != nil && int64(len(d.bytes)) != d.size {
		return d, fmt.Errorf("synth: image %q has %d bytes of pixels instead of %d", i.Name, len(d.bytes), d.size)
	}
	return d, nil
}

func (i DMImage) group() (Group, error) {
	pixels, err := i.pixels()
	if err != nil {
		return nil, err
	}
	var axes, sizes Group
	for k, n := range i.Size {
		axis := DMAxis{Scale: 1}
		if k < len(i.Axes) {
			axis = i.Axes[k]
		}
		axes = append(axes, Tag{"", axis.group()})
		sizes = append(sizes, Tag{"", uint32(n)})
	}
	s, _ := storageOf(i.Type)
	g := Group{
		{"ImageData", Group{
			{"Calibrations", Group{
				{"Brightness", i.Light.group()}, {"Dimension", axes}, {"DisplayCalibratedUnits", true},
			}},
			{"Data", pixels},
			{"DataType", uint32(i.Type)},
			{"Dimensions", sizes},
			{"PixelDepth", uint32(s.size)},
		}},
		{"ImageTags", i.Tags},
	}
	if i.Name != "" {
		g = append(g, Tag{"Name", i.Name})
	}
	return append(g, Tag{"UniqueID", Group{{"", uint32(1)}, {"", uint32(2)}, {"", uint32(3)}, {"", uint32(4)}}}), nil
}

func (a DMAxis) group() Group {
	if a.Scale == 0 {
		a.Scale = 1
	}
	return Group{{"Origin", a.Origin}, {"Scale", a.Scale}, {"Units", a.Unit}}
}

// root returns the whole tree, in the order of real files.
func (d DM) root() (Group, error) {
	images := d.Images
	var thumbs Group
	if d.Thumbnail != nil {
		side := int(math.Sqrt(float64(len(d.Thumbnail) / 4)))
		thumb := DMImage{Type: 23, Size: []int{side, side}, Pixels: d.Thumbnail}
		images = append([]DMImage{thumb}, images...)
		size := Record{int32(side), int32(side)}
		thumbs = Group{{"", Group{{"ImageIndex", uint32(0)}, {"SourceSize_Pixels", size}}}}
	}
	var list Group
	for _, i := range images {
		g, err := i.group()
		if err != nil {
			return nil, err
		}
		list = append(list, Tag{"", g})
	}
	last := uint32(max(0, len(images)-1))
	root := Group{
		{"ApplicationBounds", Record{int32(0), int32(0), int32(1099), int32(1600)}},
		{"DocumentObjectList", Group{{"", Group{
			{"AnnotationGroupList", d.Annotations}, {"AnnotationType", uint32(20)}, {"ImageSource", uint64(0)},
		}}}},
		{"DocumentTags", Group{}},
		{"HasWindowPosition", true},
		{"ImageList", list},
		{"ImageSourceList", Group{{"", Group{
			{"ClassName", "ImageSource:Simple"}, {"Id", Group{{"", uint32(0)}}}, {"ImageRef", last},
		}}}},
		{"InImageMode", true},
	}
	root = append(root, d.Root...)
	if thumbs != nil {
		root = append(root, Tag{"Thumbnails", thumbs})
	}
	return root, nil
}

// Write writes the file and returns its size. Pixels that are nil are not written: in a new
// file they are a hole that takes no room.
func (d DM) Write(out io.WriterAt) (int64, error) {
	if d.Version == 5 {
		h, err := d.HDF5()
		if err != nil {
			return 0, err
		}
		return h.Write(out)
	}
	if d.Version != 3 && d.Version != 4 {
		return 0, fmt.Errorf("synth: version %d of DigitalMicrograph files", d.Version)
	}
	root, err := d.root()
	if err != nil {
		return 0, err
	}
	w := &writer{sizes: sizes{wide: d.Version == 4}, order: binary.LittleEndian, out: out}
	order := uint32(1)
	if d.BigEndian {
		w.order, order = binary.BigEndian, 0
	}
	size, err := w.sizes.group(root)
	if err != nil {
		return 0, err
	}
	w.buf = binary.BigEndian.AppendUint32(w.buf, uint32(d.Version))
	w.number(size)
	w.buf = binary.BigEndian.AppendUint32(w.buf, order)
	if err := w.group(root); err != nil {
		return 0, err
	}
	w.buf = append(w.buf, make([]byte, 8)...)
	err = w.flush()
	return w.off, err
}

// Bytes returns the file.
func (d DM) Bytes() ([]byte, error) {
	var b memory
	n, err := d.Write(&b)
	return bytes.Clone(b.b[:n]), err
}

// memory is a file in memory.
type memory struct{ b []byte }

// WriteAt writes like a file, which grows with zeros.
func (m *memory) WriteAt(p []byte, off int64) (int, error) {
	if need := int(off) + len(p); need > len(m.b) {
		m.b = append(m.b, make([]byte, need-len(m.b))...)
	}
	return copy(m.b[off:], p), nil
}
