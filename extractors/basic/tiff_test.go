package basic_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image/color"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/basic"
	"github.com/nexuslims/nexuslims-go/extractors/extractortest"
	"github.com/nexuslims/nexuslims-go/extractors/preview"
	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func encoded(t testing.TB, o synth.TIFFOptions, pages ...synth.TIFFPage) []byte {
	t.Helper()
	b, err := synth.TIFFFile(o, pages...)
	require.NoError(t, err)
	return b
}

// gray is a page of 30 x 20 pixels of 16 bits with tags.
func gray(tags ...synth.TIFFTag) synth.TIFFPage {
	p := synth.Pixels(30, 20, 1)
	return synth.TIFFPage{Width: 30, Height: 20, Bits: 16, Data: p.Uint16(), Tags: tags}
}

// calibrated is a page with a description and a resolution in pixels per unit.
func calibrated(description string, x, y uint32) synth.TIFFPage {
	return gray(
		synth.TIFFTag{ID: 270, Value: description},
		synth.TIFFTag{ID: 282, Value: [][2]uint32{{x, 1000}}}, synth.TIFFTag{ID: 283, Value: [][2]uint32{{y, 1000}}},
		synth.TIFFTag{ID: 296, Value: []uint16{1}},
	)
}

func ext(s *extractors.Signal, name string) nexuslims.Value { return s.Meta.At("extensions", name) }

func TestImageJ(t *testing.T) {
	description := "ImageJ=1.54f\nimages=12\nchannels=2\nslices=3\nframes=2\nhyperstack=true\nmode=composite\nunit=\\u00B5m\n" +
		"spacing=0.5\nloop=false\nfinterval=2.5\nmin=10.0\nmax=900.5\nxorigin=3\n"
	s, r := extract(t, "a.TIF", encoded(t, synth.TIFFOptions{BigEndian: true}, calibrated(description, 4000, 4000)))
	assert.Empty(t, r.Warnings)
	micrometres := func(v float64) nexuslims.Value { return nexuslims.Q(v, "µm") }
	assert.Equal(t, micrometres(0.25), s.Meta.Get("pixel_width"))
	assert.Equal(t, micrometres(0.25), s.Meta.Get("pixel_height"))
	assert.Equal(t, "(12, 20, 30)", s.Meta.Text("Data Dimensions"))
	assert.Equal(t, "Unknown", s.Meta.Text("DatasetType"))
	for name, want := range map[string]nexuslims.Value{
		"ImageJ Version": nexuslims.Text("1.54f"), "Images": nexuslims.Int(12), "Channels": nexuslims.Int(2),
		"Slices": nexuslims.Int(3), "Frames": nexuslims.Int(2), "Slice Spacing": micrometres(0.5),
		"Frame Interval": nexuslims.Q(2.5, "s"), "Display Range Minimum": nexuslims.Float(10),
		"Display Range Maximum": nexuslims.Float(900.5), "Display Mode": nexuslims.Text("composite"),
		"Color Model": nexuslims.Text("gray, 16 bit"), "MIME Type": nexuslims.Text("image/tiff"),
	} {
		assert.Equal(t, want, ext(s, name), name)
	}
	require.NotNil(t, s.Data)
	assert.Equal(t, extractors.Axis{Name: "x", Size: 30, Scale: 0.25, Unit: "µm", Offset: -0.75}, s.Data.Axes[1])
	assert.False(t, s.AsIs)
	assert.NotEmpty(t, s.Origins)
}

func TestImageJUnits(t *testing.T) {
	for unit, want := range map[string]nexuslims.Value{
		"micron": nexuslims.Q(0.5, "µm"), "nm": nexuslims.Q(0.5, "nm"), "\u03bcm": nexuslims.Q(0.5, "µm"), "mm": nexuslims.Q(0.5, "mm"),
		"pixel": nil, "": nil, "furlong": nil,
	} {
		s, _ := extract(t, "a.tif", encoded(t, synth.TIFFOptions{}, calibrated("ImageJ=1.54f\nunit="+unit+"\n", 2000, 2000)))
		assert.Equal(t, want, s.Meta.Get("pixel_width"), unit)
		assert.Equal(t, unit == "furlong", ext(s, "Pixel Width") == nexuslims.Text("0.5 furlong"), unit)
	}
	for name, res := range map[string]uint32{"zero": 0} {
		s, r := extract(t, "a.tif", encoded(t, synth.TIFFOptions{}, calibrated("ImageJ=1\nunit=nm\n", res, res)))
		assert.Nil(t, s.Meta.Get("pixel_width"), name)
		assert.Empty(t, r.Warnings)
	}
}

