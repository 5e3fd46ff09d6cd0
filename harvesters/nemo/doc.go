// Package nemo harvests usage events and reservations from NEMO, the laboratory
// scheduler (https://github.com/usnistgov/NEMO), through its REST API. Versions 4.7 to
// 8.1 are known to work.
//
// # Settings
//
// Any number of servers, told apart by the text behind the last underscore:
//
//	NX_NEMO_ADDRESS_1=https://nemo.example.org/api/
//	NX_NEMO_TOKEN_1=...
//	NX_NEMO_TZ_1=America/New_York           # only where times lack an offset or have a wrong one
//	NX_NEMO_STRFTIME_FMT_1=%Y-%m-%dT%H:%M   # only where the API has another format
//	NX_NEMO_STRPTIME_FMT_1=%m-%d-%Y %H:%M:%S
//
// The token's user needs the permissions view_tool, view_user, view_usageevent and
// view_reservation, nothing else.
//
// An instrument belongs to a server when its API address lies below the server's:
// https://nemo.example.org/api/tools/?id=17 or .../tools/17/.
//
// # Requests
//
// A run asks for the list of tools once, for the events of all tools together, and for
// their users together. Each session that is built costs one request for its event and
// one for the reservations that overlap it. Relations are never expanded by the server:
// that costs it dozens of queries an event.
//
// # Answers
//
// Title, motivation, project, samples and consent are taken question by question from
// the newest form that answered: after the use, before it, then the reservation. Of
// the reservations that overlap the use, the user's own come first, then the largest
// overlap, the later start, the lower id. The experimenter is the user of the event,
// whosever reservation it was.
package nemo
