// Package config reads what the operator wrote: the process environment and a .env file.
//
// [Read] gathers texts with their sources; [Load] makes a [Config] of the settings that
// concern the program itself and leaves those of harvesters and destinations to their
// factories, which read the same [Texts]. All faults are found and reported together,
// each with variable, source, reason and the value, which is *** for a secret.
//
// A variable set to the empty text counts as unset. The environment wins over the file.
// Nothing is read at import or behind the caller's back, and nothing is global.
package config
