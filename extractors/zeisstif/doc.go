// Package zeisstif reads the TIFF files of Zeiss microscopes: scanning electron microscopes
// and dual-beam systems (SmartSEM), helium ion microscopes (Orion, NanoFab), and those that
// are run by software of Fibics (Atlas, NPVE).
//
// They are ordinary TIFF pictures with the settings of the microscope in private tags:
//
//   - 34118: SmartSEM. Lines of text: a block of bare numbers, then pairs of a name (AP_… for
//     measured values, DP_… for states, SV_… for texts) and a line "Label = value unit".
//     Tag 34119, of newer versions, is the same text in UTF-16
//   - 65000: Orion. XML, <ImageTags>, one element with <Value> and <Units> for each setting
//   - 51023: Fibics. XML, <Fibics>, sections of elements and of named items
//
// A file with several of them is described by Orion's tag before that of Fibics, and by that
// before SmartSEM's; the others fill gaps. All of them are kept as raw metadata. Units
// that a file names win over those that are usual for a setting.
//
// Each page with settings of its own, and each that has the size of the first one, is a
// signal. Rows beyond the stored size of the scan are its information bar. No pixels are read
// for metadata.
//
// The tags are not documented; what is known of them was learnt from files of many
// instruments. Inferred: the first numbers of tag 34118 (pixel size for a picture of 1024
// columns, magnification, a constant, voltage, filament current, probe current, working
// distance; all in SI units), and that FIB Imaging other than SEM means a picture of the
// ion beam.
package zeisstif
