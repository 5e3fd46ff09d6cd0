package synth

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
)

// Setting is a setting of a microscope as its file writes it. Those that the makers of files
// below are given replace their own of the same name; an empty name in a list adds Value as a
// line by itself where there are lines.
type Setting struct{ Name, Value string }

// SmartSEM describes a TIFF file of a Zeiss SEM. Each picture is a page with its own settings.
type SmartSEM struct {
	Pages     []Picture
	PixelSize float64 // of a pixel of the pictures, nm
	Time      time.Time
	Ions      bool // picture of the ion column of a dual-beam system
	Wide      bool // the text is there a second time, in UTF-16
	Bare      bool // only the numbers at the beginning of the text
	// Settings are lines by their names: {"AP_WD", "WD =  4.5 mm"}.
	Settings []Setting
	// Tags are further tags of the pages.
	Tags []TIFFTag
}

// SEMImage describes a picture of an Auriga.
func SEMImage(size int, seed uint64, at time.Time) SmartSEM {
	return SmartSEM{Pages: []Picture{Pixels(size, size*3/4, seed)}, PixelSize: 12.5, Time: at}
}

// Text returns the settings of a page, in UTF-8.
func (s SmartSEM) Text(page int) string {
	p := s.Pages[page]
	screen := s.PixelSize * float64(p.Width) / 1024
	var b strings.Builder
	b.WriteString("0\r\n0\r\n0\r\n")
	for display := range 4 {
		if display > 0 {
			fmt.Fprintf(&b, "%d\r\n", display)
		}
		fmt.Fprintf(&b, "%.6e\r\n4.528961e+003\r\n6\r\n1.800000e+003\r\n2.359000e+000\r\n4.711226e-009\r\n4.510646e-003\r\n",
			screen*1e-9)
	}
	if s.Bare {
		return b.String()
	}
	settings := replaced(s.defaults(p, screen), s.Settings)
	fmt.Fprintf(&b, "%d\r\n", len(settings))
	for _, set := range settings {
		if set.Name != "" {
			b.WriteString(set.Name + "\r\n")
		}
		b.WriteString(set.Value + "\r\n")
	}
	return b.String()
}

func (s SmartSEM) defaults(p Picture, screen float64) []Setting {
	imaging := "SEM"
	if s.Ions {
		imaging = "FIB"
	}
	return []Setting{
		{"DP_DETECTOR_CHANNEL", "Signal A = InLens"},
		{"DP_DETECTOR_TYPE", "Detector = InLens"},
		{"DP_DWELL_TIME", "Dwell Time = 100 ns"},
		{"DP_SEM", "Sem = Auriga 60"},
		{"DP_SCANRATE", "Scan Speed = 5"},
		{"DP_SCAN_ROT", "Scan Rot = On"},
		{"DP_FIB_IMAGING", "FIB Imaging = " + imaging},
		{"DP_FIB_IMAGE_PROBE", "FIB Image Probe = 30kV:50pA"},
		{"DP_VAC_MODE", "Vacuum Mode = High Vacuum"},
		{"AP_ACTUALKV", "EHT =  1.80 kV"},
		{"AP_WD", "WD =  4.5 mm"},
		{"AP_MAG", "Mag =    4.53 K X"},
		{"AP_IPROBE", "I Probe =    4.7 nA"},
		{"AP_APERTURESIZE", "Aperture Size = 30.00 µm"},
		{"AP_PIXEL_SIZE", fmt.Sprintf("Pixel Size = %.2f nm", screen)},
		{"AP_IMAGE_PIXEL_SIZE", fmt.Sprintf("Image Pixel Size = %.2f nm", s.PixelSize)},
		{"AP_WIDTH", fmt.Sprintf("Width = %.4g µm", s.PixelSize*float64(p.Width)/1000)},
		{"AP_HEIGHT", fmt.Sprintf("Height = %.4g µm", s.PixelSize*float64(p.Height)/1000)},
		{"AP_SCANROTATION", "Scan Rotation =  12.5 °"},
		{"AP_STAGE_AT_X", "Stage at X = 71.4538 mm"},
		{"AP_STAGE_AT_Y", "Stage at Y = 91.3161 mm"},
		{"AP_STAGE_AT_Z", "Stage at Z = 41.676 mm"},
		{"AP_STAGE_AT_T", "Stage at T =  52.6 °"},
		{"AP_STAGE_AT_R", "Stage at R = 113.6 °"},
		{"AP_STAGE_AT_M", "Stage at M =  2.960 mm"},
		{"AP_CHAMBER_PRESSURE", "Chamber = 1.87e-004 Pa"},
		{"AP_FIB_EHT_ACTUAL", "FIB EHT = 29.97 kV"},
		{"AP_FIB_MAGNIFICATION", "FIB Mag =    1.57 K X"},
		{"AP_FIB_PIXEL_SIZE", "FIB Pixel Size = 70.91 nm"},
		{"AP_FIB_SCAN_ROTATION", "FIB Scan Rot =   0.0 °"},
		{"AP_FIB_PROBE_CURRENT_ACTUAL", "FIB Probe Current Actual =    0.0 pA"},
		{"AP_FIB_WORKING_DISTANCE", "FIB Working Distance =  0.0 mm"},
		{"AP_TIME", s.Time.Format("Time :15:04:05")},
		{"AP_DATE", s.Time.Format("Date :2 Jan 2006")},
		{"SV_VERSION", "Version = V05.06.00.00 : 10-Dec-12"},
		{"SV_USER_TEXT", "User Text = particles, 5 % loading"},
		{"SV_USER_NAME", "User Name = DEMO"},
		{"SV_SAMPLE_ID", "Sample ID = S-17"},
		{"SV_SERIAL_NUMBER", "Serial No. = Auriga 60-00-01"},
		{"SV_OPERATOR", "Operator = "},
	}
}

