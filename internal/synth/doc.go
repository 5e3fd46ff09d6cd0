// Package synth makes files of instruments and pictures for the demonstration, for tests and
// for benchmarks. Everything is deterministic: the same options give the same bytes.
//
// [DM] writes DigitalMicrograph files, [HDF5] any tree of groups and datasets,
// [TIFFFile] TIFF files of every kind, [FEI], [SmartSEM], [Orion], [Fibics] and
// [Tescan] those of microscopes, [Velox] and [NCEM] the two kinds of EMD files,
// [HyperSpy] those of that library, [SPC], [SPD] and [IPR] those of EDAX, [MSA] spectra
// as text, [SER] and [EMI] series of TIA, [TOFWERK] maps of a mass spectrometer;
// [Pixels] draws images that look like micrographs; [PNG], [TIFF] and [Text] write
// ordinary files.
package synth
