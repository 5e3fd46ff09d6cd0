// Package sessionfile takes sessions from a CSV or JSON file: for facilities without a
// scheduler, and for sessions that no scheduler knows.
//
// NX_SESSIONS_FILE names the file. A .csv file has a header line and one session a line;
// a .json file is an array of objects with the same names. It is read anew whenever it
// changed. Instruments whose harvester is "sessionfile" belong to it.
//
//	session_id         required; unique, stays the same for ever
//	instrument         required; PID of the instrument
//	start, end         required; ISO 8601. Without an offset they are in the zone of the
//	                   instrument. A session without end goes on, and is left out.
//	user               required; login name
//	consent            required column; agree, yes, true, positive, consent or accept;
//	                   disagree, no, false or negative; empty: not answered yet
//	first_name, last_name, email
//	title, purpose, project
//	samples            JSON array of {"name", "pid", "description", "elements"}; in JSON files
//	                   the array itself
//	reservation_id, url, created_by, reservation_start, reservation_end
//
// Reading is strict: an unknown column, a missing required one, or a file that is no CSV
// or JSON is an error of the whole file; a faulty value leaves out its session, with a
// warning that names line and column.
package sessionfile
