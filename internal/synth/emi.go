package synth

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"html"
	"io"
	"math"
	"strings"
	"time"
)

// EMI is the file that describes series of FEI TIA, to be written.
type EMI struct {
	Objects []EMIObject
	// Blanked leaves zeros instead of everything but the blocks of XML, as in files that were
	// stripped before they were published.
	Blanked bool
}

// EMIObject is an object of the file: with pixels, and a block of XML that describes it.
type EMIObject struct {
	Series        string // path of its series at the time of acquisition; empty: there is none
	Type          int    // of the values, as in [SER]
	Columns, Rows int    // no rows: a spectrum
	Pixels        []byte // nil leaves a hole
	X, Y          SERAxis
	Block         EMIBlock
	XML           string // in place of Block
}

// EMIBlock is what a block of XML says. What is empty is left out.
type EMIBlock struct {
	UUID         string
	Date         string // local time: "Tue Nov 13 15:04:44 2018"
	Manufacturer string
	Voltage      float64
	Settings     []EMISetting
	Acquire      [][2]string // entries of AcquireInfo
	Range        [][2]string // entries of DetectorRange
	Header       [][2]string // entries of TrueImageHeaderInfo
}

// EMISetting is one entry of the experimental description.
type EMISetting struct{ Label, Value, Unit string }

// EMIDate writes a time as the program does.
func EMIDate(t time.Time) string { return t.Format("Mon Jan _2 15:04:05 2006") }

// SpectrumRange and ImageRange are detector ranges.
func SpectrumRange(channels int) [][2]string {
	return [][2]string{{"Start", "0.000000"}, {"End", fmt.Sprintf("%d.00", channels)}}
}

// ImageRange is the detector range of an image.
func ImageRange() [][2]string {
	return [][2]string{{"StartX", "-10.0000"}, {"EndX", "10.0000"}, {"StartY", "-10.0000"}, {"EndY", "10.0000"}}
}

// String returns the XML.
func (b EMIBlock) String() string {
	var x strings.Builder
	x.WriteString("<ObjectInfo>")
	leaf := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&x, "<%s>%s</%s>", name, html.EscapeString(text), name)
		}
	}
	group := func(name string, list [][2]string) {
		if len(list) > 0 {
			x.WriteString("<" + name + ">")
			for _, e := range list {
				leaf(e[0], e[1])
			}
			x.WriteString("</" + name + ">")
		}
	}
	leaf("Uuid", b.UUID)
	if b.Voltage > 0 {
		fmt.Fprintf(&x, "<ExperimentalConditions><MicroscopeConditions><AcceleratingVoltage>%.0f</AcceleratingVoltage>"+
			"<Tilt1>-0.014735</Tilt1><Tilt2>0.000000</Tilt2></MicroscopeConditions></ExperimentalConditions>", b.Voltage)
	}
	if len(b.Settings) > 0 {
		x.WriteString("<ExperimentalDescription><Root>")
		for _, s := range b.Settings {
			fmt.Fprintf(&x, "<Data><Label>%s</Label><Value>%s</Value><Unit>%s</Unit></Data>",
				html.EscapeString(s.Label), html.EscapeString(s.Value), html.EscapeString(s.Unit))
		}
		x.WriteString("</Root>\n\t</ExperimentalDescription>")
	}
	if len(b.Header) > 0 {
		inner := "<Root>"
		for _, e := range b.Header {
			inner += "<Data><Index>" + e[0] + "</Index><Value>" + e[1] + "</Value></Data>"
		}
		leaf("TrueImageHeaderInfo", inner+"</Root>")
	}
	leaf("AcquireDate", b.Date)
	group("AcquireInfo", b.Acquire)
	leaf("Manufacturer", b.Manufacturer)
	group("DetectorRange", b.Range)
	x.WriteString("</ObjectInfo>")
	return x.String()
}

