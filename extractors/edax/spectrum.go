package edax

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const (
	headSize  = 3840  // where the counts begin in every file seen
	leastHead = 36    // up to the number of channels
	tailStart = 20224 // after the room for 4096 channels
	tailSize  = 770
)

// headFields are the places before the counts.
var headFields = []field{
	{0, f4, 1, "fVersion", ""},
	{4, f4, 1, "aVersion", ""},
	{8, text, 8, "fileName", ""},
	{16, i2, 1, "collectDateYear", ""},
	{18, i1, 1, "collectDateDay", ""},
	{19, i1, 1, "collectDateMon", ""},
	{20, i1, 1, "collectTimeMin", ""},
	{21, i1, 1, "collectTimeHour", ""},
	{22, i1, 1, "collectTimeHund", ""},
	{23, i1, 1, "collectTimeSec", ""},
	{24, i4, 1, "fileSize", ""},
	{28, i4, 1, "dataStart", ""},
	{32, i2, 1, "numPts", ""},
	{34, i2, 1, "intersectingDist", ""},
	{36, i2, 1, "workingDist", ""},
	{38, i2, 1, "scaleSetting", ""},
	{64, text, 256, "spectrumLabel", ""},
	{320, text, 8, "imageFilename", ""},
	{328, i2, 1, "spotX", ""},
	{330, i2, 1, "spotY", ""},
	{332, i2, 1, "imageADC", ""},
	{334, i4, 5, "discrValues", ""},
	{354, i1, 5, "discrEnabled", ""},
	{359, i1, 1, "pileupProcessed", ""},
	{360, i4, 1, "fpgaVersion", ""},
	{364, i4, 1, "pileupProcVersion", ""},
	{368, i4, 1, "NB5000CFG", ""},
	{384, i4, 1, "evPerChan", ""},
	{388, i2, 1, "ADCTimeConstant", ""},
	{390, i2, 1, "analysisType", ""},
	{392, f4, 1, "preset", ""},
	{396, i4, 1, "maxp", ""},
	{400, i4, 1, "maxPeakCh", ""},
	{404, i2, 1, "xRayTubeZ", ""},
	{406, i2, 1, "filterZ", ""},
	{408, f4, 1, "current", ""},
	{412, i2, 1, "sampleCond", ""},
	{414, i2, 1, "sampleType", ""},
	{434, u2, 1, "edaxSoftwareType", ""},
	{442, u2, 1, "escapePeakRemoved", ""},
	{444, u4, 1, "analyzerType", ""},
	{448, f4, 1, "startEnergy", ""},
	{452, f4, 1, "endEnergy", ""},
	{456, f4, 1, "liveTime", ""},
	{460, f4, 1, "tilt", ""},
	{464, f4, 1, "takeoff", ""},
	{468, f4, 1, "beamCurFact", ""},
	{472, f4, 1, "detReso", ""},
	{476, u4, 1, "detectType", ""},
	{480, f4, 1, "parThick", ""},
	{484, f4, 1, "alThick", ""},
	{488, f4, 1, "beWinThick", ""},
	{492, f4, 1, "auThick", ""},
	{496, f4, 1, "siDead", ""},
	{500, f4, 1, "siLive", ""},
	{504, f4, 1, "xrayInc", ""},
	{508, f4, 1, "azimuth", ""},
	{512, f4, 1, "elevation", ""},
	{516, f4, 1, "bCoeff", ""},
	{520, f4, 1, "cCoeff", ""},
	{524, f4, 1, "tailMax", ""},
	{528, f4, 1, "tailHeight", ""},
	{532, f4, 1, "kV", ""},
	{536, f4, 1, "apThick", ""},
	{540, f4, 1, "xTilt", ""},
	{544, f4, 1, "yTilt", ""},
	{548, u4, 1, "yagStatus", ""},
	{576, u2, 1, "rawDataType", ""},
	{578, f4, 1, "totalBkgdCount", ""},
	{582, u4, 1, "totalSpectralCount", ""},
	{586, f4, 1, "avginputCount", ""},
	{590, f4, 1, "stdDevInputCount", ""},
	{594, u2, 1, "peakToBack", ""},
	{596, f4, 1, "peakToBackValue", ""},
	{638, i2, 1, "numElem", ""},
	{640, u2, 48, "at", ""},
	{736, u2, 48, "line", "numElem"},
	{832, f4, 48, "energy", "numElem"},
	{1024, u4, 48, "height", "numElem"},
	{1216, i2, 48, "spkht", "numElem"},
	{1342, i2, 1, "numRois", ""},
	{1344, i2, 48, "roiStart", "numRois"},
	{1440, i2, 48, "roiEnd", "numRois"},
	{1536, i2, 48, "roiEnable", "numRois"},
	{1632, t8, 24, "roiNames", "numRois"},
	{1825, text, 80, "userID", ""},
	{2016, i2, 48, "sRoi", "numRois"},
	{2112, i2, 48, "scaNum", "numRois"},
	{2382, text, 32, "jobFilename", ""},
	{2430, i2, 1, "numLabels", ""},
	{2432, t32, 10, "label", "numLabels"},
	{2752, i2, 10, "labelx", "numLabels"},
	{2772, i4, 10, "labely", "numLabels"},
	{2812, i4, 1, "zListFlag", ""},
	{2816, f4, 64, "bgPercents", ""},
	{3072, i2, 1, "IswGBg", ""},
	{3074, f4, 5, "BgPoints", ""},
	{3094, i2, 1, "IswGConc", ""},
	{3096, i2, 1, "numConcen", ""},
	{3098, i2, 24, "ZList", "numConcen"},
	{3146, f4, 24, "GivenConc", "numConcen"},
}

