package dm_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/dm"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// read writes a file and extracts it; at is the time of the file.
func read(t *testing.T, d synth.DM) *extractors.Result {
	t.Helper()
	if d.Version == 0 {
		d.Version = 4
	}
	b, err := d.Bytes()
	require.NoError(t, err)
	return extract(t, "a.dm4", bytes.NewReader(b), int64(len(b)))
}

// readIn gives the placed metadata, for an instrument in New York.
func readIn(t *testing.T, d synth.DM) *extractors.Signal {
	t.Helper()
	d.Version = 4
	b, err := d.Bytes()
	require.NoError(t, err)
	c := extractors.Context{Instrument: &nexuslims.Instrument{PID: "X", Timezone: "America/New_York"}}
	f := extractors.NewFile("a.dm4", bytes.NewReader(b), int64(len(b)), at, c)
	outcome, err := engine(t).Extract(context.Background(), f)
	require.NoError(t, err)
	require.NoError(t, outcome.Err)
	return outcome.Signals[0]
}

// shape makes an image of zeros with the given units, x first.
func shape(units string, size ...int) synth.DMImage {
	i := synth.DMImage{Type: 2, Size: size}
	for _, u := range strings.Split(units, ",") {
		i.Axes = append(i.Axes, synth.DMAxis{Scale: 2, Unit: u})
	}
	return i
}

func microscope(mode, operation string, more ...synth.Tag) synth.Group {
	return append(synth.Group{{Name: "Microscope Info", Value: synth.Group{
		{Name: "Illumination Mode", Value: mode},
		{Name: "Operation Mode", Value: operation},
		{Name: "Indicated Magnification", Value: 500.0},
		{Name: "Voltage", Value: 2e5},
	}}}, more...)
}

const (
	tem, stem     = "TEM", "STEM"
	scan, imaging = "SCANNING", "IMAGING"
	si            = "Spectrum image"
	pattern       = "Diffraction image"
)

func metaData(format, signal string) synth.Tag {
	return group("Meta Data", synth.Tag{Name: "Format", Value: format}, synth.Tag{Name: "Signal", Value: signal})
}

func group(name string, tags ...synth.Tag) synth.Tag {
	return synth.Tag{Name: name, Value: synth.Group(tags)}
}