// Bytes returns the file: pictures of 8 bits with a palette of grays, as SmartSEM writes them.
func (s SmartSEM) Bytes() []byte {
	pages := make([]TIFFPage, len(s.Pages))
	for i, p := range s.Pages {
		tags := append([]TIFFTag{{ID: 34118, Type: 2, Value: latin1(s.Text(i) + "\x00")}}, s.Tags...)
		if s.Wide {
			tags = append(tags, TIFFTag{ID: 34119, Type: 2, Value: utf16LE(s.Text(i))})
		}
		if len(s.Pages) > 1 {
			tags = append(tags, TIFFTag{ID: 254, Value: []uint32{2}})
		}
		pages[i] = grayPalettePage(p, tags...)
	}
	return mustTIFF(pages...)
}

// Orion describes a TIFF file of a helium ion microscope: a picture of colours that are all
// transparent, with an information bar below.
type Orion struct {
	Picture  Picture
	Field    float64 // width of the field of view, µm
	Time     time.Time
	Settings []Setting // by element: {"WorkingDistance", "11.977 mm"}, value and unit
}

// Text returns the settings.
func (o Orion) Text() string {
	size := o.Field / float64(o.Picture.Width) * 1e-6
	settings := replaced([]Setting{
		{"ScalingX", fmt.Sprintf("%G m", size)},
		{"ScalingY", fmt.Sprintf("%G m", size)},
		{"ColumnType", "GFIS Unitless"},
		{"AccelerationVoltage", "29997 Volts"},
		{"BlankerCurrent", "0.938 picoAmps"},
		{"WorkingDistance", "11.977 mm"},
		{"Fov", fmt.Sprintf("%G Microns", o.Field)},
		{"ScanRotate", "0 Degrees"},
		{"DetectorName", "ETDetector"},
		{"StageX", "25157.23 um"},
		{"StageY", "25101.9 um"},
		{"StageZ", "0.01 mm"},
		{"StageTilt", "0.16 Degrees"},
		{"StageRotate", "1.2 Degrees"},
		{"DwellTime", "0.5 uSec"},
		{"ImageWidth", fmt.Sprint(o.Picture.Width)},
		{"ImageHeight", fmt.Sprint(o.Picture.Height)},
		{"TimeStamp", ""},
		{"Magnification4x5", "114300"},
		{"System.Model", "Orion"},
		{"GFIS.IonGas", "Helium"},
		{"GFIS.BeamCurrent", "0.938 pA"},
		{"Stage.XLocation", "25157.23 μm"},
	}, o.Settings)
	var b strings.Builder
	b.WriteString("<ImageTags><ImageTagsVersion>1.4.0</ImageTagsVersion>")
	for _, s := range settings {
		value, unit, _ := strings.Cut(s.Value, " ")
		if s.Name == "TimeStamp" && s.Value == "" {
			value, unit = o.Time.Format("1/02/2006 3:04:05 PM"), ""
		}
		fmt.Fprintf(&b, "<%s><Value>%s</Value><Units>%s</Units></%s>", s.Name, value, unit, s.Name)
	}
	return b.String() + "</ImageTags>"
}

// Bytes returns the file.
func (o Orion) Bytes() []byte {
	p := o.Picture
	bar := p.Height / 10
	data := make([]byte, 0, 4*p.Width*(p.Height+bar))
	for _, v := range p.Bytes() {
		data = append(data, v, v, v, 0)
	}
	for i := range p.Width * bar {
		v := byte(255 * (i / 16 % 2))
		data = append(data, v, v, v, 0)
	}
	return mustTIFF(TIFFPage{
		Width: p.Width, Height: p.Height + bar, Samples: 4, Photometric: 2, Compression: 5, Data: data,
		Tags: []TIFFTag{
			{ID: 338, Value: []uint16{2}},
			{ID: 34118, Type: 1, Value: []byte("0\r\n0\r\n0\r\n9.765625E-10\r\n0\r\n6\r\n29997\r\n0.0\r\n0.938\r\n0\r\n0.011977\r\n0\r\n\x00")},
			{ID: 65000, Type: 1, Value: []byte(o.Text() + "\x00")},
		},
	})
}

