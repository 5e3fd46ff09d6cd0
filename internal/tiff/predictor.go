package tiff

// Predictors, tag 317.
const (
	predictNone       = 1
	predictDifference = 2
	predictFloat      = 3
)

// unpredict undoes the predictor of the current row.
func (s *stream) unpredict() {
	m, samples := s.m, s.m.Samples
	if m.layout.planes > 1 {
		samples = 1
	}
	switch m.layout.predictor {
	case predictDifference:
		m.undifference(s.buf, samples)
	case predictFloat:
		s.spare = append(s.spare[:0], s.buf...)
		m.unfloat(s.buf, s.spare, samples)
	}
}

// undifference adds up the differences between a pixel and the one before (TIFF 6.0,
// section 14), as numbers in the order of the file.
func (m *Image) undifference(row []byte, samples int) {
	order := m.d.f.order
	switch n := m.Bits / 8 * samples; m.Bits {
	case 8:
		for i := n; i < len(row); i++ {
			row[i] += row[i-n]
		}
	case 16:
		for i := n; i+2 <= len(row); i += 2 {
			order.PutUint16(row[i:], order.Uint16(row[i:])+order.Uint16(row[i-n:]))
		}
	case 32:
		for i := n; i+4 <= len(row); i += 4 {
			order.PutUint32(row[i:], order.Uint32(row[i:])+order.Uint32(row[i-n:]))
		}
	case 64:
		for i := n; i+8 <= len(row); i += 8 {
			order.PutUint64(row[i:], order.Uint64(row[i:])+order.Uint64(row[i-n:]))
		}
	}
}

// unfloat undoes the floating-point predictor (TIFF Technical Note 3): the bytes of a row
// stand apart by their weight, the highest first, and as differences. The numbers become
// big-endian.
func (m *Image) unfloat(row, planes []byte, samples int) {
	for i := samples; i < len(planes); i++ {
		planes[i] += planes[i-samples]
	}
	size := m.Bits / 8
	n := len(row) / size
	for k := range size {
		for i, v := range planes[k*n:][:n] {
			row[i*size+k] = v
		}
	}
}

// bigEndian reports the order of the numbers in decoded rows.
func (m *Image) bigEndian() bool {
	return m.d.f.BigEndian || m.layout.predictor == predictFloat
}
