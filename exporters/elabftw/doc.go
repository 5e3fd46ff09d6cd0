// Package elabftw delivers records to eLabFTW, one experiment for each session, over its
// API v2 as 5.3 to 5.6 speak it.
//
// An experiment has a title, a summary in HTML, extra fields, tags, and the record's XML
// document as attachment. Its key is the extra field "Session ID": the server is searched
// for it before anything is created. Creating, attaching and tagging are steps of their
// own, each noted before the next, so that an interrupted delivery is continued.
//
// People work in their notebook, and whatever they change there stays. Title, summary and
// every single extra field are replaced only where they still are what was put there last,
// by what the receipt remembers of it; otherwise they are left alone, with a warning. Tags
// that people took away stay away. The attachment is replaced only by a document that
// [exporters.Job.Reconcile] made from the one attached now; the server keeps the earlier
// file in its archive. An experiment that people locked or archived, or that somebody has
// open for editing alone, is a conflict.
//
// The interface has no conditional update. The experiment is read right before it is
// changed; an edit that is saved in the instant between is lost from the page, not from
// the server: it keeps revisions of summaries, and files that were replaced.
//
// Where the team demands templates (NX_ELABFTW_EXPERIMENT_TEMPLATE), an experiment is a
// copy of the template at first and gets its key in a second request. Up to 5.3 such a copy
// bears no mark at all: if the answer to its making is lost together with the program, an
// untouched copy of the template stays behind. In all other cases there is one experiment.
//
//	factory := elabftw.NewFactory()
//	destination, err := factory.Configure(settings.Map{
//		"NX_ELABFTW_URL":     "https://elab.example.org",
//		"NX_ELABFTW_API_KEY": "12-...",
//	}, host)
package elabftw
