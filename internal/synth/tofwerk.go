package synth

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// TOFWERK describes a map of a time-of-flight mass spectrometer on a focused ion beam, as
// TofDAQ writes it. Inclusions of aluminium lie in iron; titanium lies below.
type TOFWERK struct {
	Writes, Lines, Pixels int // slices in depth, lines, pixels of a line
	Peaks, Samples        int // masses 1, 2, 3, …; samples of the spectrum
	Images                int // of the ion beam
	Raw, Processed        bool
	// Simple files are laid out as h5py does it, without user block and chunks.
	Simple bool
	Begin  time.Time
	Seed   uint64
	// Without names groups, datasets and attributes ("FIBParams@Voltage") that are left out.
	Without []string
	// Empty says that the counts are not made: that part of the file is a hole.
	Empty bool
}

// DefaultTOFWERK returns a small map that was processed and kept its events.
func DefaultTOFWERK(begin time.Time) TOFWERK {
	return TOFWERK{
		Writes: 12, Lines: 24, Pixels: 24, Peaks: 60, Samples: 2000, Images: 3, Raw: true, Processed: true, Begin: begin, Seed: 1,
	}
}

// HDF5 returns the file, to which more may be added.
func (t TOFWERK) HDF5() *HDF5 {
	w := &tofwerkWriter{TOFWERK: t, h: NewHDF5(), rnd: rand.New(rand.NewPCG(t.Seed, 7))} //nolint:gosec // not for secrets
	if !t.Simple {
		w.h.UserBlock = 512
	}
	w.attributes()
	w.images()
	w.spectra()
	w.logs()
	if t.Raw {
		w.events()
	}
	if t.Processed {
		w.counts()
	}
	return w.h
}

// Bytes returns the file.
func (t TOFWERK) Bytes() []byte { return t.HDF5().Bytes() }

type tofwerkWriter struct {
	TOFWERK
	h   *HDF5
	rnd *rand.Rand
}

// attr adds an attribute: numbers are lists of one, texts of fixed length, unless the file
// is simple.
func (w *tofwerkWriter) attr(path, name string, value any) {
	if slices.Contains(w.Without, path) || slices.Contains(w.Without, path+"@"+name) {
		return
	}
	if !w.Simple {
		switch v := value.(type) {
		case string:
			value = HDF5Fixed(v)
		case int32:
			value = []int32{v}
		case float64:
			value = []float64{v}
		}
	}
	w.h.Root().Group(path).Attr(name, value)
}

func (w *tofwerkWriter) dataset(path, name string, data HDF5Data) {
	if slices.Contains(w.Without, path) || slices.Contains(w.Without, path+"/"+name) {
		return
	}
	if w.Simple && data.Part == nil {
		data.Chunk, data.Max, data.Deflate = nil, nil, 0
	}
	w.h.Root().Group(path).Dataset(name, data)
}

func (w *tofwerkWriter) attributes() {
	_, offset := w.Begin.Zone()
	for name, v := range map[string]int{
		"NbrWrites": w.Writes, "NbrSegments": w.Lines, "NbrBufs": w.Lines, "NbrPeaks": w.Peaks,
		"NbrSamples": w.Samples, "NbrWaveforms": 1, "NbrBlocks": 2,
	} {
		w.late(name, int32(v))
	}
	for name, v := range map[string]string{
		"FiblysGUIVersion": "1.12.2.0", "DAQ Hardware": "Cronologic xTDC4", "IonMode": "positive",
		"HDF5 File Creation Time":     w.Begin.Format("02.01.2006 15:04:05"),
		"Configuration File Contents": "[TOFParameter]\nCh1FullScale=0.5\nTofPeriod=9500\n[TPS]\nName=µTOF\n",
	} {
		w.late(name, v)
	}
	w.late("TofDAQ Version", float32(1.99))
	slices.SortFunc(w.h.root.list, func(a, b hdf5Attribute) int { return compareText(a.name, b.name) })
	w.attr("FIBParams", "FibHardware", "Tescan")
	w.attr("FIBParams", "Voltage", 30000.0)
	w.attr("FIBParams", "Current", 1.2e-10)
	w.attr("FIBParams", "ViewField", 0.01)
	w.attr("FIBParams", "ScanSpeed", 10.0)
	w.attr("TimingData", "TofPeriod", int32(9500))
	w.attr("TimingData", "LocalTimeOffsetToUTC", float64(offset)/3600)
	w.attr("FullSpectra", "MassCalibration p1", 812.24)
	w.attr("FullSpectra", "SampleInterval", 8.333e-10)
}

// late adds an attribute of the root.
func (w *tofwerkWriter) late(name string, value any) { w.attr("", name, value) }

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (w *tofwerkWriter) images() {
	if !slices.Contains(w.Without, "FIBImages") {
		w.h.Root().Group("FIBImages")
	}
	const side = 64
	for i := range w.Images {
		p := Pixels(side, side, w.Seed)
		values := make([]float64, len(p.Values))
		for k, v := range p.Values {
			values[k] = float64(v) / 4
		}
		d := HDF5Of(values)
		d.Shape, d.Chunk, d.Deflate = []int{side, side}, []int{1, side}, 1
		w.dataset(fmt.Sprintf("FIBImages/Image%04d", i), "Data", d)
	}
}

