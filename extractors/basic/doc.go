// Package basic is the last resort: it records a file of which no other extractor knows
// the format by its name, size and times, and guesses nothing.
//
// Of ordinary pictures (PNG, JPEG, GIF, BMP) it tells dimensions and colour model, and what
// EXIF blocks and texts say; of texts encoding and lines; and all get a preview. Of a picture
// that breaks off the part that is there is shown. A picture that is not one, or a text that
// is binary, is recorded like any other file.
//
// TIFF files that no extractor of a vendor took are read through internal/tiff, whatever
// their size. The first page of full size is the one that is described and drawn. A
// calibration comes from descriptions that ImageJ writes, from OME-XML, and from the tags of
// exports of DigitalMicrograph and of Olympus Soft Imaging Solutions; the resolution tags alone
// are for printing and give none.
package basic
