// Package tia reads the series files (.ser) of the FEI and Thermo Fisher program TIA,
// together with the .emi file that describes them.
//
// A series holds spectra or images of one kind: one, a stack, a line scan or a map.
// [Decode] reads its header, the headers and tags of its elements and the table of their
// places, and no pixels. Elements may lie anywhere in the file: pixels are read through
// the table, only those asked for. Images are turned upside down against the file, in
// which the bottom row stands first.
//
// The .emi file NAME.emi describes the series NAME_1.ser, NAME_2.ser and so on, each by
// a block of XML. [Blocks] finds the blocks without reading the pixels that lie between
// them. A block belongs to the series whose path was written before it; where those
// paths are missing the range of the detector decides (see pair.go). A series without
// .emi, or with one that cannot be read, has the metadata of its own header.
//
// A series without elements has its values in the .emi file, where [Stored] finds them. So has
// each object of an .emi file that has no series: such a file is read by itself, every
// object with settings a signal.
//
// Versions 0x0210 and 0x0220 are read, which differ in the width of offsets. Headers of
// at most 1024 elements are read one by one and a sample of longer series; a .emi file
// over 1 MiB whose arrays are not marked (in files whose pixels were blanked together
// with everything else) is searched by samples of the size of the smallest block with
// settings.
//
// The layout of the series is known from the public description by C. Boothroyd and
// files of TIA 1.9 to 5; that of the .emi file is inferred from such files.
package tia
