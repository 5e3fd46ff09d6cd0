// Package find finds the files that an instrument wrote during its sessions.
//
// One parallel walk per instrument serves all sessions of a run: [Store.Walk] looks at
// each file once and keeps those that lie in one of the windows; [Tree.Within] then
// answers for each session. A file belongs to a session when its modification time is
// after the session's start and not after its end.
//
// Links are followed as long as they stay inside the root of instrument data or inside
// the instrument's own folder; each file is reported once, whatever links lead to it. A
// folder that cannot be read is a warning and makes the tree incomplete; a store that is
// missing or empty is a transient fault, never "no files".
package find