const omeText = `<?xml version="1.0" encoding="UTF-8"?>
<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">
 <Instrument ID="Instrument:0"><Microscope Manufacturer="Zeiss" Model="Axio"/>
  <Detector Model="CCD"/><Objective Model="Plan" Manufacturer="Zeiss" NominalMagnification="63" LensNA="1.4"/></Instrument>
 <Image ID="Image:0" Name="cells"><AcquisitionDate>2020-03-04T05:06:07%s</AcquisitionDate><Description>two dyes</Description>
  <Pixels DimensionOrder="XYCZT" Type="uint16" SizeX="30" SizeY="20" SizeZ="5" SizeC="2" SizeT="1"
   PhysicalSizeX="65" PhysicalSizeXUnit="nm" PhysicalSizeY="0.065" PhysicalSizeZ="0.3" TimeIncrement="2">
   <Channel Name="DAPI"/><Channel Name="GFP"/><TiffData/></Pixels></Image>
 <Image ID="Image:1" Name="other"><Pixels SizeX="1" SizeY="1" PhysicalSizeX="9"><Channel Name="no"/></Pixels></Image>
</OME>`

func TestOME(t *testing.T) {
	s, r := extract(t, "a.ome.tif", encoded(t, synth.TIFFOptions{Big: true}, calibrated(fmt.Sprintf(omeText, "Z"), 1, 1), gray()))
	assert.Empty(t, r.Warnings)
	assert.Equal(t, nexuslims.Q(65, "nm"), s.Meta.Get("pixel_width"))
	assert.Equal(t, nexuslims.Q(0.065, "µm"), s.Meta.Get("pixel_height"))
	assert.Equal(t, "(10, 20, 30)", s.Meta.Text("Data Dimensions"))
	for name, want := range map[string]nexuslims.Value{
		"Image Name": nexuslims.Text("cells"), "Description": nexuslims.Text("two dyes"), "Slices": nexuslims.Int(5),
		"Channels": nexuslims.Int(2), "Channel Names": nexuslims.List{nexuslims.Text("DAPI"), nexuslims.Text("GFP")},
		"Slice Spacing": nexuslims.Q(0.3, "µm"), "Frame Interval": nexuslims.Q(2, "s"), "Frames": nil,
		"Objective": nexuslims.Text("Zeiss Plan"), "Objective Magnification": nexuslims.Int(63),
		"Objective Numerical Aperture": nexuslims.Float(1.4), "Microscope": nexuslims.Text("Zeiss Axio"),
		"Detector": nexuslims.Text("CCD"), "OME Images": nexuslims.Int(2), "Pages": nexuslims.Int(2),
		"Acquisition Timestamp": nexuslims.Text("2020-03-04T05:06:07+00:00"),
	} {
		assert.Equal(t, want, ext(s, name), name)
	}
	cut, _, _ := strings.Cut(fmt.Sprintf(omeText, ""), "nel Name")
	// Without zone and instrument it is no instant; and a text that is cut gives what is there.
	s, _ = extract(t, "a.tif", encoded(t, synth.TIFFOptions{}, calibrated(cut, 1, 1)))
	assert.Nil(t, ext(s, "Acquisition Timestamp"))
	assert.Equal(t, nexuslims.Text("2020-03-04T05:06:07"), ext(s, "Acquisition Date"))
	assert.Equal(t, nexuslims.Q(65, "nm"), s.Meta.Get("pixel_width"))
}

