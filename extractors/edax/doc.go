// Package edax reads the X-ray files of EDAX programs (Genesis, TEAM): spectra (.spc) and
// maps of a spectrum in each pixel (.spd).
//
// A spectrum is a header of fixed places and up to 4096 counts. Versions 0.61 and 0.70 are
// known; they differ in what follows the counts, and any version from 0.5 to 0.9 is read as
// far as it goes. Files of other programs with the extension .spc, such as those of
// Galactic and Thermo GRAMS, are refused.
//
// A map holds the counts alone. Its pixel size comes from the image beside it
// (NAME_Img.ipr), energies and detector from the spectrum beside it (NAME.spc); both may be
// missing. A map that was stopped early has fewer spectra than pixels: the rest is zeros.
//
// Where two values of a header contradict each other, the one that the rest of the file
// supports is taken: the size of a channel is stored as a whole number, and follows from
// first and last energy where that says otherwise.
//
// The layouts are known from public descriptions by users of these programs and from
// files of both versions; the places of the .ipr beyond size, voltage and text, and the unit
// of its working distance, are inferred.
package edax
