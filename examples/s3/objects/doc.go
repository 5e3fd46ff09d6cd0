// Package objects keeps records as objects of a bucket, whatever store that bucket is in:
// it is handed a gocloud.dev bucket and knows nothing of services and credentials.
//
//	sessions/<digest of the session>.json                  where its record is
//	<instrument>/<year>/<month>/<name>/record.xml          the document
//	<instrument>/<year>/<month>/<name>/previews/…          as in the folder of previews
//	<instrument>/<year>/<month>/<name>/metadata/…
//	<instrument>/<year>/<month>/<name>/data/…              only where all files are asked for
//	<instrument>/<year>/<month>/<name>/manifest.json       written last
//
// The manifest is the mark of a whole record: names, sizes and SHA-256 of all its objects.
// Readers trust a folder only when it has one. Each object carries its digest as metadata
// too, so that a delivery that was interrupted goes on with what is missing, and an update
// uploads only what differs.
//
// A record is known by its session. Its folder is noted before anything is put there and
// stays the same whatever the record is called later. All writes are repeatable: the same
// keys, the same content.
//
// Somebody may replace record.xml in the store: such a document goes through
// [exporters.Job.Reconcile] and is never overwritten unread. Stores have no portable
// condition for that; it is read once right before it is replaced, and what is written in
// the moment between is lost. Versioning of the bucket keeps it.
package objects