func TestWhatASignalIs(t *testing.T) {
	eels := group("EELS", group("Acquisition", synth.Tag{Name: "Exposure (s)", Value: 0.5}))
	filter := synth.Tag{Name: "EELS Spectrometer", Value: synth.Group{{Name: "Aperture label", Value: "5 mm"}}}
	eds := synth.Tag{Name: "EDS", Value: synth.Group{{Name: "Live time", Value: 3.5}}}
	series := group("SI", group("Acquisition", synth.Tag{Name: "Pixel time (s)", Value: 0.1}))
	with := func(i synth.DMImage, name string, kind int) synth.DMImage {
		i.Name, i.Type = name, kind
		return i
	}
	for name, c := range map[string]struct {
		image synth.DMImage
		tags  synth.Group
		want  string
		nav   int
	}{
		"image": {shape("nm,nm", 8, 4), nil, "Image TEM_Imaging", 0},
		"scanned image": {
			shape("nm,nm", 8, 4), microscope("STEM NANOPROBE", scan),
			"Image STEM_Imaging", 0,
		},
		"scanned, mode missing": {shape("nm,nm", 8, 4), microscope("", scan), "Image STEM_Imaging", 0},
		"surface image":         {shape("nm,nm", 8, 4), microscope("SEM", scan), "Image SEM_Imaging", 0},
		"colour image":          {with(shape("nm,nm", 8, 4), "a", 23), nil, "Image TEM_Imaging", 0},
		"stack":                 {shape("nm,nm,s", 8, 4, 3), nil, "Image TEM_Imaging", 1},
		"diffraction by mode": {
			shape(",", 8, 4), microscope(tem, "DIFFRACTION"),
			"Diffraction TEM_Diffraction", 0,
		},
		"diffraction by filter mode": {
			shape(",", 8, 4), microscope(tem, "GIF DIFFRACTION", filter),
			"Diffraction TEM_Diffraction", 0,
		},
		"diffraction by axes":  {shape("1/nm,1/nm", 8, 4), nil, "Diffraction TEM_Diffraction", 0},
		"diffraction by angle": {shape("mrad,mrad", 8, 4), nil, "Diffraction TEM_Diffraction", 0},
		"transform": {
			with(shape("1/nm,1/nm", 8, 4), "FFT of a", 2), microscope(tem, imaging),
			"Image TEM_Imaging", 0,
		},
		"packed transform": {with(shape("1/nm,1/nm", 8, 4), "a", 27), nil, "Image TEM_Imaging", 0},
		"wave":             {with(shape("nm,nm", 8, 4), "a", 3), nil, "Image TEM_Imaging", 0},
		"EELS by name": {
			shape("eV", 8), microscope(tem, imaging, metaData("Spectrum", "EELS")),
			"Spectrum TEM_EELS", 0,
		},
		"EELS by settings": {shape("", 8), microscope(stem, scan, eels), "Spectrum STEM_EELS", 0},
		"EELS by energy":   {shape("eV", 8), nil, "Spectrum TEM_EELS", 0},
		"EELS of one row":  {shape("eV,", 8, 1), nil, "Spectrum TEM_EELS", 0},
		"EDS by name": {
			shape("keV", 8), microscope("SEM", scan, metaData("Spectrum", "X-ray")),
			"Spectrum SEM_EDS", 0,
		},
		"EDS by values":    {shape("keV", 8), microscope(stem, scan, eds), "Spectrum STEM_EDS", 0},
		"EDS by energy":    {shape("eV", 4096), nil, "Spectrum TEM_EDS", 0},
		"EDS out of a map": {shape("keV", 8), microscope(stem, scan, eds, series), "Spectrum STEM_EDS", 0},
		"light": {
			shape("nm", 8), microscope(stem, scan, metaData("Spectrum", "CL")),
			"Spectrum STEM_CL", 0,
		},
		"profile": {
			shape("nm", 8), microscope(stem, scan, metaData("Image", "EELS")),
			"Misc Line_Profile", 0,
		},
		"profile of a transform":      {shape("1/nm", 8), nil, "Misc Line_Profile", 0},
		"filter settings of an image": {shape("nm,nm", 8, 4), microscope(tem, imaging, filter), "Image TEM_Imaging", 0},
		"map of energy losses": {
			shape("nm,nm,eV", 8, 4, 16), microscope(stem, scan, metaData(si, "EELS")),
			"SpectrumImage EELS_Spectrum_Imaging", 2,
		},
		"map of X-rays": {
			shape("nm,nm,keV", 8, 4, 16), microscope(stem, scan, eds, metaData(si, "X-ray")),
			"SpectrumImage EDS_Spectrum_Imaging", 2,
		},
		"old map": {
			shape("nm,nm,eV", 8, 4, 16), microscope(stem, scan, synth.Tag{Name: "spim", Value: synth.Group{}}),
			"SpectrumImage EELS_Spectrum_Imaging", 2,
		},
		"line scan": {
			shape("keV,nm", 16, 4), microscope(stem, scan, eds, series),
			"SpectrumImage EDS_Spectrum_Imaging", 1,
		},
		"line scan of light": {
			shape("nm,nm", 16, 4), microscope(stem, scan, metaData(si, "CL")),
			"SpectrumImage CL_Spectrum_Imaging", 1,
		},
		"frame of a spectrum": {
			shape("eV,", 16, 4), microscope(tem, imaging, metaData("Image", "EELS")),
			"Spectrum TEM_EELS", 0,
		},
		"elemental map": {
			shape("nm,nm", 8, 4), microscope(stem, scan, metaData("Image", "EELS")),
			"Image STEM_EELS_Map", 0,
		},
		"elemental map of X-rays": {
			shape("nm,nm", 8, 4), microscope(stem, scan, eds, metaData("Image", "X-ray")),
			"Image STEM_EDS_Map", 0,
		},
		"filtered series": {
			shape("nm,nm,eV", 8, 4, 5), microscope(tem, imaging, metaData("Image", "EFTEM")),
			"SpectrumImage EFTEM_Imaging", 1,
		},
		"scanned diffraction": {
			shape("1/nm,1/nm,nm,nm", 4, 5, 6, 7), microscope(stem, scan, metaData(pattern, "Diffraction")),
			"Diffraction 4D_STEM", 2,
		},
		"scanned diffraction by units": {
			shape("mrad,mrad,nm,nm", 4, 5, 6, 7), microscope(stem, scan),
			"Diffraction 4D_STEM", 2,
		},
		"diffraction along a line": {
			shape("1/nm,1/nm,nm", 4, 5, 6), microscope(stem, scan, metaData(pattern, "Diffraction")),
			"Diffraction STEM_Diffraction", 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.image.Tags = c.tags
			s := read(t, synth.DM{Images: []synth.DMImage{c.image}}).Signals[0]
			assert.Equal(t, c.want, s.Meta.Text("DatasetType")+" "+s.Meta.Text("Data Type"))
			require.NotNil(t, s.Data)
			assert.Equal(t, c.nav, s.Data.NavigationAxes())
			_, err := s.Data.Read(context.Background(), s.Data.All())
			require.NoError(t, err)
		})
	}
}

