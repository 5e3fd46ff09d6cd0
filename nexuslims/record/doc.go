// Package record turns the signals of one session into a record, the XML document of
// the experiment schema, and reads, checks and merges such documents.
//
// [Build] groups signals into activities by the times of their files ([Group]),
// flattens their metadata, tells shared from unique parameters and fills the head from
// the reservation. [Encode] writes the document, [Decode] reads it, [Validator] checks
// it against the schema ([Schema]), and [Reconcile] takes what people changed in a
// stored record over into a newer version of it.
//
// The same input gives the same bytes. Text from users, instruments and services
// stands in documents as text, whatever it holds: characters that XML cannot carry are
// removed or replaced and counted.
package record
