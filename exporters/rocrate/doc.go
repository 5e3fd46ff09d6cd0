// Package rocrate delivers records as RO-Crates: one crate per record, with the record,
// its metadata files and previews, and a description of data, people, instrument,
// samples, parameters and software that programs understand.
//
// A crate is made in up to three forms of the same description: a folder, a .zip, and
// an .eln, the archive that electronic lab notebooks exchange.
//
//	{path}/{instrument}/{year}/{record}.eln | .zip | /
//	    ro-crate-metadata.json      the description, JSON-LD
//	    ro-crate-preview.html       the same for people
//	    record/                     {record}.xml, *.json, *.thumb.png, data files when included
//
// Sources: the RO-Crate Metadata Specification 1.2 (https://w3id.org/ro/crate/1.2), the
// specification of The ELN File Format of the ELN Consortium, and the import code of
// eLabFTW, Kadi4Mat, SampleDB and PASTA-ELN, which is stricter than both and is why some
// things are as they are: ids without percent-encoding, one Dataset with Files below the
// root, arrays where a single value would do.
//
// Data files stay where they are unless the operator wants them inside. Those outside are
// described, with size and, where asked, SHA-256.
//
// A crate is old or new, never half. The same record, files, settings and version give
// the same bytes; nothing is written then. A new version takes the place of the one
// before, which stays beside it as {record}.v1.eln. What people changed in a crate is
// never overwritten: a record they edited is merged or refused, a crate that they changed
// otherwise is kept as {record}.edited-0123abcd.eln.
package rocrate