// spectra adds the mass axis, whose samples lie equally far apart in the root of the mass,
// and the spectrum of the whole map.
func (w *tofwerkWriter) spectra() {
	masses, sum := make([]float32, w.Samples), make([]float64, w.Samples)
	for i := range masses {
		root := float64(i) / float64(max(1, w.Samples-1)) * math.Sqrt(float64(w.Peaks)+10)
		masses[i] = float32(root * root)
		near := math.Round(root * root)
		distance := root*root - near
		peak := w.share(int(near), 0.5, 0.5, 0.5) * 2e5 * math.Exp(-distance*distance/0.004)
		sum[i] = math.Floor(peak + 3*w.rnd.Float64())
	}
	w.dataset("FullSpectra", "MassAxis", HDF5Of(masses))
	w.dataset("FullSpectra", "SumSpectrum", HDF5Of(sum))
}

// share is the part of the ions that have a mass, at a place in the map (0 to 1 each).
func (w *tofwerkWriter) share(mass int, z, y, x float64) float64 {
	inside := math.Hypot(x-0.35, y-0.4) < 0.25
	deep := 1 / (1 + math.Exp(-12*(z-0.6)))
	switch mass {
	case 27:
		if inside {
			return 0.8
		}
		return 0.05
	case 48:
		return 0.6 * deep
	case 56:
		if inside {
			return 0.1
		}
		return 0.7 * (1 - 0.8*deep)
	case 1, 12, 16, 23:
		return 0.03
	}
	return 0.002
}

func (w *tofwerkWriter) logs() {
	end := w.Begin.Add(time.Duration(w.Writes) * 2 * time.Second)
	record := HDF5Compound(HDF5Field{"timestamp", HDF5Number("u8")}, HDF5Field{"timestring", HDF5Text(26)}, HDF5Field{"logtext", HDF5Text(256)})
	var raw []byte
	for _, r := range []struct {
		at   time.Time
		text string
	}{{w.Begin, "Acquisition started"}, {end, "End of acquisition"}} {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(r.at.Unix()+11644473600)*1e7)
		raw = append(raw, r.at.Format("2006-01-02T15:04:05-07:00\x00")...)
		raw = append(raw, r.text...)
		raw = append(raw, make([]byte, 256-len(r.text))...)
	}
	w.dataset("AcquisitionLog", "Log", HDF5Data{Shape: []int{2}, Max: []int{-1}, Chunk: []int{1}, Type: record, Bytes: raw})
	pressure := make([]float64, w.Writes)
	for i := range pressure {
		pressure[i] = 1.7e-4
	}
	d := HDF5Of(pressure)
	d.Shape, d.Max, d.Chunk, d.Deflate = []int{w.Writes, 1}, []int{-1, 1}, []int{1, 1}, 1
	w.dataset("FibParams/FibPressure", "TwData", d)
	peak := HDF5Compound(HDF5Field{"label", HDF5Text(64)}, HDF5Field{"mass", HDF5Number("f4")},
		HDF5Field{"lower integration limit", HDF5Number("f4")}, HDF5Field{"upper integration limit", HDF5Number("f4")})
	raw = nil
	for i := range w.Peaks {
		raw = append(raw, "nominal"...)
		raw = append(raw, make([]byte, 64-len("nominal"))...)
		for _, m := range []float64{float64(i + 1), float64(i) + 0.5, float64(i) + 1.5} {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(float32(m)))
		}
	}
	w.dataset("PeakData", "PeakTable", HDF5Data{Shape: []int{w.Peaks}, Type: peak, Bytes: raw})
}

// place returns the coordinates of a pixel in the map, 0 to 1.
func (w *tofwerkWriter) place(write, line, pixel int) (z, y, x float64) {
	return float64(write) / float64(max(1, w.Writes-1)), float64(line) / float64(max(1, w.Lines-1)), float64(pixel) / float64(max(1, w.Pixels-1))
}

func (w *tofwerkWriter) events() {
	d := HDF5Data{
		Shape: []int{w.Writes, w.Lines, w.Pixels}, Max: []int{-1, w.Lines, w.Pixels}, Type: HDF5Sequence(HDF5Number("u2")),
		Chunk: []int{1, 1, w.Pixels},
	}
	if !w.Empty {
		d.Sequences = make([][]byte, w.Writes*w.Lines*w.Pixels)
		for i := range d.Sequences {
			z, y, x := w.place(i/(w.Lines*w.Pixels), i/w.Pixels%w.Lines, i%w.Pixels)
			n := int(6 * (w.share(27, z, y, x) + w.share(48, z, y, x) + w.share(56, z, y, x)) * (0.5 + w.rnd.Float64()))
			for range n {
				d.Sequences[i] = binary.LittleEndian.AppendUint16(d.Sequences[i], uint16(w.rnd.IntN(max(1, w.Samples))))
			}
		}
	}
	d.Absent = w.Empty
	w.dataset("FullSpectra", "EventList", d)
}

// counts adds the counts of each peak: one chunk for each write and peak, as TofDAQ does.
func (w *tofwerkWriter) counts() {
	d := HDF5Data{
		Shape: []int{w.Writes, w.Lines, w.Pixels, w.Peaks}, Max: []int{-1, w.Lines, w.Pixels, w.Peaks}, Type: HDF5Number("f4"),
		Chunk: []int{1, w.Lines, w.Pixels, 1}, Deflate: 1, Absent: w.Empty,
	}
	d.Part = func(start []int) []byte {
		b := make([]byte, 0, 4*w.Lines*w.Pixels)
		for i := range w.Lines * w.Pixels {
			z, y, x := w.place(start[0], i/w.Pixels, i%w.Pixels)
			v := math.Floor(20 * w.share(start[3]+1, z, y, x) * (0.5 + w.rnd.Float64()))
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v)))
		}
		return b
	}
	w.dataset("PeakData", "PeakData", d)
}
