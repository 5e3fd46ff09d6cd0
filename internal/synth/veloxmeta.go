package synth

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// veloxJSON writes a document; its keys are sorted.
func veloxJSON(doc map[string]any) string {
	b, err := json.MarshalIndent(doc, "", "    ")
	if err != nil {
		panic(fmt.Sprintf("synth: Velox metadata: %v", err)) // a value that is none of JSON
	}
	return strings.ReplaceAll(string(b), `"/`, `"\/`) + "\n"
}

func percent(text string) string { return url.PathEscape(text) }

// number is a number as Velox writes it.
func number(v float64) string { return strconv.FormatFloat(v, 'g', 17, 64) }

// The detectors of the microscope, in the order of their numbers.
var veloxDetectors = []string{"HAADF", "BM-Ceta", "SuperXG21", "SuperXG22", "SuperXG23", "SuperXG24"}

// metadata is the text of one frame. The fraction says how much of the acquisition is over.
func (f *veloxFile) metadata(m VeloxImage, fraction float64) map[string]any {
	mode, projector := "1", "2"
	if f.Microscope.Mode == "STEM" {
		mode, projector = "2", "1"
	}
	if f.Diffraction {
		projector = "1"
	}
	unit := "m"
	if m.Reciprocal {
		unit = "1/m"
	}
	result := map[string]any{"AcquisitionUnit": "", "Detector": m.Detector, "Encoding": ""}
	if m.Pixel > 0 {
		result["PixelSize"] = map[string]any{"width": number(m.Pixel), "height": number(m.Pixel)}
		result["PixelUnitX"], result["PixelUnitY"] = unit, unit
		half := func(n int) string { return number(-m.Pixel * float64(n) / 2) }
		result["Offset"] = map[string]any{"x": half(m.Width), "y": half(m.Height)}
	}
	for i, name := range veloxDetectors {
		if name == m.Detector && !m.Element {
			result["DetectorIndex"] = strconv.Itoa(i)
		}
	}
	return map[string]any{
		"Core": map[string]any{"MetadataDefinitionVersion": "7.9", "MetadataSchemaVersion": "v1/2013/07"},
		"Instrument": map[string]any{
			"InstrumentClass": f.Microscope.Name, "InstrumentModel": f.Microscope.Name, "InstrumentId": "1234",
		},
		"Acquisition": map[string]any{
			"AcquisitionStartDatetime": map[string]any{"DateTime": unix(f.Microscope.Time)},
			"AcquisitionDatetime":      map[string]any{"DateTime": "0"},
		},
		"Optics":       f.optics(mode, projector),
		"Stage":        veloxStage(),
		"Scan":         veloxScan(m),
		"Detectors":    f.detectors(fraction),
		"BinaryResult": result,
		"Sample":       map[string]any{"SampleDescription": f.Microscope.Specimen},
		"CustomProperties": map[string]any{
			"StemMagnification":                       map[string]any{"type": "double", "value": number(f.Microscope.Mag)},
			"Detectors[SuperXG21].CommercialName":     map[string]any{"type": "string", "value": "Super-X G2"},
			"Detectors[SuperXG21].IncidentAngle":      map[string]any{"type": "double", "value": "0.0945968400"},
			"EnergyFilter.CollectionAngleRange.Begin": map[string]any{"type": "double", "value": "0"},
			"EnergyFilter.CollectionAngleRange.End":   map[string]any{"type": "double", "value": "0.0285"},
		},
	}
}

func (f *veloxFile) optics(mode, projector string) map[string]any {
	return map[string]any{
		"AccelerationVoltage": number(f.Microscope.Voltage), "ExtractorVoltage": "4050", "GunLensSetting": "3",
		"SpotIndex": "6", "BeamConvergence": "0.025", "LastMeasuredScreenCurrent": "2.1e-10", "Defocus": "0",
		"CameraLength": "0.115", "NominalMagnification": number(f.Microscope.Mag), "OperatingMode": mode,
		"ProjectorMode": projector, "ProbeMode": "1", "IlluminationMode": "Probe", "ObjectiveLensMode": "HM",
		"Apertures": map[string]any{
			"Aperture-0": map[string]any{"Name": "C2", "Type": "Circular", "Diameter": "7.0e-05"},
			"Aperture-1": map[string]any{"Name": "OBJ", "Type": "None"},
		},
	}
}

func veloxStage() map[string]any {
	return map[string]any{
		"Position":  map[string]any{"x": "0.00041612", "y": "-2.5e-05", "z": "0"},
		"AlphaTilt": "0.17453292519943295", "BetaTilt": "0", "HolderType": "Double Tilt",
	}
}

// veloxScan is a scan whose area is the image: an eighth of the full scan.
func veloxScan(m VeloxImage) map[string]any {
	return map[string]any{
		"ScanSize":  map[string]any{"width": strconv.Itoa(8 * m.Width), "height": strconv.Itoa(8 * m.Height)},
		"ScanArea":  map[string]any{"left": "0.25", "right": "0.375", "top": "0.5", "bottom": "0.625"},
		"DwellTime": "1.0e-05", "FrameTime": "0.25", "ScanRotation": "0.5",
	}
}

// detectors are all detectors of the microscope.
func (f *veloxFile) detectors(fraction float64) map[string]any {
	all := map[string]any{}
	for i, name := range veloxDetectors {
		d := map[string]any{"DetectorName": name, "Inserted": "true", "Enabled": "true"}
		switch i {
		case 0:
			d["DetectorType"] = "ScanningDetector"
			d["CollectionAngleRange"] = map[string]any{"begin": "0.05", "end": "0.2"}
		case 1:
			d["DetectorType"], d["ExposureTime"] = "ImagingDetector", "0.4"
			d["Binning"] = map[string]any{"width": "8", "height": "8"}
		default:
			d["DetectorType"] = "AnalyticalDetector"
			d["ElevationAngle"], d["AzimuthAngle"], d["CollectionAngle"] = "0.314159", number(0.785398*float64(2*i-3)), "0.7"
			d["Dispersion"], d["OffsetEnergy"], d["BeginEnergy"] = "10", "-250", "120"
			d["LiveTime"], d["RealTime"] = number(4*fraction), number(5*fraction)
			d["InputCountRate"], d["OutputCountRate"], d["PulseProcessTime"] = "1000", "900", "3e-06"
		}
		all["Detector-"+strconv.Itoa(i)] = d
	}
	return all
}
