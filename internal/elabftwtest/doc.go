// Package elabftwtest is an eLabFTW for tests: a strict double of API v2 with real state,
// of the versions 5.3 to 5.6 with their differences.
//
// It is as picky as the server: the exact content type of writing requests, 401 without a
// key and 400 with one that may only read, both shapes of errors, Location on a host of
// its own, metadata as a text in PATCH and as an object in POST, texts purified, titles cut,
// tags of the team, archived uploads, pages of lists that leave out half of an experiment,
// the wildcards of its search. [Fault] makes it refuse, stall, throttle, answer pages, lose
// a reply after committing, or break off.
//
// Not modelled, because no exporter needs it: resources, links, steps, comments, actions
// such as signing, and the rights of others than owner and reader.
package elabftwtest
