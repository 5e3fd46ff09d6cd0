package cmd

import (
	"os"
	"path/filepath"
	"time"

	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// demoFile is a file that a microscope, or a person, left during a visit.
type demoFile struct {
	name string // below the folder of instruments
	day  int
	at   time.Duration // since midnight
	data func(at time.Time) ([]byte, error)
}

// files writes what was left during the visits: images and spectra of every supported
// format, notes, an unknown file, and one that broke off.
func (f demoFacility) files() error {
	for _, d := range f.visits() {
		modified := f.day.AddDate(0, 0, d.day).Truncate(24 * time.Hour).Add(d.at)
		data, err := d.data(modified)
		if err != nil {
			return err
		}
		path := f.path("instruments", filepath.FromSlash(d.name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
		if err := os.Chtimes(path, modified, modified); err != nil {
			return err
		}
	}
	return nil
}

func clock(hour, minute int) time.Duration {
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
}

func (f demoFacility) visits() []demoFile {
	const tem, semFolder = "Titan_TEM/", "Quanta_SEM/eruska/batch 7 & 8/"
	return []demoFile{
		{tem + "mcurie/2024/overview_001.dm3", 0, clock(9, 5), temImage(1, 3500)},
		{tem + "mcurie/2024/overview_002.dm3", 0, clock(9, 7), temImage(2, 9900)},
		{tem + "mcurie/2024/boundary_003.dm3", 0, clock(9, 12), temImage(3, 88000)},
		{tem + "mcurie/2024/notes.txt", 0, clock(9, 14), text(
			"Ni-B anneal 3, foil B", "", "Boundary at 12 o'clock of the grid, marked 003.",
			"Sample drifts for ten minutes after loading.", "", "To do: EELS at the triple point.")},
		{tem + "mcurie/2024/point_004.dm3", 0, clock(11, 2), eds(4)},
		{tem + "mcurie/2024/point_005.dm3", 0, clock(11, 6), eds(5)},
		{tem + "mcurie/2024/interrupted_006.dm3", 0, clock(11, 9), brokenImage},
		{semFolder + "fracture 1.tif", 1, clock(13, 10), tiff(11)},
		{semFolder + "fracture 2.tif", 1, clock(13, 22), tiff(12)},
		{semFolder + "bar 7a.tif", 1, clock(13, 25), sem(14)},
		{semFolder + "bar 7a spot 1.spc", 1, clock(13, 27), spc(15)},
		{semFolder + "bar 7a spot 1.msa", 1, clock(13, 28), msa(15)},
		{semFolder + "export.png", 1, clock(13, 30), png(13)},
		{semFolder + "depth profile.h5", 1, clock(13, 50), massMap},
		{semFolder + "stage.xyz", 1, clock(13, 31), text("0 0 0", "12.5 3.1 0.2")},
		{semFolder + "bar 7a smartsem.tif", 1, clock(13, 33), smartSEM(16)},
		{semFolder + "bar 7a essence.tif", 1, clock(13, 35), essence(17)},
		{semFolder + "bar 7a helium.tif", 1, clock(13, 38), helium(18)},
		{semFolder + "trench, atlas.tif", 1, clock(13, 41), atlas(19)},
		{tem + "lmeitner/oxide/survey.dm4", 2, clock(9, 10), stemImage(21)},
		{tem + "lmeitner/oxide/map.dm4", 2, clock(9, 30), eels(22)},
		{tem + "lmeitner/oxide/scan_1.ser", 2, clock(9, 36), scanSeries(23)},
		{tem + "lmeitner/oxide/scan.emi", 2, clock(9, 36), scanSettings(23)},
		{tem + "lmeitner/oxide/elements.emd", 2, clock(9, 45), velox(24)},
		{tem + "lmeitner/oxide/denoised.hspy", 2, clock(9, 50), hyperSpy(25)},
		{tem + "lmeitner/oxide/averaged.emd", 2, clock(9, 52), ncem},
	}
}

func temImage(seed uint64, magnification float64) func(time.Time) ([]byte, error) {
	return func(at time.Time) ([]byte, error) {
		m := synth.DefaultMicroscope(at)
		m.Mag = magnification
		return synth.TEMImage(1024, seed, m).Bytes()
	}
}

func stemImage(seed uint64) func(time.Time) ([]byte, error) {
	return func(at time.Time) ([]byte, error) {
		d := synth.TEMImage(512, seed, stem(at))
		d.Version = 4
		return d.Bytes()
	}
}

func eds(seed uint64) func(time.Time) ([]byte, error) {
	return func(at time.Time) ([]byte, error) {
		return synth.EDSSpectrum(seed, synth.DefaultMicroscope(at)).Bytes()
	}
}

func eels(seed uint64) func(time.Time) ([]byte, error) {
	return func(at time.Time) ([]byte, error) {
		m := synth.DefaultMicroscope(at)
		m.Mode = "STEM"
		d := synth.EELSImage(16, 12, 1024, seed, m)
		d.Version = 4
		return d.Bytes()
	}
}

// brokenImage is a file whose writing was interrupted.
func brokenImage(at time.Time) ([]byte, error) {
	b, err := temImage(6, 88000)(at)
	return b[:min(len(b), 1500)], err
}

func tiff(seed uint64) func(time.Time) ([]byte, error) {
	return func(time.Time) ([]byte, error) { return synth.TIFF(synth.Pixels(768, 512, seed)), nil }
}

func png(seed uint64) func(time.Time) ([]byte, error) {
	return func(time.Time) ([]byte, error) { return synth.PNG(synth.Pixels(640, 480, seed)) }
}

func text(lines ...string) func(time.Time) ([]byte, error) {
	return func(time.Time) ([]byte, error) { return synth.Text(lines...), nil }
}
