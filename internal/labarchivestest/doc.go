// Package labarchivestest is a LabArchives for tests: a double of the interface of the
// closed service, with real state, as strict as what is known of it.
//
// It computes signatures itself and refuses times off by more than two minutes, checks
// parameters, exact content types and sizes, puts errors at the root of an answer (or
// below, by [Options]), shuffles the order of child elements, repeats the request in each
// answer, and reports calls that overlap or follow one another too fast by a clock of the
// test's. [Fault] makes it refuse, stall, throttle, answer pages, lose a reply after
// committing, or break off.
//
// Known from live tests and open clients are: parameters, signatures, the form of
// answers, codes, the statuses 401 for a wrong signature or time and 404 with 4514 for a
// wrong login, that entries come back unchanged, that an empty notebook id is refused.
// Inferred are: the other statuses, which code an unknown page or entry gets, the inbox,
// and the names of the elements of epoch_time.
package labarchivestest
