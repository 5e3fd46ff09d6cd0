package record

import (
	_ "embed" // for the schema
	"strings"
)

//go:embed nexus-experiment.xsd
var schemaText string

// Schema returns the XML schema of records.
func Schema() []byte { return []byte(schemaText) }

// strictSchema demands in addition that every parameter has a name: the schema does not,
// and no reader can use one without.
func strictSchema() []byte {
	const loose, strict = `<xsd:attribute name="name" type="xsd:anySimpleType"/>`,
		`<xsd:attribute name="name" use="required"><xsd:simpleType><xsd:restriction base="xsd:token">` +
			`<xsd:minLength value="1"/></xsd:restriction></xsd:simpleType></xsd:attribute>`
	return []byte(strings.Replace(schemaText, loose, strict, 1))
}
