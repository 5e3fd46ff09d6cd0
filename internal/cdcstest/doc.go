// Package cdcstest is a CDCS for tests: a strict double of the REST interface of NIST's
// core_main_app 2.18, the server behind NexusLIMS-CDCS, with real state.
//
// It is as picky as the server: exact slashes with the redirects of Django, content
// types, 403 for a bad token, 500 for a document that is not valid, both modes of the
// content field, the rights of superusers and others, the ways of the query endpoint.
// [Fault] makes it refuse, stall, throttle, answer pages, lose a reply after committing,
// or break off. A test compares it with answers recorded from the real server.
//
// Not modelled, because no exporter needs it: blobs, keyword search, XPath projections
// (they answer without content), groups and workspaces that are neither public nor
// somebody's own.
package cdcstest
