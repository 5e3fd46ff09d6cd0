// Package invenio delivers records to a repository built on InvenioRDM, Zenodo among them,
// through its interface /api/records (InvenioRDM REST API reference; what is said there of
// conditional updates is inferred from its source).
//
// A record becomes a draft with descriptive fields and files: record.xml, previews and
// metadata files. People review it and publish it. Publishing cannot be undone, so the
// program does it only where a setting says so, and if another one lists projects, only
// for those.
//
// A record is recognised by the session's identifier, which is among its alternate
// identifiers. The repository's search lags behind by seconds; the id in the log of
// deliveries is asked for first.
//
// A new version of a record changes its draft in place; of a published one, whose files are
// fixed, it makes the next version as a draft. What people changed in a draft stays theirs:
// fields of the description are replaced only while they are as they were delivered last,
// record.xml goes through [exporters.Job.Reconcile], and other files are replaced only
// while they are the ones that were delivered last.
package invenio