func TestResolutionForPrintingIsNoCalibration(t *testing.T) {
	for unit, want := range map[uint16]string{2: "300 x 300 dots per inch", 3: "300 x 300 dots per centimeter", 1: ""} {
		p := calibrated("grain map", 300000, 300000)
		p.Tags[3].Value = []uint16{unit}
		s, _ := extract(t, "a.tif", encoded(t, synth.TIFFOptions{}, p))
		assert.Nil(t, s.Meta.Get("pixel_width"))
		assert.Equal(t, want, s.Meta.Group("extensions").Text("Print Resolution"))
		assert.Equal(t, nexuslims.Text("grain map"), ext(s, "Description"))
		assert.Empty(t, s.Data.Axes[0].Unit)
	}
}

func TestDigitalMicrographExport(t *testing.T) {
	s, _ := extract(t, "a.tif", encoded(t, synth.TIFFOptions{}, gray(
		synth.TIFFTag{ID: 65003, Value: "nm"}, synth.TIFFTag{ID: 65004, Value: "nm"},
		synth.TIFFTag{ID: 65006, Value: []float64{1}}, synth.TIFFTag{ID: 65007, Value: []float64{2}},
		synth.TIFFTag{ID: 65009, Value: []float64{0.5}}, synth.TIFFTag{ID: 65010, Value: []float64{0.25}},
	)))
	assert.Equal(t, nexuslims.Q(0.5, "nm"), s.Meta.Get("pixel_width"))
	assert.Equal(t, nexuslims.Q(0.25, "nm"), s.Meta.Get("pixel_height"))
}

func TestFirstPageOfFullSizeIsDrawn(t *testing.T) {
	small := synth.TIFFPage{Width: 15, Height: 10, Data: make([]byte, 150)}
	flagged := gray(synth.TIFFTag{ID: 254, Value: []uint32{1}})
	other := synth.TIFFPage{Width: 20, Height: 29, Data: make([]byte, 580)}
	for name, c := range map[string]struct {
		pages []synth.TIFFPage
		want  string
	}{
		"thumbnail by size":    {[]synth.TIFFPage{small, gray()}, "(20, 30)"},
		"thumbnail by flag":    {[]synth.TIFFPage{flagged, other}, "(29, 20)"},
		"thumbnail last":       {[]synth.TIFFPage{gray(), small}, "(20, 30)"},
		"two different ones":   {[]synth.TIFFPage{other, gray()}, "(29, 20)"},
		"nothing but the flag": {[]synth.TIFFPage{flagged}, "(20, 30)"},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := extract(t, "a.tif", encoded(t, synth.TIFFOptions{}, c.pages...))
			assert.Equal(t, c.want, s.Meta.Text("Data Dimensions"))
			if len(c.pages) > 1 {
				assert.Equal(t, nexuslims.Int(len(c.pages)), ext(s, "Pages"))
			}
		})
	}
}

// drawn returns the preview.
func drawn(t testing.TB, s *extractors.Signal) func(x, y int) color.NRGBA {
	t.Helper()
	p, err := preview.Draw(t.Context(), s, preview.Options{})
	require.NoError(t, err)
	img, err := png.Decode(bytes.NewReader(p.PNG))
	require.NoError(t, err)
	return func(x, y int) color.NRGBA { return color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA) }
}

