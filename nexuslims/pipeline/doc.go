// Package pipeline makes records: it harvests usage events, finds and reads the files of
// each session, builds and validates the record, delivers it, and settles the session.
//
//	harvest ─► consent ─► find ─► extract ─► build ─► deliver ─► settle
//
// A [Pipeline] is made of values and uses neither environment nor global state: a
// database, an extraction engine, open harvesters and a delivery runner. [Pipeline.Run]
// carries out one run and answers with a [Report], from which exit code, summary and
// notification follow.
//
// Each session is delivered and settled as soon as it is built. State moves forward
// only after the fact is durable, and every stage is safe to repeat, so that a run that
// was killed is continued by the next. What goes wrong with one file, session, source or
// destination stays with it: a transient fault leaves the session waiting, and never
// settles it.
package pipeline
