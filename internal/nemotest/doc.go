// Package nemotest is a NEMO server for tests: the part of its REST API that harvesting
// needs, over real HTTP, on a facility that the test describes.
//
// It is as strict as the real one: relation filters refuse ids that do not exist, an empty
// value switches its filter off, unknown parameters are ignored, a missing slash is a
// redirect, rows come newest first. A test compares it with answers recorded from
// NEMO 8.1.5. What it does not do: expand relations, and write.
//
// Rows are objects with the names of NEMO's fields; fields that are left out get the
// values that a fresh row of NEMO has. Times are time.Time or ISO 8601 text.
//
//	server := nemotest.New(t, nemotest.Site{
//		Tools:        []nemotest.Row{{"id": 1, "name": "Titan TEM"}},
//		Users:        []nemotest.Row{{"id": 7, "username": "mcurie"}},
//		Reservations: []nemotest.Row{{"id": 70, "tool": 1, "user": 7, "start": from, "end": to,
//			"question_data": nemotest.Answers("data_consent", "Agree", "experiment_title", "Grain map")}},
//		Events:       []nemotest.Row{{"id": 700, "tool": 1, "user": 7, "start": from, "end": to}},
//	})
//	// server.URL is the root of the API, nemotest.Token opens it.
package nemotest
