package preview

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// toFloat32 turns little-endian elements into numbers; complex ones into their amplitude.
func toFloat32(dst []float32, raw []byte, t extractors.ElementType) {
	switch t {
	case extractors.Uint8, extractors.Bool8:
		for i := range dst {
			dst[i] = float32(raw[i])
		}
	case extractors.Int8:
		for i := range dst {
			dst[i] = float32(int8(raw[i]))
		}
	case extractors.Uint16, extractors.Int16:
		from16(dst, raw, t == extractors.Int16)
	case extractors.Uint32, extractors.Int32, extractors.Float32:
		from32(dst, raw, t)
	case extractors.Uint64, extractors.Int64, extractors.Float64:
		from64(dst, raw, t)
	default:
		amplitudes(dst, raw, t)
	}
}

func from16(dst []float32, raw []byte, signed bool) {
	raw = raw[:2*len(dst)]
	for i := range dst {
		v := binary.LittleEndian.Uint16(raw[2*i:])
		if signed {
			dst[i] = float32(int16(v))
		} else {
			dst[i] = float32(v)
		}
	}
}

func from32(dst []float32, raw []byte, t extractors.ElementType) {
	raw = raw[:4*len(dst)]
	switch t {
	case extractors.Uint32:
		for i := range dst {
			dst[i] = float32(binary.LittleEndian.Uint32(raw[4*i:]))
		}
	case extractors.Int32:
		for i := range dst {
			dst[i] = float32(int32(binary.LittleEndian.Uint32(raw[4*i:])))
		}
	default:
		for i := range dst {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
	}
}

func from64(dst []float32, raw []byte, t extractors.ElementType) {
	for i := range dst {
		v := binary.LittleEndian.Uint64(raw[8*i:])
		switch t {
		case extractors.Uint64:
			dst[i] = float32(v)
		case extractors.Int64:
			dst[i] = float32(int64(v))
		default:
			dst[i] = float32(math.Float64frombits(v))
		}
	}
}

func amplitudes(dst []float32, raw []byte, t extractors.ElementType) {
	for i := range dst {
		switch t {
		case extractors.Complex64:
			re := math.Float32frombits(binary.LittleEndian.Uint32(raw[8*i:]))
			im := math.Float32frombits(binary.LittleEndian.Uint32(raw[8*i+4:]))
			dst[i] = float32(math.Hypot(float64(re), float64(im)))
		case extractors.Complex128:
			re := math.Float64frombits(binary.LittleEndian.Uint64(raw[16*i:]))
			im := math.Float64frombits(binary.LittleEndian.Uint64(raw[16*i+8:]))
			dst[i] = float32(math.Hypot(re, im))
		}
	}
}

// guarded turns a panic in a goroutine, which nobody else could catch, into an error.
func guarded(f func() error) func() error {
	return func() (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = nexuslims.E(nexuslims.Internal, op, "", fmt.Errorf("panic: %v", r))
			}
		}()
		return f()
	}
}
