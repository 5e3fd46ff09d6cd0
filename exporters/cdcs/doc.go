// Package cdcs delivers records to a CDCS front end: NexusLIMS-CDCS or any other site
// built on NIST's core_main_app, 2.18 to 2.23.
//
// A record is created in its workspace by one request; with user-owned records it is
// then given to the user of the session, whose account is made when missing. A record
// that exists is found again by its title and confirmed by what nobody edits, the
// session's number and address. It is updated in place, and only with a document that
// [exporters.Job.Reconcile] made from the one stored there, so that people's edits in the
// front end are kept or stand in the way, but are never overwritten.
//
// Both modes of the interface are understood (document in xml_content or in content),
// and sites that write a PID into each record.
//
// The interface has no conditional update. Right before an update the stored document is
// read once more; an edit that is saved in the instant between that and the update is
// lost.
//
//	factory := cdcs.NewFactory()
//	destination, err := factory.Configure(settings.Map{
//		"NX_CDCS_URL":   "https://cdcs.example.org/",
//		"NX_CDCS_TOKEN": "...",
//	}, host)
package cdcs
