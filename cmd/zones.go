package cmd

// Time zones are part of the program: containers and Windows have no zone files.
import _ "time/tzdata"
