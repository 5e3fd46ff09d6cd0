package cmd

import (
	"time"

	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// The makers of files of other programs than DigitalMicrograph.

func scanSeries(seed uint64) func(time.Time) ([]byte, error) {
	return func(at time.Time) ([]byte, error) { return synth.TIAStack(256, 3, seed, stem(at)).SER.Bytes() }
}

// scanSettings is the file that belongs to a series. It has the local time.
func scanSettings(seed uint64) func(time.Time) ([]byte, error) {
	return func(at time.Time) ([]byte, error) {
		zone, err := time.LoadLocation(demoZone)
		if err != nil {
			return nil, err
		}
		o := synth.TIAStack(256, 3, seed, stem(at.In(zone))).EMI
		return synth.EMI{Objects: []synth.EMIObject{o}}.Bytes()
	}
}

func stem(at time.Time) synth.Microscope {
	m := synth.DefaultMicroscope(at)
	m.Mode, m.Mag, m.Detector, m.Specimen = "STEM", 450000, "HAADF", "oxide layer"
	return m
}

func velox(seed uint64) func(time.Time) ([]byte, error) {
	return func(at time.Time) ([]byte, error) {
		const size = 256
		pixels := synth.Pixels(size, size, seed).Uint16()
		return synth.Velox{
			Microscope: stem(at),
			Images: []synth.VeloxImage{{
				Name: "HAADF", Detector: "HAADF", Width: size, Height: size, Pixel: 0.5e-9, Pixels: func(int) []byte { return pixels },
			}},
			Map: &synth.VeloxMap{Width: 24, Height: 16, Frames: 2, Segments: 2, Pixel: 4e-9},
		}.Bytes(), nil
	}
}

func sem(seed uint64) func(time.Time) ([]byte, error) {
	return func(at time.Time) ([]byte, error) {
		f := synth.DefaultFEI(768, seed, at)
		f.System, f.Operator, f.UserText = "Quanta 650", "eruska", "Bar 7a, fracture surface"
		return f.TIFF()
	}
}

func spc(seed uint64) func(time.Time) ([]byte, error) {
	return func(at time.Time) ([]byte, error) { return synth.EDAXSpectrum(seed, at).Bytes(), nil }
}

func msa(seed uint64) func(time.Time) ([]byte, error) {
	return func(at time.Time) ([]byte, error) { return synth.EDSText(seed, at).Bytes(), nil }
}

func massMap(at time.Time) ([]byte, error) { return synth.DefaultTOFWERK(at).Bytes(), nil }