func TestPreviews(t *testing.T) {
	const side = 40
	half := func(size int, upper, lower []byte) []byte {
		b := make([]byte, 0, side*side*size)
		for i := range side * side {
			if v := upper; i < side*side/2 {
				b = append(b, v...)
			} else {
				b = append(b, lower...)
			}
		}
		return b
	}
	page := func(p synth.TIFFPage) synth.TIFFPage { p.Width, p.Height = side, side; return p }
	for name, c := range map[string]struct {
		page         synth.TIFFPage
		upper, lower color.NRGBA
	}{
		"shades": {page(synth.TIFFPage{Data: half(1, []byte{100}, []byte{140})}), color.NRGBA{100, 100, 100, 255}, color.NRGBA{140, 140, 140, 255}},
		"numbers": {
			page(synth.TIFFPage{Bits: 16, Data: half(2, []byte{1, 2}, []byte{2, 2})}),
			color.NRGBA{0, 0, 0, 255},
			color.NRGBA{255, 255, 255, 255},
		},
		"floats": {
			page(synth.TIFFPage{Bits: 32, Format: 3, Data: half(4, []byte{0, 0, 0, 0xc0}, []byte{0, 0, 0x80, 0x3f})}),
			color.NRGBA{0, 0, 0, 255},
			color.NRGBA{255, 255, 255, 255},
		},
		"opacity of zero": {
			page(synth.TIFFPage{Samples: 4, Photometric: 2, Data: half(4, []byte{9, 90, 200, 0}, []byte{1, 2, 3, 0})}),
			color.NRGBA{9, 90, 200, 255},
			color.NRGBA{1, 2, 3, 255},
		},
		"opacity": {
			page(synth.TIFFPage{Samples: 4, Photometric: 2, Data: half(4, []byte{0, 0, 0, 0}, []byte{1, 2, 3, 255})}),
			color.NRGBA{255, 255, 255, 255},
			color.NRGBA{1, 2, 3, 255},
		},
		"upside down": {
			page(synth.TIFFPage{Data: half(1, []byte{100}, []byte{140}), Tags: []synth.TIFFTag{{ID: 274, Value: []uint16{3}}}}),
			color.NRGBA{140, 140, 140, 255},
			color.NRGBA{100, 100, 100, 255},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, r := extract(t, "a.tif", encoded(t, synth.TIFFOptions{}, c.page))
			assert.Empty(t, r.Warnings)
			at := drawn(t, s)
			assert.Equal(t, c.upper, at(250, 120))
			assert.Equal(t, c.lower, at(250, 380))
		})
	}
}

func TestTurnedPictures(t *testing.T) {
	// Stored: 1 2 3 / 4 5 6.
	for orientation, want := range map[uint16][]byte{
		1: {1, 2, 3, 4, 5, 6}, 2: {3, 2, 1, 6, 5, 4}, 3: {6, 5, 4, 3, 2, 1}, 4: {4, 5, 6, 1, 2, 3},
		5: {1, 4, 2, 5, 3, 6}, 6: {4, 1, 5, 2, 6, 3}, 7: {6, 3, 5, 2, 4, 1}, 8: {3, 6, 2, 5, 1, 4},
	} {
		p := synth.TIFFPage{Width: 3, Height: 2, Data: []byte{1, 2, 3, 4, 5, 6}, Tags: []synth.TIFFTag{{ID: 274, Value: []uint16{orientation}}}}
		s, _ := extract(t, "a.tif", encoded(t, synth.TIFFOptions{}, p))
		assert.Equal(t, "(2, 3)", s.Meta.Text("Data Dimensions"), "as stored")
		all := s.Data.All()
		got, err := s.Data.Read(t.Context(), all)
		require.NoError(t, err)
		assert.Equal(t, want, got, "orientation %d", orientation)
		rows := extractors.Region{Start: []int{1, 0}, Count: []int{1, all.Count[1]}, Step: []int{1, 1}}
		got, err = s.Data.Read(t.Context(), rows)
		require.NoError(t, err)
		assert.Equal(t, want[all.Count[1]:2*all.Count[1]], got)
	}
}

func TestTIFFThatBreaksOff(t *testing.T) {
	p := synth.TIFFPage{Width: 64, Height: 64, Offsets: []uint64{0}, Sizes: []uint64{4096}}
	p.Offsets[0] = uint64(len(encoded(t, synth.TIFFOptions{}, p)))
	b := append(encoded(t, synth.TIFFOptions{}, p), bytes.Repeat([]byte{200}, 32*64)...)
	s, r := extract(t, "a.tif", b)
	require.Len(t, r.Warnings, 1)
	assert.Contains(t, r.Warnings[0], "the picture is incomplete")
	at := drawn(t, s)
	assert.Equal(t, uint8(200), at(250, 100).R)
	assert.Equal(t, uint8(0), at(250, 400).R)

	s, r = extract(t, "a.tif", b[:p.Offsets[0]])
	assert.NotEmpty(t, r.Warnings)
	assert.NotEmpty(t, s.NoPreview, "nothing is there")
	assert.Equal(t, "(64, 64)", s.Meta.Text("Data Dimensions"))
}

