// Package extractors turns one instrument file into signals with metadata.
//
// An [Extractor] knows one family of formats. It sees a [File]: name, size, bounded
// reads, siblings, the instrument if known; it cannot open paths or write. It answers
// with a [Result] of one or more [Signal] values: metadata, the raw tree of the file,
// and a lazy handle on the pixels ([Array]). Metadata is read without reading pixels.
//
// A [Profile] adapts metadata to one instrument by pure functions on a [Document].
//
// An [Engine] puts them together and is what everybody calls: it picks the extractor
// from a [Registry], guards it against panics and endless work, applies the profile,
// puts every value where the metadata schema wants it ([Place]) and adds the
// extraction block. A file that cannot be read yields the basic dataset in the name of
// the extractor that failed, with the reason.
//
// A new format is a folder below this one, built like package dm: decode.go turns
// bytes into a raw tree and knows no metadata names, meta.go turns the raw tree into
// metadata and touches no bytes, and one line in nexuslims/builtin adds it.
package extractors
