package feitif_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors/extractortest"
	"github.com/nexuslims/nexuslims-go/extractors/feitif"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

var at = time.Date(2024, 5, 14, 13, 30, 0, 0, time.UTC)

// variant is a small synthetic file.
type variant struct {
	name string
	data []byte
}

// variants are files of every sort that the extractor reads.
func variants(tb testing.TB) []variant {
	tb.Helper()
	var list []variant
	add := func(name string, data []byte, err error) {
		require.NoError(tb, err, name)
		list = append(list, variant{name, data})
	}
	o := synth.DefaultFEI(24, 1, at)
	plain, err := o.TIFF()
	add("electrons.tif", plain, err)
	both, err := o.TIFF(synth.TIFFTag{ID: 34683, Value: o.XML()})
	add("sections and XML.tiff", both, err)
	modern, err := o.File(synth.TIFFOptions{BigEndian: true}, synth.TIFFTag{ID: 34683, Value: o.XML()})
	add("XML alone.tif", modern, err)
	bytesTag, err := o.File(synth.TIFFOptions{Big: true}, synth.TIFFTag{ID: 34682, Value: []byte(o.Settings())})
	add("undefined bytes, big.tif", bytesTag, err)
	behind, err := o.File(synth.TIFFOptions{})
	add("behind the pixels.tif", append(behind, o.Settings()...), err)
	wide := o
	wide.Bits = 16
	deep, err := wide.TIFF()
	add("16 bit.tif", deep, err)
	ion := o
	ion.Beam = "IBeam"
	ions, err := ion.TIFF()
	add("ions.tif", ions, err)
	nav := o
	nav.Beam, nav.Detector = "IRBeam", "Nav-Cam"
	camera, err := nav.TIFF()
	add("camera.tif", camera, err)
	tem, err := o.File(synth.TIFFOptions{}, append(synth.FEICalibration(3.63e-9), synth.TIFFTag{
		ID: 34682, Value: synth.FEILabels(temLabels("TEM uP SA Zoom Image")...),
	})...)
	add("labels.tif", tem, err)
	phenom, err := o.File(synth.TIFFOptions{}, synth.TIFFTag{ID: 34683, Value: phenomXML})
	add("phenom.tif", phenom, err)
	databar, err := o.File(synth.TIFFOptions{}, synth.TIFFTag{ID: 34680, Value: databarText})
	add("databar.tif", databar, err)
	return list
}

func temLabels(mode string) []synth.FEILabel {
	return []synth.FEILabel{
		{Label: "Microscope", Value: "Microscope Example 200 kV"},
		{Label: "User", Value: "SUPERVISOR"},
		{Label: "High tension", Value: "200", Unit: "kV"},
		{Label: "Emission", Value: "41.0", Unit: "uA"},
		{Label: "Mode", Value: " " + mode},
		{Label: "Magnification", Value: "6300", Unit: "x"},
		{Label: "Camera length", Value: "0.550", Unit: "m"},
		{Label: "Defocus", Value: "27.417"},
		{Label: "Stage X", Value: "307.693", Unit: "um"},
		{Label: "Stage A", Value: "-2.35", Unit: "deg"},
		{Label: "Odd", Value: "5", Unit: "furlong"},
		{Label: "Filter mode"},
	}
}

const phenomXML = `<?xml version="1.0" encoding="utf-8"?><FeiImage version="1.0"><time>2021-03-04T05:06:07</time>` +
	`<databarLabel>Grains</databarLabel><pixelWidth unit="nm">12.5</pixelWidth><pixelHeight unit="nm">12.5</pixelHeight>` +
	`<acquisition><scan><dwellTime unit="ns">200</dwellTime><highVoltage unit="kV">-15</highVoltage>` +
	`<emissionCurrent unit="uA">60</emissionCurrent><spotSize>3.3</spotSize><detector>bsdFull</detector></scan>` +
	`<workingDistance unit="mm">5.2</workingDistance></acquisition><samplePosition><x unit="um">10</x>` +
	`<y unit="um">-20</y></samplePosition>` +
	`<instrument><type>Example</type><softwareVersion>4.5</softwareVersion></instrument></FeiImage>`

const databarText = "[DatabarData]\r\niImageType = 1\r\nHighTension = 10000\r\nflWD = 9.8\r\nMagnification = 2000\r\n" +
	"flSpot = 3\r\nszUserText = Grains\r\n"

// TestConformance holds the extractor to the promises of all extractors with files of every
// sort.
func TestConformance(t *testing.T) {
	instrument := &nexuslims.Instrument{PID: "Helios", Timezone: "America/New_York"}
	var samples []extractortest.Sample
	for _, v := range variants(t) {
		samples = append(samples, extractortest.Sample{Name: v.name, Data: v.data, Instrument: instrument})
	}
	other, err := synth.TIFFFile(synth.TIFFOptions{}, synth.TIFFPage{Width: 2, Height: 2, Data: make([]byte, 4)})
	require.NoError(t, err)
	samples = append(samples,
		extractortest.Foreign("plain.tif", other),
		extractortest.Foreign("empty.tif", nil),
		extractortest.Foreign("text.tif", []byte("[User] is no section here")),
	)
	extractortest.Run(t, feitif.New(), samples...)
}

// TestConformanceOfInstruments does the same with a file of an instrument.
func TestConformanceOfInstruments(t *testing.T) {
	name := testdata.Unpacked(t, "instrument-files/fei-tiff/FEI-Helios-Ebeam-8bits.tif")
	extractortest.Run(t, feitif.New(), extractortest.Load(t, name))
	blank, err := os.ReadFile(testdata.Unpacked(t, "instrument-files/fei-tiff/"+blanked))
	require.NoError(t, err)
	extractortest.Run(t, feitif.New(), extractortest.Foreign(blanked, blank))
}
