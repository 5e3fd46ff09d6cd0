// Package reference compares what extractors say of the shared instrument files with what
// others say of them: the reference implementation ([Suite]) and an independent reader
// ([LoadExpected]). It is imported by tests only.
//
// A value of the reference is equal, or it has a row in the table of [Difference] of its
// format, which says why; a row that no longer occurs fails, so that the tables stay true.
package reference
