package tiff

import "context"

// Image is the handle on the pixels of one directory. It may be used concurrently.
type Image struct {
	Width, Height int
	Samples       int    // a pixel
	Bits          int    // a sample, as stored
	Photometric   int    // tag 262
	Compression   int    // tag 259
	Orientation   int    // tag 274, 1 where it is missing
	Element       string // "uint8" ... "float64", "complex64", "rgb", "rgba": see [Image.ReadRegion]
	AlphaZero     bool   // reserved: the fourth sample is no opacity
}

// Image describes the pixels of a directory without reading any. It is Unsupported where
// they could not be read: an unknown compression or sample layout.
func (d *Directory) Image() (*Image, error) { return nil, errNotYet }

// ReadRegion fills dst with the pixels of a region in C order, little-endian: two axes, rows
// and columns. Gray samples keep their type (1, 2 and 4 bits become uint8 0..255, 12 bits
// uint16; white-is-zero is turned over for those of up to 8 bits). Palette pictures, YCbCr and
// colours become "rgb" or "rgba" of 8 bits, of 16-bit samples the high byte. The region must
// lie inside the picture and dst have its size.
func (m *Image) ReadRegion(ctx context.Context, start, count, step []int, dst []byte) error {
	return errNotYet
}
