package dm_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors/dm"
	"github.com/nexuslims/nexuslims-go/extractors/extractortest"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// TestConformance holds the extractor to the promises of all extractors with files of every
// sort: both versions, both byte orders, colours, spectra, maps, stacks, several signals.
func TestConformance(t *testing.T) {
	m := synth.DefaultMicroscope(at)
	colours := shape("nm,nm", 9, 7)
	colours.Type, colours.Pixels = 23, noise(9*7*4)
	packed := shape("1/nm,1/nm", 8, 6)
	packed.Type, packed.Pixels = 27, noise((8/2+1)*6*8)
	several := synth.EDSSpectrum(2, m)
	several.Images = append(several.Images, synth.TEMImage(8, 3, m).Images...)
	instrument := &nexuslims.Instrument{PID: "FEI-Titan-TEM", Timezone: "America/New_York"}

	var samples []extractortest.Sample
	add := func(name string, d synth.DM) {
		data, err := d.Bytes()
		require.NoError(t, err, name)
		samples = append(samples, extractortest.Sample{Name: name, Data: data, Instrument: instrument})
	}
	for _, v := range []struct {
		version int
		ext     string
	}{{3, ".dm3"}, {4, ".dm4"}, {5, ".dm5"}} {
		for order, big := range map[string]bool{"little endian": false, "big endian": true} {
			image := synth.TEMImage(16, 1, m)
			image.Version, image.BigEndian = v.version, big
			add("image, "+order+v.ext, image)
			add("colours, "+order+v.ext, synth.DM{Version: v.version, BigEndian: big, Images: []synth.DMImage{colours}})
		}
	}
	add("X-ray spectrum.dm3", synth.EDSSpectrum(1, m))
	add("energy-loss map.dm4", synth.EELSImage(5, 4, 32, 1, m))
	add("stack.dm4", synth.Stack(8, 8, 3, m))
	add("packed transform.dm3", synth.DM{Version: 3, Images: []synth.DMImage{packed}})
	add("several signals.dm4", several)
	large := synth.TEMImage(640, 1, m) // enough pixels for the kit to count what is read
	large.Version = 4
	add("large.dm4", large)
	for name, d := range map[string]synth.DM{
		"energy-loss map.dm5": synth.EELSImage(5, 4, 32, 1, m), "large.dm5": large,
		"packed transform.dm5": {Images: []synth.DMImage{packed}},
	} {
		d.Version = 5
		add(name, d)
	}
	samples = append(samples,
		extractortest.Sample{Name: "empty.dm3", Broken: true},
		extractortest.Sample{Name: "other.dm5", Data: []byte("not of this format at all"), Broken: true},
		extractortest.Sample{Name: "other.dm4", Data: []byte("not of this format at all"), Broken: true},
	)
	extractortest.Run(t, dm.New(), samples...)
}

// TestConformanceOfInstruments does the same with files that GMS of several versions, and
// other programs, wrote on instruments.
func TestConformanceOfInstruments(t *testing.T) {
	var samples []extractortest.Sample
	for _, name := range []string{
		"nion/ref_T_0_2.dm3", "nion/ref_F_1_1.dm4", "nion/ref_F_0_1.dm5", "nion/ref_F_1_1.dm5", "nion/ref_T_0_2.dm5",
		"types/1D-test-5.dm4", "types/2D-test-23.dm3", "types/3D-test-27.dm4",
		"synthetic/4d-stem_6x5_16x12_uint16.dm4", "test-EDS_spectrum.dm3", "test-MonoCL_spectrum-ccd.dm4",
		"test_STEM_image.dm3", "test_stackbuilder_imagestack.dm3", "test-EELS_spectrum.dm3", "08_carbon.dm3",
	} {
		s := extractortest.Load(t, testdata.Unpacked(t, "instrument-files/gatan-dm/"+name))
		require.LessOrEqual(t, len(s.Data), 400_000, "%s would take long", name)
		samples = append(samples, s)
	}
	for _, name := range []string{"truncated-header__EELS_SI.dm4", "truncated-tags__test_STEM_image.dm3"} {
		s := extractortest.Load(t, testdata.Unpacked(t, "instrument-files/broken/"+name))
		s.Broken = true
		samples = append(samples, s)
	}
	extractortest.Run(t, dm.New(), samples...)
}