// tailFields are the places after the counts; those from 20736 on came with version 0.70.
var tailFields = []field{
	{20224, text, 256, "longFileName", ""},
	{20480, text, 256, "longImageFileName", ""},
	{20736, f4, 1, "ADCTimeConstantNew", ""},
	{20800, i2, 1, "numZElements", ""},
	{20802, i2, 48, "zAtoms", "numZElements"},
	{20898, i2, 48, "zShells", "numZElements"},
}

// spectrum is what a .spc file says, without names of metadata.
type spectrum struct {
	raw       *nexuslims.Object
	dataStart int64
	points    int
}

// refusal says why the first bytes are not those of a spectrum of EDAX, "" when they may be.
func refusal(head []byte) string {
	if len(head) < 4 {
		return ""
	}
	if v := math.Float32frombits(binary.LittleEndian.Uint32(head)); v >= 0.5 && v <= 0.9 {
		return ""
	}
	// The second byte of GRAMS files is their version: K for new, L for new in the other
	// byte order, M for old ones.
	if head[1] >= 'K' && head[1] <= 'M' {
		return "a spectrum of Galactic or Thermo GRAMS, not of EDAX"
	}
	return "the version at the beginning is none of EDAX"
}

// decodeSpectrum reads the header. An error together with a spectrum means that the
// counts are not there.
func decodeSpectrum(f *extractors.File) (*spectrum, error) {
	head, err := f.Head(headSize)
	if err != nil {
		return nil, err
	}
	if len(head) < leastHead {
		return nil, corrupt("%d bytes are no header of a spectrum", len(head))
	}
	if why := refusal(head); why != "" {
		return nil, nexuslims.E(nexuslims.Unsupported, "read header", "", errors.New(why))
	}
	s := &spectrum{raw: nexuslims.NewObject(100)}
	s.dataStart = int64(int32(binary.LittleEndian.Uint32(head[28:])))
	s.points = int(int16(binary.LittleEndian.Uint16(head[32:])))
	// Counts that begin inside the known header would overlay its fields.
	if s.dataStart > leastHead && s.dataStart < int64(len(head)) {
		head = head[:s.dataStart]
	}
	decode(headFields, head, 0, s.raw)
	if err := s.check(f.Size()); err != nil {
		return s, err
	}
	return s, s.decodeTail(f)
}

func (s *spectrum) check(size int64) error {
	switch {
	case s.dataStart <= 28 || s.dataStart > size:
		return corrupt("the counts begin at byte %d of %d", s.dataStart, size)
	case s.points < 1:
		return corrupt("there are %d channels", s.points)
	case s.dataStart+4*int64(s.points) > size:
		return corrupt("%d channels from byte %d on are beyond the end at %d", s.points, s.dataStart, size)
	}
	return nil
}

func (s *spectrum) decodeTail(f *extractors.File) error {
	start := max(tailStart, s.dataStart+4*int64(s.points))
	n := min(tailStart+tailSize, f.Size()) - start
	if n <= 0 {
		return nil
	}
	tail, err := f.Read(start, n)
	if err != nil {
		if nexuslims.KindOf(err) == nexuslims.Corrupt {
			return nil // it became shorter meanwhile; the counts may still be there
		}
		return err
	}
	decode(tailFields, tail, start, s.raw)
	if version, _ := nexuslims.Number(s.raw.Get("fVersion")); version < 0.7 {
		s.raw.Delete("ADCTimeConstantNew")
		for _, name := range []string{"numZElements", "zAtoms", "zShells"} {
			s.raw.Delete(name)
		}
	}
	return nil
}

// number returns a field, which must be finite.
func (s *spectrum) number(name string) (float64, bool) { return nexuslims.Number(s.raw.Get(name)) }

func corrupt(format string, args ...any) error {
	return nexuslims.E(nexuslims.Corrupt, "read header", "", fmt.Errorf(format, args...))
}
