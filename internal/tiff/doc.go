// Package tiff reads the directories and pixels of TIFF files, classic and Big, for the
// extractors of the microscope formats that are built on it.
//
// [Open] reads the header, [File.Directory] one directory of tags; neither touches pixels,
// so metadata of any picture can be read, whatever its size or compression.
// [Directory.Image] gives the pixels: all sample types, strips and tiles, uncompressed, LZW,
// deflate and PackBits, with horizontal and floating-point predictors. A region decodes only
// the strips or tiles that it touches.
//
// Everything is bounded by the size of the file: a count or offset is checked before
// anything is allocated. Errors are Corrupt for what contradicts itself or lies outside the
// file, Unsupported for what is valid and not read here, Transient for a failing store.
//
// The layout is that of TIFF revision 6.0 and of the BigTIFF design by Aware Systems and
// LibTIFF.
package tiff
