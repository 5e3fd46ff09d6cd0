// Package cmd is the command line: a thin layer that reads arguments and
// configuration, opens what a command needs, and prints what the library answers.
//
// A facility's own binary is the list of its plugins and one call of [Main]:
//
//	p := new(pipeline.Plugins)
//	err := errors.Join(builtin.Add(p), p.Destinations.Add(ourwiki.NewFactory()))
//	...
//	os.Exit(cmd.Main(context.Background(), p, os.Args))
//
// Exit codes:
//
//	0  done, or nothing to do
//	1  the run could not be carried out: preflight, database, data folders
//	2  wrong use, or a configuration that is bad or cannot be read
//	3  finished; some sessions failed, wait for a fault to go, or were not exported
//	4  another run holds the lock
package cmd