func TestThumbnailsAreNoSignals(t *testing.T) {
	d := synth.TEMImage(32, 1, synth.DefaultMicroscope(at))
	d.Images = append(d.Images, shape("nm", 8))
	signals := read(t, d).Signals
	require.Len(t, signals, 2)
	assert.Equal(t, "(32, 32)", signals[0].Meta.Text("Data Dimensions"))
	assert.Equal(t, "(8,)", signals[1].Meta.Text("Data Dimensions"))
	assert.Equal(t, "Au particles", signals[0].Title)
	for _, s := range signals {
		assert.Equal(t, []string{"TagGroup0"}, s.Raw.Group("ImageList").Keys(), "each signal has its own image only")
		assert.False(t, s.Raw.Has("Thumbnails"))
		assert.False(t, s.Raw.Has("ApplicationBounds"))
	}
}

// TestDerivedSignalsTakeTheModeOfTheFile gives a spectrum without tags beside an image.
func TestDerivedSignalsTakeTheModeOfTheFile(t *testing.T) {
	image := shape("nm,nm", 8, 8)
	image.Tags = microscope(stem, scan)
	signals := read(t, synth.DM{Images: []synth.DMImage{image, shape("eV", 8)}}).Signals
	assert.Equal(t, "STEM_EELS", signals[1].Meta.Text("Data Type"))
}

func TestAFileThatBreaksOff(t *testing.T) {
	m := synth.DefaultMicroscope(at)
	first, second := synth.TEMImage(32, 1, m).Images[0], synth.TEMImage(16, 2, m).Images[0]
	thumb := synth.Pixels(16, 16, 1).Thumbnail(16)
	b, err := synth.DM{Version: 3, Thumbnail: thumb, Images: []synth.DMImage{first, second}}.Bytes()
	require.NoError(t, err)
	cut := func(n int) (*extractors.Result, error) {
		f := extractors.NewFile("a.dm3", bytes.NewReader(b[:n]), int64(n), at, extractors.Context{})
		return dm.New().Extract(context.Background(), f)
	}
	pixels := bytes.Index(b, second.Pixels)
	require.Positive(t, pixels)

	result, err := cut(pixels + 100)
	require.NoError(t, err)
	require.Len(t, result.Signals, 1, "the complete image, not the thumbnail before it")
	assert.Equal(t, "(32, 32)", result.Signals[0].Meta.Text("Data Dimensions"))
	require.Len(t, result.Warnings, 1)
	assert.Contains(t, result.Warnings[0], "only part of the file could be read")

	_, err = cut(bytes.Index(b, first.Pixels) + 100)
	assert.ErrorIs(t, err, nexuslims.Corrupt, "only the thumbnail is complete")

	for n := 0; n < len(b); n += 97 {
		result, err := cut(n)
		if err == nil {
			assert.NotEmpty(t, result.Signals, n)
		} else {
			assert.ErrorIs(t, err, nexuslims.Corrupt, n)
		}
	}
}

func TestBrokenFiles(t *testing.T) {
	for name, want := range map[string]string{
		"empty.dm3":                           "4 bytes wanted, 0 left",
		"truncated-header__EELS_SI.dm4":       "left",
		"truncated-tags__test_STEM_image.dm3": "left",
	} {
		t.Run(name, func(t *testing.T) {
			f := open(t, testdata.Unpacked(t, "instrument-files/broken/"+name), "")
			_, err := dm.New().Extract(context.Background(), f)
			assert.ErrorIs(t, err, nexuslims.Corrupt)
			assert.ErrorContains(t, err, want)
		})
	}
}

