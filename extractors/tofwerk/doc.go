// Package tofwerk reads the HDF5 files that TofDAQ and FIBlys write for a TOFWERK
// time-of-flight mass spectrometer on a focused ion beam (fibTOF).
//
// A map has writes (slices in depth), segments (lines) and pixels. Raw files hold lists of
// the events of each pixel (FullSpectra/EventList), processed ones counts integrated for
// each peak (PeakData/PeakData), some hold both. Of the events only the lengths of the lists
// are read, and of files of any size only a part is kept in memory.
//
// The layout was found in files of TofDAQ 1.99 and in the public documentation of readers.
package tofwerk
