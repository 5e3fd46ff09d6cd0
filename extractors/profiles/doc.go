// Package profiles holds the instrument profiles that come with the program, those of the
// reference implementation: FEI-Titan-STEM, FEI-Titan-TEM and JEOL-JEM-TEM. A site with an
// instrument of that id gets them without doing anything; another adds its own profiles,
// compiled in or as files.
//
// [ParseTecnai] reads the text in which Tecnai and Titan microscopes describe themselves in
// DigitalMicrograph files, for the profiles of other such instruments.
package profiles
