package cmd

import (
	_ "time/tzdata" // time zones are part of the program: containers and Windows have no zone files
)