func TestAFileWithoutImages(t *testing.T) {
	b, err := synth.DM{Version: 3}.Bytes()
	require.NoError(t, err)
	f := extractors.NewFile("a.dm3", bytes.NewReader(b), int64(len(b)), at, extractors.Context{})
	_, err = dm.New().Extract(context.Background(), f)
	assert.ErrorIs(t, err, nexuslims.Corrupt)
	assert.ErrorContains(t, err, "there is no image in the file")
}

// TestUnreadablePixels have metadata and a reason.
func TestUnreadablePixels(t *testing.T) {
	image := shape("nm,nm", 8, 4)
	b, err := synth.DM{Version: 3, Images: []synth.DMImage{image}}.Bytes()
	require.NoError(t, err)
	patch := func(name string, value uint32) *extractors.Signal {
		c := bytes.Clone(b)
		i := bytes.Index(c, []byte(name+"%%%%")) + len(name) + 12
		binary.LittleEndian.PutUint32(c[i:], value)
		return extract(t, "a.dm3", bytes.NewReader(c), int64(len(c))).Signals[0]
	}
	s := patch("DataType", 4)
	assert.Nil(t, s.Data)
	assert.Equal(t, "pixels of data type 4 cannot be read", s.NoPreview)
	assert.Equal(t, "(4, 8)", s.Meta.Text("Data Dimensions"))
	s = patch("DataType", 13)
	assert.Nil(t, s.Data)
	assert.Contains(t, s.NoPreview, "bytes of pixels for an image of [8 4]")
}

func TestAcquisitionTimestamp(t *testing.T) {
	bar := func(tags ...synth.Tag) synth.Group { return synth.Group{{Name: "DataBar", Value: synth.Group(tags)}} }
	local := func(date, clock string) synth.Group {
		return bar(synth.Tag{Name: "Acquisition Date", Value: date}, synth.Tag{Name: "Acquisition Time", Value: clock})
	}
	for name, c := range map[string]struct {
		tags synth.Group
		want string
	}{
		"file time": {
			bar(synth.Tag{Name: "Acquisition Time (OS)", Value: synth.FileTime(at)}), "2024-05-14T09:30:00-04:00",
		},
		"file time of GMS 1": {
			bar(synth.Tag{Name: "System Info", Value: synth.FileTime(at.Add(437500 * time.Microsecond))}),
			"2024-05-14T09:30:00.437500-04:00",
		},
		"file time of zero": {bar(synth.Tag{Name: "System Info", Value: 0.0}), ""},
		"file time first": {
			bar(
				synth.Tag{Name: "Acquisition Date", Value: "1/2/2003"}, synth.Tag{Name: "Acquisition Time", Value: "1:00:00 AM"},
				synth.Tag{Name: "System Info", Value: synth.FileTime(at)},
			), "2024-05-14T09:30:00-04:00",
		},
		"American":            {local("5/14/2024", "9:30:00 AM"), "2024-05-14T09:30:00-04:00"},
		"American evening":    {local("5/13/2024", "12:05:06 PM"), "2024-05-13T12:05:06-04:00"},
		"British":             {local("14/05/2024", "09:30:00"), "2024-05-14T09:30:00-04:00"},
		"German":              {local("14.05.2024", "09:30:00"), "2024-05-14T09:30:00-04:00"},
		"Mexican":             {local("14/05/2024", "09:30:00 a.m."), "2024-05-14T09:30:00-04:00"},
		"ISO":                 {local("2024-05-14", "09:30:00"), "2024-05-14T09:30:00-04:00"},
		"two digits":          {local("05/14/24", "09:30:00"), "2024-05-14T09:30:00-04:00"},
		"of the nineties":     {local("14.05.98", "09:30:00"), "1998-05-14T09:30:00-04:00"},
		"no seconds":          {local("2024/5/14", "9:30"), "2024-05-14T09:30:00-04:00"},
		"Chinese":             {local("2024年5月14日", "上午 09:30:00"), "2024-05-14T09:30:00-04:00"},
		"Korean":              {local("2024-05-14", "오후 1:05:06"), "2024-05-14T13:05:06-04:00"},
		"both orders, one ok": {local("05/06/2024", "09:30:00"), ""},
		"no such day":         {local("31/31/2024", "09:30:00"), ""},
		"no date":             {local("", "09:30:00"), ""},
		"scan": {
			synth.Group{group("DigiScan", synth.Tag{Name: "TimeStamp", Value: "Mon May 14 09:30:00 2024\u2028"})},
			"2024-05-14T09:30:00-04:00",
		},
		"camera": {
			synth.Group{group("Acquisition", group("Frame", group("Sequence",
				synth.Tag{Name: "Acquisition Start Time (epoch)", Value: float64(at.UnixMilli())},
			)))}, "2024-05-14T09:30:00-04:00",
		},
		"spectrum": {
			synth.Group{{Name: "EELS", Value: synth.Group{{Name: "Acquisition", Value: synth.Group{
				{Name: "Date", Value: "5/14/2024"}, {Name: "Start time", Value: "9:30:00 AM"},
			}}}}}, "2024-05-14T09:30:00-04:00",
		},
		"nion with offset": {
			synth.Group{{Name: "Timestamp", Value: "2024-05-14T13:30:00"}, {Name: "TimezoneOffset", Value: "+0100"}},
			"2024-05-14T09:30:00-04:00",
		},
		"nion": {synth.Group{{Name: "Timestamp", Value: "2024-05-14T09:30:00.25"}}, "2024-05-14T09:30:00.250000-04:00"},
	} {
		t.Run(name, func(t *testing.T) {
			image := shape("nm,nm", 4, 4)
			image.Tags = c.tags
			s := readIn(t, synth.DM{Images: []synth.DMImage{image}})
			assert.Equal(t, c.want, s.Meta.Group("extensions").Text("Acquisition Timestamp"))
			stamp, err := time.Parse(time.RFC3339, c.want)
			marked := nexuslims.TextOf(s.Meta.Get("warnings")) == "[['Acquisition Timestamp']]"
			assert.Equal(t, err == nil && stamp.Sub(at).Abs() > 24*time.Hour, marked, "marked as doubtful")
		})
	}
}

