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

func smartSEM(seed uint64) func(time.Time) ([]byte, error) {
	return func(at time.Time) ([]byte, error) { return synth.SEMImage(768, seed, at).Bytes(), nil }
}

func essence(seed uint64) func(time.Time) ([]byte, error) {
	return func(at time.Time) ([]byte, error) { return synth.TescanImage(512, seed, at).Bytes(), nil }
}

// helium is a picture of an ion microscope.
func helium(seed uint64) func(time.Time) ([]byte, error) {
	return func(at time.Time) ([]byte, error) {
		return synth.Orion{Picture: synth.Pixels(512, 512, seed), Field: 2.5, Time: at}.Bytes(), nil
	}
}

// atlas is a picture that Fibics' program took.
func atlas(seed uint64) func(time.Time) ([]byte, error) {
	return func(at time.Time) ([]byte, error) {
		return synth.Fibics{Picture: synth.Pixels(768, 512, seed), Beam: "FIB", Field: 24, Time: at}.Bytes(), nil
	}
}

// hyperSpy is an image that was worked on.
func hyperSpy(seed uint64) func(time.Time) ([]byte, error) {
	return func(at time.Time) ([]byte, error) {
		const size = 256
		pixels := synth.HDF5Of(synth.Pixels(size, size, seed).Values)
		pixels.Shape = []int{size, size}
		return synth.HyperSpy{Version: "3.1", Signals: []synth.HyperSpySignal{{
			Title: "denoised", Data: pixels,
			Axes: []synth.HyperSpyAxis{
				{Name: "y", Unit: "nm", Size: size, Scale: 0.5}, {Name: "x", Unit: "nm", Size: size, Scale: 0.5},
			},
			Metadata: map[string]any{
				"General": map[string]any{"title": "denoised", "date": at.Format(time.DateOnly), "time": at.Format(time.TimeOnly)},
				"Signal":  map[string]any{"signal_type": "", "quantity": "Counts"},
			},
		}}}.Bytes(), nil
	}
}

// ncem is an image as Berkeley's programs keep it.
func ncem(at time.Time) ([]byte, error) {
	return synth.NCEM{
		Version: "0.2",
		Arrays: []synth.NCEMArray{{Name: "averaged", Shape: []int{128, 128}, Axes: []synth.NCEMAxis{
			{Name: "y", Unit: "[n_m]", Scale: 0.25}, {Name: "x", Unit: "[n_m]", Scale: 0.25},
		}}},
		User:   map[string]any{"user_name": "Lise Meitner"},
		Sample: map[string]any{"material": "oxide layer"},
	}.Bytes(), nil
}
