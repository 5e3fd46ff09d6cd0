// Package preview draws the small picture that stands for a dataset in a record.
//
// [Draw] chooses the kind of picture by the shape of the data: spectrum, line scan,
// spectrum image, image, image series, hyperimage, ordinary picture, beginning of a text,
// or a table of the axes. [Placeholder] is the picture for what cannot be drawn.
//
// Everything is drawn by this package onto a square of pixels, with the DejaVu fonts
// compiled in. The result depends on the data and the options alone and is the same to
// the byte each time. Only what is drawn is read: nine spectra of a map, five frames of a
// series, every n-th pixel of a huge image. All functions may be called concurrently.
package preview
