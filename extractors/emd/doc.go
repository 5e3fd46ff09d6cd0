// Package emd reads the two kinds of files that are called EMD: those of Velox, the
// program of Thermo Fisher's (FEI's) electron microscopes, and those of Berkeley (NCEM)
// with what grew out of them, Prismatic and py4DSTEM. Both are HDF5 and share nothing else.
//
// Of a Velox file every image, stack, transform, differential phase contrast image, X-ray
// spectrum and energy-loss map becomes a signal, and all streams of X-ray events together
// one spectrum image. Metadata are JSON, one text for each frame, of which the first is
// read. The spectrum image is never built: a region of it is decoded from the events,
// which are read through a small window (see stream.go). A file that was pruned has lost
// its events; its spectra and maps remain, and a warning.
//
// Of a Berkeley file every array of a group of the EMD type becomes a signal.
//
// Limits: JSON texts of 16 MiB and 64 levels, 10,000 signals, 100,000 members of a group.
// Velox's own compressed cubes are proprietary and not read, nor are point lists. Metadata
// never read pixels; what is read beside JSON are at most 128 KiB of each stream of events,
// to see that the map has the size that is stated.
//
// The layout of Velox files is not published: it is known from files of Velox 2 to 3
// (versions 8 to 13) and from the public documentation of readers; what was deduced is
// marked as inferred. The layout of the others is that of the EMD specification 0.1, 0.2 and 1.0
// at https://emdatasets.com and of Prismatic's and py4DSTEM's documentation.
package emd