// TestLocalTimesNeedAZone: without an instrument a local time could be any.
func TestLocalTimesNeedAZone(t *testing.T) {
	image := shape("nm,nm", 4, 4)
	image.Tags = synth.Group{{Name: "DataBar", Value: synth.Group{
		{Name: "Acquisition Date", Value: "5/14/2024"}, {Name: "Acquisition Time", Value: "9:30:00 AM"},
	}}}
	s := read(t, synth.DM{Images: []synth.DMImage{image}}).Signals[0]
	assert.False(t, s.Meta.Has("Acquisition Timestamp"))
	assert.Equal(t, "2024-05-14T13:30:00+00:00", s.Meta.Text("Creation Time"))
}

func TestInfo(t *testing.T) {
	var registry extractors.Registry
	require.NoError(t, registry.Add(dm.New()))
	assert.Equal(t, []string{"dm3", "dm4", "dm5"}, registry.Known())
	assert.Equal(t, "dm3_extractor", dm.New().Info().Name)
	b, err := synth.TEMImage(8, 1, synth.DefaultMicroscope(at)).Bytes()
	require.NoError(t, err)
	result := extract(t, "a.dm4", bytes.NewReader(b), int64(len(b)))
	assert.Equal(t, "DM3", result.Format, "the format is what the file says")
}

// Programs in countries with a decimal comma put such texts into tags.
func TestNumbersWrittenAsText(t *testing.T) {
	for text, want := range map[string]nexuslims.Value{
		"0.5": nexuslims.Q(0.5, "second"), "0,5": nexuslims.Q(0.5, "second"), " 2 ": nexuslims.Q(2, "second"),
		"1,000.5": nil, "auto": nil, "Infinity": nil, "0x10": nil,
	} {
		i := shape("eV", 8)
		i.Tags = microscope(tem, imaging, metaData("Spectrum", "EELS"),
			group("DataBar", synth.Tag{Name: "Exposure Time (s)", Value: text}))
		s := readIn(t, synth.DM{Images: []synth.DMImage{i}})
		assert.Equal(t, want, s.Meta.Get("acquisition_time"), text)
		if want == nil {
			assert.Equal(t, nexuslims.Text(text), s.Meta.At("extensions", "Exposure Time (s)"), text)
		}
	}
}
