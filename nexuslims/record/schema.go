package record

import _ "embed" // for the schema

//go:embed nexus-experiment.xsd
var schemaText string

// Schema returns the XML schema of records.
func Schema() []byte { return []byte(schemaText) }