// Fibics describes a TIFF file of software of Fibics.
type Fibics struct {
	Picture   Picture
	Beam      string  // "SEM", "FIB" or "Orion"
	Field     float64 // width of the field of view, µm
	Time      time.Time
	Thumbnail bool // there is a small second picture
}

// Text returns the settings, as ISO 8859-1 says its declaration; the text here is UTF-8.
func (f Fibics) Text() string {
	size := f.Field / float64(f.Picture.Width)
	beam := `<item name="Ext V">=  4.28 kV</item><item name="Ext I">=  248.4 ?A</item>`
	aperture := "[1] 30 µm [HC] (5.0 kV)"
	if f.Beam == "Orion" {
		beam = `<item name="BeamI">1.3275</item><item name="AccV">30000</item><item name="GFISGas">He</item>`
		aperture = "[1] Ne 10 µm (30.0kV|s=5.0)"
	}
	return fmt.Sprintf(`<?xml version="1.0" encoding="iso-8859-1"?>
<Fibics version="1.0"><Application><Version>NPVE v4.5</Version><Date>%s</Date></Application>`+
		`<Image><Width>%d</Width><Height>%d</Height><BoundingBox.Left>0</BoundingBox.Left><Machine>CONSOLE18</Machine>`+
		`<Beam>%s</Beam><Aperture>%s</Aperture><Detector>ET</Detector><Contrast>32.5</Contrast></Image>`+
		`<Scan><Dwell units="ns">10000</Dwell><LineAvg>1</LineAvg><FOV_X units="um">%G</FOV_X><FOV_Y units="um">%G</FOV_Y>`+
		`<ScanRot units="deg">0</ScanRot><Ux>%G</Ux><Uy>0</Uy><Vx>0</Vx><Vy>-%G</Vy></Scan>`+
		`<Stage><X units="um">-21319.2</X><Y units="um">-27311.8</Y><Z units="um">10.8</Z><Tilt units="deg">0.19</Tilt>`+
		`<Rot units="deg">46.2</Rot><M units="mm">0</M></Stage><BeamInfo>%s</BeamInfo>`+
		`<DetectorInfo><item name="Collector">=500.0 V</item></DetectorInfo></Fibics>`,
		f.Time.Format("2006-01-02T15:04:05.000-07:00"), f.Picture.Width, f.Picture.Height, f.Beam, aperture,
		f.Field, size*float64(f.Picture.Height), size, size, beam)
}

// Bytes returns the file.
func (f Fibics) Bytes() []byte {
	text := TIFFTag{ID: 51023, Type: 2, Value: latin1(f.Text() + "\x00")}
	pages := []TIFFPage{grayPalettePage(f.Picture, text)}
	if f.Thumbnail {
		pages = append(pages, grayPalettePage(Pixels(f.Picture.Width/4, f.Picture.Height/4, 1)))
	}
	return mustTIFF(pages...)
}

// replaced returns settings with others in place of those of the same name, and further ones
// behind them.
func replaced(settings, others []Setting) []Setting {
	settings = slices.Clone(settings)
	for _, o := range others {
		i := slices.IndexFunc(settings, func(s Setting) bool { return s.Name == o.Name && s.Name != "" })
		if i < 0 {
			settings = append(settings, o)
		} else {
			settings[i] = o
		}
	}
	return settings
}

// grayPalettePage is a page of 8 bits whose palette is that of all grays.
func grayPalettePage(p Picture, tags ...TIFFTag) TIFFPage {
	palette := make([]uint16, 0, 768)
	for range 3 {
		for i := range 256 {
			palette = append(palette, uint16(257*i))
		}
	}
	return TIFFPage{
		Width: p.Width, Height: p.Height, Photometric: 3, Data: p.Bytes(),
		Tags: append([]TIFFTag{{ID: 320, Value: palette}}, tags...),
	}
}

// latin1 encodes a text; what is not in the code page is a question mark.
func latin1(text string) []byte {
	b := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xff {
			r = '?'
		}
		b = append(b, byte(r))
	}
	return b
}

func utf16LE(text string) []byte {
	var b []byte
	for _, u := range append(utf16.Encode([]rune(text)), 0) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

// mustTIFF is TIFFFile for pages that can always be written.
func mustTIFF(pages ...TIFFPage) []byte {
	b, err := TIFFFile(TIFFOptions{}, pages...)
	if err != nil {
		panic("synth: " + err.Error())
	}
	return b
}
