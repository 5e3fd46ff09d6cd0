// Package exporters delivers records to destinations and says truthfully what happened.
//
// A [Destination] is small: it creates a record from a [Job] and answers with a
// [Receipt]. What it can do besides it shows by further one-method interfaces:
// [Checker], [Finder], [Updater], [Fetcher], [Deleter]. It contains no retries, no time limits, no
// bookkeeping and no strategy: [Runner] does all that, once, for every destination. It
// asks the ledger and the destination itself before anything is created, so that a
// record exists at most once however often a run is repeated or killed.
//
// Destinations are registered as factories ([NewFactory]) in a [Registry]; a factory
// turns the operator's settings into a destination, or answers that it is off.
//
// A new destination is a folder below this one with a Config, an Export method and a
// conformance test of ten lines (package exportertest).
package exporters
