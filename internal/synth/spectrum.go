package synth

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
)

// Peak is a line of an X-ray spectrum.
type Peak struct{ Energy, Counts float64 } // energy in eV

// EDS draws an X-ray spectrum of n channels: lines on a continuum, with counting noise.
// Channel i lies at start + i*step electron volts.
func EDS(n int, start, step float64, seed uint64, peaks ...Peak) []float32 {
	rnd := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // not for secrets
	out := make([]float32, n)
	for i := range out {
		e := start + float64(i)*step
		v := 40 * math.Exp(-e/6000)
		for _, p := range peaks {
			width := math.Sqrt(30*30 + 2.5*p.Energy)
			d := (e - p.Energy) / width
			v += p.Counts * math.Exp(-d*d/2)
		}
		if e < 100 {
			v *= 0.05
		}
		out[i] = counted(v, rnd)
	}
	return out
}

// EELS draws an energy-loss spectrum of n channels: a falling background with edges at the
// given energies in eV.
func EELS(n int, start, step float64, seed uint64, edges ...float64) []float32 {
	rnd := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // not for secrets
	out := make([]float32, n)
	for i := range out {
		e := max(start+float64(i)*step, 1)
		v := 1e5 * math.Pow(e/100, -2.2)
		for _, edge := range edges {
			if e > edge {
				v += 1e4 * math.Pow(edge/100, -2) * (math.Pow(e/edge, -3) + 0.8*math.Exp(-(e-edge)/8))
			}
		}
		out[i] = counted(v, rnd)
	}
	return out
}

func counted(v float64, rnd *rand.Rand) float32 {
	return float32(math.Round(max(0, v+math.Sqrt(v)*rnd.NormFloat64())))
}

// Floats returns numbers as little-endian bytes.
func Floats(values []float32) []byte {
	b := make([]byte, 0, 4*len(values))
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}
