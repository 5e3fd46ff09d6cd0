// Package tescantif reads the TIFF files of Tescan microscopes.
//
// They are ordinary TIFF pictures with the settings of the microscope in tag 50431 of a page,
// and in a text file beside the picture, NAME.hdr or NAME-tif.hdr.
//
// The tag is a sequence of records: a length of four bytes that counts what follows it, a
// type of two bytes, and the contents. Type 1 is a thumbnail, 2 the settings of the picture,
// 3 those of the electron column, 5 those of the ion column, 0 the end. Settings are lines
// of Key=Value, in SI units. The text file has the same settings in sections, [MAIN], [SEM],
// [FIB] and others; where both exist, the tag counts and the file adds the sections that the
// tag lacks. Text is UTF-8, or else Windows-1252; a percent sign means nothing.
//
// Pictures of the ion column are FIB_Imaging. The last ImageStripSize rows of a picture are an
// information bar, of which the contrast of previews is not taken. No pixels are read for
// metadata.
//
// The layout of the tag is not documented; it is that of files of several instruments, and
// the types of the records are those that other programs know. Inferred: the names of
// the text file of older software, and that of two times in one file, a zone apart, the
// one of the TIFF tag is local.
package tescantif
