package preview

import "time"

// Options are the choices for one preview. The zero value is usable.
type Options struct {
	// Size is the side of the square in pixels; 0 means [DefaultSize].
	Size int
	// Title stands in for the title of a signal that has none: the file's stem.
	Title string
	// Index and Count say which of how many signals of its file this is, from 0. With
	// more than one a line such as "signal 1 of 2" stands below the title.
	Index, Count int
	// MaxPixels bounds the elements decoded for one preview; larger data is read in
	// steps. 0 means [DefaultMaxPixels].
	MaxPixels int64
	// TimeLimit bounds the time taken; 0 leaves it to the context.
	TimeLimit time.Duration
}

// The values that zero stands for in [Options].
const (
	DefaultSize      = 500
	DefaultMaxPixels = 1 << 24
)

// The bounds of the size: smaller pictures hold no label, larger ones exhaust memory.
const (
	minSize = 32
	maxSize = 8192
)

func (o Options) filled() Options {
	if o.Size == 0 {
		o.Size = DefaultSize
	}
	o.Size = min(max(o.Size, minSize), maxSize)
	if o.MaxPixels <= 0 {
		o.MaxPixels = DefaultMaxPixels
	}
	o.MaxPixels = max(o.MaxPixels, 1<<12)
	return o
}

// Picture is a finished preview.
type Picture struct {
	PNG []byte
	// Note says what is missing from the picture, in a few words; usually empty.
	Note string
}
