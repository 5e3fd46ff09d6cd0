// Package profilefile reads profiles of microscopes from YAML files, so that a site adapts
// metadata without a compiler.
//
// A file names its instrument and lists steps, which are carried out in order after the
// extractor and before the schema is applied:
//
//	instrument: FEI-Titan-TEM
//	steps:
//	  - constants: {Facility: Nexus, Room: B101}
//	  - warn: [Operator, EDS / Live time]
//	  - when: text("Imaging Mode") contains "EFTEM DIFFRACTION"
//	    type: {dataset: Diffraction, data: TEM_EFTEM_Diffraction}
//	  - unit: {Defocus: um}
//
// Paths of nested fields are written with " / " between the names, as "extract --explain"
// prints them. Conditions and values in {expr: …} are expressions of expr-lang; they see the
// metadata by functions such as text and number, end always, and reach nothing else.
//
// [Parse] explains every mistake of a file with line and column. A profile that was read
// is an ordinary [extractors.Profile]: each step works on a copy, and one that fails changes
// nothing.
package profilefile
