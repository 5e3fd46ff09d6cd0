package cmd

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// reorder moves the options of a command line before its arguments, because cli stops
// looking for options at the first argument and people write them anywhere. What
// follows "--" is left alone.
func reorder(app *cli.App, args []string) []string {
	if len(args) == 0 {
		return args
	}
	flags, commands := app.Flags, app.Commands
	out := []string{args[0]}
	rest := args[1:]
	for len(rest) > 0 {
		var options, arguments []string
		options, arguments, rest = split(flags, commands, rest)
		if slices.Contains(options, "--help") || slices.Contains(options, "-h") {
			arguments = nil // cli takes them for the topic
		}
		out = append(append(out, options...), arguments...)
		if len(rest) == 0 {
			break
		}
		c := find(commands, rest[0])
		out = append(out, rest[0])
		rest, flags, commands = rest[1:], c.Flags, c.Subcommands
	}
	return out
}

// split takes options and arguments up to the name of a subcommand, which begins rest.
func split(flags []cli.Flag, commands []*cli.Command, args []string) (options, arguments, rest []string) {
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "--":
			return options, append(arguments, args[i:]...), nil
		case len(a) > 1 && a[0] == '-':
			options = append(options, a)
			if takesValue(flags, a) && i+1 < len(args) {
				i++
				options = append(options, args[i])
			}
		case len(arguments) == 0 && find(commands, a) != nil:
			return options, nil, args[i:]
		default:
			arguments = append(arguments, a)
		}
	}
	return options, arguments, nil
}

func find(commands []*cli.Command, name string) *cli.Command {
	for _, c := range commands {
		if c.HasName(name) {
			return c
		}
	}
	return nil
}

func takesValue(flags []cli.Flag, option string) bool {
	name := strings.TrimLeft(option, "-")
	if strings.Contains(name, "=") {
		return false
	}
	for _, f := range flags {
		for _, n := range f.Names() {
			if n == name {
				_, isBool := f.(*cli.BoolFlag)
				return !isBool
			}
		}
	}
	return false
}
