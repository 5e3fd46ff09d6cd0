// Package hspy reads the files of HyperSpy, a Python library for the analysis of
// microscopy data: HDF5 with the extension .hspy, in older versions .hdf5.
//
// Every group of /Experiments that holds data becomes a signal. Its metadata are HyperSpy's
// own tree and that of the program from whose file it was made, in both of which the names
// tell lists, tuples, bytes, dates and whole signals apart. All versions of the format are
// read, 1.0 to 3.3; names of old versions are given as today's. What is newer is read as 3.3
// is, with a warning.
//
// Limits: 10,000 signals, 100,000 entries of trees, 32 levels. Arrays among the metadata of
// more than 64 KiB are given by their shape alone, and so is everything once half a megabyte of
// arrays was read. Ragged arrays, Zarr stores, models and results of decompositions are not
// read. Metadata never read pixels.
//
// The layout is described in the documentation of HyperSpy and RosettaSciIO
// (https://hyperspy.org/rosettasciio/supported_formats/hspy.html); the names of old versions
// and what the documentation leaves open were seen in files.
package hspy
