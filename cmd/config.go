package cmd

import "github.com/urfave/cli/v2"

func (p Process) configCommand() *cli.Command {
	return &cli.Command{
		Name:        "config",
		Usage:       "settings of the program",
		Action:      p.group,
		Subcommands: []*cli.Command{p.labarchivesUIDCommand()},
	}
}
