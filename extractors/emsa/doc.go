// Package emsa reads spectra in the EMSA/MAS format (.msa, ISO 22029), the text form in
// which programs for X-ray, energy-loss, Auger, photoelectron and cathodoluminescence
// spectra exchange them.
//
// A file is lines "#KEYWORD-unit: value" followed by numbers, with or without an energy
// before each. Keywords are recognised in any case and padding, with or without unit; a
// unit that is missing is the standard's. Lines that begin with ## are a program's own
// keywords; those of EDAX and Oxford are known, the others stay in the raw tree. Lines
// may end in the manner of Windows, Unix or old Macintoshes; texts are UTF-8 or Windows-1252.
// Numbers may have a decimal comma where those of the header have one.
//
// What kind of spectrum it is follows from SIGNALTYPE, and from detectors and labels where
// that is missing. The axis is that of OFFSET and XPERCHAN; where energies are written
// beside the values and lie more than a channel from it, theirs is taken. The number of
// values is counted, whatever NPOINTS says. A file may hold several spectra, one behind the
// other; each has a header of its own.
//
// Metadata need the header, of at most 256 kB. Files up to 4 MB are looked through to count
// values; of larger ones NPOINTS is believed. Values are read when they are asked for.
//
// The format is known from the description by the EMSA/MAS task force (1991), abstracts of
// ISO 22029, and files of several programs.
package emsa