func TestDamageInsideThePixels(t *testing.T) {
	p := gray()
	p.Compression, p.RowsPerStrip = 8, 5
	b := encoded(t, synth.TIFFOptions{}, p)
	s, _ := extract(t, "a.tif", b)
	whole, err := s.Data.Read(t.Context(), s.Data.All())
	require.NoError(t, err)
	second := bytes.Index(b[10:], []byte{0x78, 0x9c}) + 10
	copy(b[second:], []byte{0xff, 0xff})
	s, _ = extract(t, "a.tif", b)
	part, err := s.Data.Read(t.Context(), s.Data.All())
	require.NoError(t, err)
	assert.Equal(t, whole[:300], part[:300])
	assert.Equal(t, make([]byte, 300), part[300:600])
	assert.Equal(t, whole[600:], part[600:])
}

func TestPixelsThatCannotBeReadLeaveTheTags(t *testing.T) {
	p := calibrated("ImageJ=1\nunit=nm\n", 2000, 2000)
	p.Compression, p.Segments = 34712, [][]byte{{1}}
	s, r := extract(t, "a.tif", encoded(t, synth.TIFFOptions{}, p))
	assert.Nil(t, s.Data)
	assert.Contains(t, s.NoPreview, "JPEG 2000")
	assert.Contains(t, r.Warnings[0], "JPEG 2000")
	assert.Equal(t, nexuslims.Q(0.5, "nm"), s.Meta.Get("pixel_width"))
}

func TestConformanceOfTIFF(t *testing.T) {
	deflated := gray()
	deflated.Compression, deflated.Predictor = 8, 2
	tiled := gray()
	tiled.Compression, tiled.TileWidth, tiled.TileHeight = 5, 16, 16
	extractortest.Run(t, basic.New(),
		extractortest.Sample{Name: "plain.tif", Data: encoded(t, synth.TIFFOptions{}, gray())},
		extractortest.Sample{Name: "imagej.TIFF", Data: encoded(t, synth.TIFFOptions{BigEndian: true}, calibrated("ImageJ=1.54f\nimages=2\nunit=nm\n", 9000, 9000))},
		extractortest.Sample{Name: "ome.tif", Data: encoded(t, synth.TIFFOptions{Big: true}, calibrated(fmt.Sprintf(omeText, "Z"), 1, 1))},
		extractortest.Sample{Name: "deflate.tif", Data: encoded(t, synth.TIFFOptions{}, deflated)},
		extractortest.Sample{Name: "tiles.tif", Data: encoded(t, synth.TIFFOptions{}, tiled, gray())},
	)
}

// sparse writes the head of a file that has holes.
func sparse(t testing.TB, head []byte, size int64) (*extractors.File, *fault.Counting) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "sparse.tif"))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, f.Close()) })
	_, err = f.Write(head)
	require.NoError(t, err)
	require.NoError(t, f.Truncate(size))
	r := &fault.Counting{R: f}
	return extractors.NewFile("sparse.tif", r, size, time.Unix(0, 0), extractors.Context{}), r
}

// grown returns by how much the heap grew while a function ran.
func grown(t testing.TB, f func()) uint64 {
	t.Helper()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before, most := m.HeapAlloc, uint64(0)
	stop := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		var m runtime.MemStats
		for {
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
			select {
			case <-stop:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	})
	f()
	close(stop)
	wait.Wait()
	return max(most, before) - before
}

func TestMetadataOfAHugeFile(t *testing.T) {
	const side, rows = 46000, 1 // four gigabytes in strips of one row
	p := synth.TIFFPage{Width: side, Height: side, Bits: 16, RowsPerStrip: rows}
	for i := range uint64(side / rows) {
		p.Offsets, p.Sizes = append(p.Offsets, 1<<20+i*2*side*rows), append(p.Sizes, 2*side*rows)
	}
	f, r := sparse(t, encoded(t, synth.TIFFOptions{Big: true}, p), 1<<20+2*side*side)
	result, err := basic.New().Extract(t.Context(), f)
	require.NoError(t, err)
	assert.Empty(t, result.Warnings)
	assert.Equal(t, "(46000, 46000)", result.Signals[0].Meta.Text("Data Dimensions"))
	assert.Less(t, r.Bytes(), int64(1<<20))
}

