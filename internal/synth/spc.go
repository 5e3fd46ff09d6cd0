package synth

import (
	"encoding/binary"
	"math"
	"time"
)

// SPC describes an X-ray spectrum of EDAX (.spc). Energies are in keV but PerChannel, which
// is in eV, times in seconds, angles in degrees.
type SPC struct {
	Version                           float32 // 0.61 or 0.70
	Collected                         time.Time
	Label                             string
	PerChannel                        int32
	StartEnergy, EndEnergy            float32
	LiveTime, Voltage, Resolution     float32
	Tilt, Takeoff, Azimuth, Elevation float32
	AmplifierTime                     float32 // µs; from version 0.70 on
	WorkingDistance                   int16   // hundredths of a millimeter
	Elements                          []uint16
	ElementCount                      int16 // in place of the number of elements, when not zero
	Counts                            []uint32
	DataStart                         int32 // 0: 3840
}

// EDAXSpectrum describes a spectrum of an oxide as TEAM writes it.
func EDAXSpectrum(seed uint64, at time.Time) SPC {
	counts := make([]uint32, 4096)
	for i, v := range EDS(len(counts), 0, 5, seed, Peak{525, 900}, Peak{775, 160}, Peak{6924, 240}, Peak{7649, 40}) {
		counts[i] = uint32(v)
	}
	return SPC{
		Version: 0.70, Collected: at, Label: "Area 1 | EDS Spot 1", PerChannel: 5, EndEnergy: 20.475, LiveTime: 30.000002,
		Voltage: 15, Resolution: 125.16211, Tilt: -1, Takeoff: 35.51, Elevation: 35, AmplifierTime: 7.68, WorkingDistance: 1012,
		Elements: []uint16{8, 27}, Counts: counts,
	}
}

// Bytes returns the file.
func (s SPC) Bytes() []byte {
	const room, tail = 4 * 4096, 770
	start := int(s.DataStart)
	if start == 0 {
		start = 3840
	}
	size := max(start+4*len(s.Counts), 3840+room+512)
	if s.Version >= 0.7 {
		size = max(size, 3840+room+tail)
	}
	b := places(make([]byte, size))
	b.f4(0, s.Version)
	b.f4(4, 4.4)
	copy(b[8:16], "synth")
	if t := s.Collected; !t.IsZero() {
		b.u2(16, uint16(t.Year()))
		b[18], b[19] = byte(t.Day()), byte(t.Month())
		b[20], b[21], b[22], b[23] = byte(t.Minute()), byte(t.Hour()), byte(t.Nanosecond()/1e7), byte(t.Second())
	}
	b.u4(24, uint32(size))
	b.u4(28, uint32(start))
	b.u2(32, uint16(len(s.Counts)))
	b.u2(36, uint16(s.WorkingDistance))
	copy(b[64:320], s.Label)
	b.u4(384, uint32(s.PerChannel))
	for at, v := range map[int]float32{
		448: s.StartEnergy, 452: s.EndEnergy, 456: s.LiveTime, 460: s.Tilt, 464: s.Takeoff, 472: s.Resolution,
		508: s.Azimuth, 512: s.Elevation, 532: s.Voltage,
	} {
		b.f4(at, v)
	}
	count := s.ElementCount
	if count == 0 {
		count = int16(len(s.Elements))
	}
	b.u2(638, uint16(count))
	for i := range 48 {
		b.u2(640+2*i, 0xbeef) // what is not in use is left over from other files
	}
	for i, z := range s.Elements {
		b.u2(640+2*i, z)
	}
	for i, n := range s.Counts {
		b.u4(start+4*i, n)
	}
	if s.Version >= 0.7 {
		b.f4(20736, s.AmplifierTime)
	}
	return b
}

// SPD describes a map of EDAX (.spd). Its counts are drawn: pixel after pixel, channel fastest.
type SPD struct {
	Columns, Lines, Channels int
	CountBytes               int // 1, 2 or 4
	Spectra                  int // in the file; 0: all
	Picture                  string
	Seed                     uint64
}

// Bytes returns the file.
func (m SPD) Bytes() []byte {
	const offset = 1084
	spectra := m.Spectra
	if spectra == 0 {
		spectra = m.Columns * m.Lines
	}
	b := places(make([]byte, offset+spectra*m.Channels*m.CountBytes))
	copy(b, "MAPSPECTRA_DATA")
	for i, v := range []int{1, spectra, m.Columns, m.Lines, m.Channels, m.CountBytes, offset, 3} {
		b.u4(16+4*i, uint32(v))
	}
	copy(b[48:168], m.Picture)
	for p := range spectra {
		bright := 20 + float64(p%max(m.Columns, 1))
		at := offset + p*m.Channels*m.CountBytes
		for i, v := range EDS(m.Channels, 0, 20, m.Seed+uint64(p), Peak{525, bright}, Peak{1740, 60}) {
			b.count(at+i*m.CountBytes, m.CountBytes, uint32(v))
		}
	}
	return b
}

// IPR describes the image that belongs to a map (.ipr).
type IPR struct {
	Version         uint16 // 333 or 334
	PixelX, PixelY  float32
	Magnification   uint32
	WorkingDistance uint16 // hundredths of a millimeter
	Voltage         uint16 // hundreds of volts
	Tilt, Takeoff   int16
	AmplifierTime   float32 // µs; from version 334 on
	Text            string
}

// Bytes returns the file.
func (p IPR) Bytes() []byte {
	size := 252
	if p.Version >= 334 {
		size = 264
	}
	b := places(make([]byte, size))
	b.u2(0, p.Version)
	b.u2(2, 1)
	copy(b[4:12], "SEI")
	b.u2(52, p.Voltage)
	b.u2(54, uint16(p.Tilt))
	b.u2(56, uint16(p.Takeoff))
	b.u4(58, p.Magnification)
	b.u2(62, p.WorkingDistance)
	b.f4(64, p.PixelX)
	b.f4(68, p.PixelY)
	if p.Text != "" {
		b.u2(72, 1)
		copy(b[74:106], p.Text)
	}
	if p.Version >= 334 {
		b.f4(252, p.AmplifierTime)
	}
	return b
}

// places is a file that is filled by place, little-endian.
type places []byte

func (b places) u2(at int, v uint16)  { binary.LittleEndian.PutUint16(b[at:], v) }
func (b places) u4(at int, v uint32)  { binary.LittleEndian.PutUint32(b[at:], v) }
func (b places) f4(at int, v float32) { b.u4(at, math.Float32bits(v)) }

func (b places) count(at, size int, v uint32) {
	var whole [4]byte
	binary.LittleEndian.PutUint32(whole[:], v)
	copy(b[at:at+size], whole[:])
}
