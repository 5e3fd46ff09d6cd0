// Package feitif reads the TIFF files of FEI and Thermo Fisher microscopes.
//
// They are ordinary TIFF pictures with the settings of the microscope in private tags of
// the first directory:
//
//   - 34682: sections of key=value lines (Quanta, Helios, Scios, Apreo, Verios, …), or the
//     <Root> list of labels, values and units that TIA writes for transmission microscopes
//   - 34683: XML, <Metadata> of newer systems, beside the sections or alone; <FeiImage> of
//     the Phenom; TIA's list in some files
//   - 34680: sections of older systems, [DatabarData] of the XL30 and DualBeam 620 among them
//
// Programs that save the picture again lose the tags and leave their text at the end of the
// file: so the first and the last 64 KiB are searched too. No pixels are read for metadata,
// and at most a megabyte of anything.
//
// Values are those of the active beam, which [Beam] names. Where that section is missing,
// the only beam section of the file counts. Pictures of the ion beam are FIB_Imaging, those
// of the navigation camera Camera_Image.
//
// The sections are known from files of many instruments, which also show the meaning of
// tags 65450 to 65452, TIA's calibration in pixels per centimetre. The names of the Phenom's
// and of [DatabarData]'s settings are inferred from programs that read them.
package feitif
