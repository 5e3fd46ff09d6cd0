// Package rocratetest checks RO-Crates by rules of its own, for tests.
//
// The rules are those of the RO-Crate Metadata Specification 1.2
// (https://w3id.org/ro/crate/1.2) and of The ELN File Format of the ELN Consortium, and
// what the importers of eLabFTW, Kadi4Mat, SampleDB and PASTA-ELN want beyond these. The
// package shares no code with what writes crates, so that a mistake is not made twice.
package rocratetest
