// Package basic is the last resort: it records a file of which no other extractor knows
// the format by its name, size and times, and guesses nothing.
//
// Of ordinary pictures (PNG, JPEG, GIF, BMP, TIFF) it tells dimensions and colour model,
// of texts encoding and lines, and both get a preview. Of a picture that breaks off the part
// that is there is shown. A picture that is not one, or a text that is binary, is recorded
// like any other file.
package basic
