// Package extractortest holds the conformance kits for extractors and profiles: what
// every implementation must keep, whoever writes it.
//
//	func TestConformance(t *testing.T) {
//		extractortest.Run(t, myformat.New(),
//			extractortest.Load(t, "testdata/image.xyz"),
//			extractortest.Foreign("other.xyz", []byte("not of this format")))
//	}
//
// [Run] reads each sample whole, twice and in parallel, cut off at many offsets, with
// bytes changed, through readers that fail, and with a canceled context; it checks
// answers, errors, metadata, pixels and memory. [RunProfile] does the like for profiles.
// Each violation is reported with the promise that it breaks. The kits measure memory
// and therefore must not run beside parallel tests of the same package.
package extractortest
