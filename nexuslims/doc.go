// Package nexuslims is the vocabulary of the project: the nouns that a facility
// and its microscopes are described with, and nothing that does work.
//
// An [Instrument] is used during a [Session], which a scheduler knows as a usage
// event and for which a [Reservation] gives title, samples and consent. The files
// of that time hold signals; each signal is described by metadata made of the
// closed set of [Value] kinds, with [Quantity] for whatever has a unit and [Field]
// for the names that the experiment schema knows. Files become [Dataset] values,
// grouped into the [Activity] values of a [Record].
//
// Failures are an [Error] with a [Kind] that decides what happens next; whatever
// must never be printed is a [Secret].
//
// The package imports the standard library only; every other package imports it,
// never the reverse. All its types are plain values: those without a pointer
// receiver may be shared between goroutines, an [Object] must not be changed by
// one goroutine while another uses it.
package nexuslims
