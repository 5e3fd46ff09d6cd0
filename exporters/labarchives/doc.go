// Package labarchives delivers records to a LabArchives notebook: one page for each
// session, with a summary that people can read (previews and a list of the data files)
// and the record as an attachment.
//
// The pages stand in the notebook's folder "NexusLIMS Records", by instrument, and are
// named by day and session; a page is found again by its name. It is updated in place:
// the attachment only with what [exporters.Job.Reconcile] makes of the one that stands
// there, the summary only while it is as it was delivered. What people wrote on the page
// beside them is never touched.
//
// Without a notebook, entries go to the user's inbox. The service cannot be asked for
// what is there, so that a record whose answer was lost arrives twice.
//
// LabArchives is a closed service. What is known of it comes from its public description,
// from open clients, and from the live tests of the Python program: calls are signed in
// the query with HMAC-SHA-512, one call a second, errors are XML of an HTTP status other
// than 200, nodes cannot be deleted. That entries are returned as they were sent is
// observed, not documented, so what the service stores is read back after each delivery
// and its digest remembered.
//
//	factory := labarchives.NewFactory()
//	destination, err := factory.Configure(settings.Map{
//		"NX_LABARCHIVES_ACCESS_KEY_ID":   "...",
//		"NX_LABARCHIVES_ACCESS_PASSWORD": "...",
//		"NX_LABARCHIVES_USER_ID":         "...",
//		"NX_LABARCHIVES_NOTEBOOK_ID":     "...",
//	}, host)
package labarchives
