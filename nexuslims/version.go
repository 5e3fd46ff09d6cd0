package nexuslims

// Version is the version of this module.
const Version = "0.1.0"

// ReleaseDate is the date of the release, or empty before the first one.
const ReleaseDate = ""

// ModulePrefix stands before the extractor's name in the metadata entry
// "NexusLIMS Extraction", "Module".
const ModulePrefix = "nexuslims-go/"