func TestPreviewOfAHugeFile(t *testing.T) {
	const side, tile = 30000, 256
	p := synth.TIFFPage{Width: side, Height: side, Bits: 16, TileWidth: tile, TileHeight: tile}
	const across = (side + tile - 1) / tile
	for i := range uint64(across * across) {
		p.Offsets, p.Sizes = append(p.Offsets, 1<<20+i*2*tile*tile), append(p.Sizes, 2*tile*tile)
	}
	f, _ := sparse(t, encoded(t, synth.TIFFOptions{Big: true}, p), 1<<20+across*across*2*tile*tile)
	e := &extractors.Engine{Extractors: new(extractors.Registry), Logger: slog.New(slog.DiscardHandler), Now: time.Now}
	require.NoError(t, e.Extractors.Add(basic.New()))
	used := grown(t, func() {
		out, err := e.Extract(t.Context(), f)
		require.NoError(t, err)
		_, err = preview.Draw(t.Context(), out.Signals[0], preview.Options{})
		assert.NoError(t, err)
	})
	assert.Less(t, used, uint64(100<<20))
}

func TestRemarksOfPictures(t *testing.T) {
	block := append([]byte("Exif\x00\x00"), encoded(t, synth.TIFFOptions{BigEndian: true}, gray(
		synth.TIFFTag{ID: 271, Value: "Leica"}, synth.TIFFTag{ID: 306, Value: "2024:01:02 03:04:05"},
		synth.TIFFTag{ID: 33434, Value: [][2]uint32{{1, 50}}},
	))...)
	s, _ := extract(t, "a.jpg", inserted(t, segment(0xe1, block)))
	assert.Equal(t, nexuslims.Text("Leica"), ext(s, "Make"))
	assert.Equal(t, nexuslims.Text("2024:01:02 03:04:05"), ext(s, "Date and Time"))
	assert.Equal(t, nexuslims.Q(0.02, "s"), ext(s, "Exposure Time"))

	plain := picture(t, "a.png")
	chunks := [][]byte{
		chunk("pHYs", append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 11811), 11811), 1)),
		chunk("tEXt", []byte("Software\x00Maps")), chunk("iTXt", []byte("Description\x00\x00\x00\x00\x00Gitter, 5 µm")),
		chunk("tEXt", []byte("Secret\x00left out")), chunk("eXIf", exif(binary.LittleEndian, 3, 6)),
	}
	const header = 8 + 25
	data := bytes.Join([][]byte{plain[:header], bytes.Join(chunks, nil), plain[header:]}, nil)
	s, _ = extract(t, "a.png", data)
	assert.Equal(t, nexuslims.Text("300 x 300 dots per inch"), ext(s, "Print Resolution"))
	assert.Equal(t, nexuslims.Text("Maps"), ext(s, "Software"))
	assert.Equal(t, nexuslims.Text("Gitter, 5 µm"), ext(s, "Description"))
	img, err := s.Picture(context.Background())
	require.NoError(t, err)
	require.Implements(t, (*oriented)(nil), img)
}

func BenchmarkTIFFMetadata(b *testing.B) {
	p := synth.Pixels(2048, 2048, 1)
	data := synth.TIFF(p)
	f := extractors.NewFile("a.tif", bytes.NewReader(data), int64(len(data)), time.Unix(0, 0), extractors.Context{})
	for b.Loop() {
		if _, err := basic.New().Extract(b.Context(), f); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTIFFPreview(b *testing.B) {
	p := synth.Pixels(2048, 2048, 1)
	for name, page := range map[string]synth.TIFFPage{
		"plain":   {Width: 2048, Height: 2048, Bits: 16, Data: p.Uint16(), RowsPerStrip: 1},
		"LZW":     {Width: 2048, Height: 2048, Bits: 16, Data: p.Uint16(), Compression: 5, Predictor: 2},
		"deflate": {Width: 2048, Height: 2048, Bits: 16, Data: p.Uint16(), Compression: 8, TileWidth: 256, TileHeight: 256},
	} {
		data := encoded(b, synth.TIFFOptions{}, page)
		f := extractors.NewFile("a.tif", bytes.NewReader(data), int64(len(data)), time.Unix(0, 0), extractors.Context{})
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r, err := basic.New().Extract(b.Context(), f)
				if err != nil {
					b.Fatal(err)
				}
				if _, err = preview.Draw(b.Context(), r.Signals[0], preview.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