// Write writes the file and returns its size.
func (e EMI) Write(out io.WriterAt) (int64, error) {
	w := &emiWriter{out: out, blanked: e.Blanked}
	w.add([]byte("JK\x00\x02\x00\x00\x00\x00\x04M\x01\x00"), false)
	w.record(0x0100, "18.18.12 Scanning Acquire")
	for i, o := range e.Objects {
		if err := w.object(i, o); err != nil {
			return 0, err
		}
	}
	w.add(make([]byte, 64), false)
	return w.at, w.err
}

// Bytes returns the file.
func (e EMI) Bytes() ([]byte, error) {
	var b memory
	n, err := e.Write(&b)
	b.b = append(b.b, make([]byte, max(0, n-int64(len(b.b))))...)
	return bytes.Clone(b.b[:n]), err
}

type emiWriter struct {
	out     io.WriterAt
	at      int64
	blanked bool
	err     error
}

// add writes bytes; in a blanked file only blocks.
func (w *emiWriter) add(b []byte, block bool) {
	if w.err == nil && (block || !w.blanked) {
		_, w.err = w.out.WriteAt(b, w.at)
	}
	w.at += int64(len(b))
}

// record writes a record of text.
func (w *emiWriter) record(number uint16, text string) {
	b := binary.LittleEndian.AppendUint16([]byte{0x60, 0x00}, number)
	w.add(append(binary.LittleEndian.AppendUint32(b, uint32(len(text))), text...), false)
}

func (w *emiWriter) object(i int, o EMIObject) error {
	w.record(0x0100, fmt.Sprintf("Acquire %d", i+1))
	if o.Columns > 0 {
		if o.Type < 1 || o.Type >= len(serSizes) {
			return fmt.Errorf("synth: object %d with values of type %d", i, o.Type)
		}
		w.pixels(o)
	}
	if o.Series != "" {
		w.record(0x0440, o.Series)
	} else {
		w.record(0x0400, "Real Space")
	}
	text := o.XML
	if text == "" {
		text = o.Block.String()
	}
	head := []byte{0x32, 0x00, 0x42, 0x04, 0x02, 0x00, 0x60, 0x00, 0x19, 0x04}
	w.add(binary.LittleEndian.AppendUint32(head, uint32(len(text)+2)), false)
	w.add([]byte(text), true)
	w.add([]byte("\r\n"), false)
	w.record(0x0500, "Normal")
	return nil
}

// emiTypes are the codes of arrays by type of the values; those of files that were never
// seen are made up.
var emiTypes = [...]byte{1: 0x03, 2: 0x06, 3: 0x0a, 4: 0x02, 5: 0x04, 6: 0x08, 7: 0x0c, 8: 0x0e, 9: 0x10, 10: 0x12}

// pixels writes an array: type of its values, sizes, values and calibration.
func (w *emiWriter) pixels(o EMIObject) {
	le := binary.LittleEndian
	n := int64(o.Columns) * serSizes[o.Type]
	head := []byte{0x20, 0x00, 0x00, 0x02, byte(o.Type), emiTypes[o.Type], 0x21, 0x02, 0x02}
	sizes := le.AppendUint32(nil, uint32(o.Columns))
	axes := []SERAxis{o.X}
	if o.Rows > 0 {
		n *= int64(o.Rows)
		head[6] = 0x22
		sizes = le.AppendUint32(sizes, uint32(o.Rows))
		axes = append(axes, o.Y)
	}
	head = le.AppendUint32(head, uint32(n)+uint32(len(sizes)))
	w.add(append(head, sizes...), false)
	if o.Pixels != nil {
		w.add(o.Pixels, false)
	} else {
		w.at += n
	}
	w.add([]byte{0x14, 0x47, 0x00, 0x03}, false)
	for i, a := range axes {
		more := byte(i * 0x10)
		b := le.AppendUint64([]byte{0x41, 0x00, more, 0x01}, math.Float64bits(a.Offset))
		b = le.AppendUint64(append(b, 0x41, 0x00, 0x20+more, 0x01), math.Float64bits(a.Delta))
		w.add(le.AppendUint32(append(b, 0x31, 0x00, 0x40+more, 0x01), uint32(a.Element)), false)
	}
}
