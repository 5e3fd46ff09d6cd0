// Package dm reads DigitalMicrograph files (.dm3, .dm4, .dm5) of Gatan Microscopy Suite.
//
// Such a file is one tree of tags. Below ImageList stand images with pixels,
// calibration and the tags of microscope, camera and spectrometer; each image that is
// not a thumbnail becomes a signal. Versions 3 and 4 are read, in both byte orders;
// they differ in the width of counts and in a size before each entry.
//
// [Decode] walks the tree through a small window and notes where arrays lie, so that
// the time and the bytes read do not depend on the number of pixels. Arrays of more
// than 256 elements are read only when they belong to the output, and are then
// shortened. A file that breaks off keeps the images that are complete.
//
// Version 5 keeps the same tree in HDF5, where [DecodeHDF5] finds it; everything else is
// common to all versions. Each value of the metadata names its tag for explanations.
//
// Limits: 64 levels, a million entries in a group, 64 MiB of tags, 10,000 images.
// Colour images, complex ones and packed Fourier transforms in two dimensions have
// pixels; an image of a data type unknown here has metadata only.
//
// The layout is known from the public descriptions of the format by Greg Jefferis and
// Chris Boothroyd, and from files of GMS 1 to 3. That of version 5 is inferred from files
// of Nion Swift.
package dm
