package synth

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// Tescan describes a TIFF file of a Tescan microscope and the text file beside it.
type Tescan struct {
	Picture   Picture
	PixelSize float64 // nm
	Time      time.Time
	Column    string // of what took the picture: "SEM" or "FIB"; empty: "SEM"
	Strip     int    // rows of the information bar, which are those behind the picture
	NoTag     bool   // the settings are only in the text file
	Eight     bool   // pictures of 8 bits instead of 16
	// Main and Settings are settings of the picture and of the column.
	Main, Settings []Setting
	// Records are further records of the tag, in front of the settings: types and contents.
	Records []TescanRecord
}

// TescanRecord is a record of tag 50431.
type TescanRecord struct {
	Type uint16
	Data []byte
}

// TescanImage describes a picture of an AMBER X.
func TescanImage(size int, seed uint64, at time.Time) Tescan {
	return Tescan{Picture: Pixels(size, size, seed), PixelSize: 1.5625, Time: at, Strip: size / 8}
}

func (t Tescan) column() string {
	if t.Column == "" {
		return "SEM"
	}
	return t.Column
}

func (t Tescan) main() []Setting {
	size := fmt.Sprintf("%.13f", t.PixelSize*1e-9)
	return replaced([]Setting{
		{"AccFrames", "1"},
		{"AccType", ""},
		{"Company", ""},
		{"Date", t.Time.Format("2006-01-02")},
		{"Description", "loading 5 %, coated"},
		{"Device", "TESCAN AMBER X"},
		{"DeviceModel", "S12345"},
		{"FullUserName", "Jörg Demo"},
		{"ImageStripSize", fmt.Sprint(t.Strip)},
		{"Magnification", "160000.0"},
		{"PixelSizeX", size},
		{"PixelSizeY", size},
		{"SerialNumber", "119-0053"},
		{"Sign", ""},
		{"SoftwareVersion", "TESCAN Essence Version 1.3.7.1, build 8915"},
		{"Time", t.Time.Format("15:04:05")},
		{"UserName", "demo"},
		{"ViewFieldsCountX", "1"},
		{"ViewFieldsCountY", "1"},
	}, t.Main)
}

func (t Tescan) settings() []Setting {
	return replaced([]Setting{
		{"AcceleratorVoltage", "15000.0"},
		{"ApertureDiameter", "0.00000952"},
		{"ChamberPressure", "0.00061496"},
		{"Detector", "E-T"},
		{"Detector0", "E-T"},
		{"Detector0Gain", "46.562"},
		{"DwellTime", "0.00001"},
		{"EmissionCurrent", "0.0002176420018"},
		{"Gun", "Schottky"},
		{"HV", "15000.0"},
		{"ImageShiftX", "-0.00000015"},
		{"PredictedBeamCurrent", "0.0000000003003"},
		{"PrimaryDetectorGain", "46.562"},
		{"ScanID", "1420"},
		{"ScanMode", "UH-RESOLUTION"},
		{"ScanRotation", "0.0"},
		{"ScanSpeed", "5.0"},
		{"SpecimenCurrent", "-0.000000000246"},
		{"SpotSize", "0.000000003"},
		{"StageRotation", "30.0"},
		{"StageTilt", "0.0"},
		{"StageX", "0.00407293"},
		{"StageY", "0.016073298"},
		{"StageZ", "0.006311907"},
		{"SyncMains", "Yes"},
		{"WD", "0.005947501"},
	}, t.Settings)
}

// Header returns the text file, in UTF-8.
func (t Tescan) Header() []byte {
	var b strings.Builder
	for _, section := range []struct {
		name     string
		settings []Setting
	}{{"MAIN", t.main()}, {t.column(), t.settings()}} {
		b.WriteString("[" + section.name + "]\r\n")
		for _, s := range section.settings {
			b.WriteString(s.Name + "=" + s.Value + "\r\n")
		}
		b.WriteString("\r\n")
	}
	return []byte(b.String())
}

// Tag returns the contents of tag 50431.
func (t Tescan) Tag() []byte {
	kind := map[string]uint16{"SEM": 3, "GAMA": 4, "FIB": 5}[t.column()]
	records := append([]TescanRecord{{1, []byte("\x00\x00\x00\x0cjP  \r\n\x87\n")}}, t.Records...)
	records = append(records, TescanRecord{2, lines(t.main())}, TescanRecord{kind, lines(t.settings())}, TescanRecord{0, nil})
	var b []byte
	for _, r := range records {
		b = binary.LittleEndian.AppendUint32(b, uint32(2+len(r.Data)))
		b = append(binary.LittleEndian.AppendUint16(b, r.Type), r.Data...)
	}
	return b
}

func lines(settings []Setting) []byte {
	var b []byte
	for _, s := range settings {
		b = append(b, s.Name+"="+s.Value+"\n"...)
	}
	return append(b, 0)
}

// Bytes returns the picture.
func (t Tescan) Bytes() []byte {
	p := t.Picture
	page := TIFFPage{
		Width: p.Width, Height: p.Height + t.Strip, Bits: 16, RowsPerStrip: 3, Data: p.Uint16(),
		Tags: []TIFFTag{
			{ID: 271, Value: "TESCAN - http://www.tescan.com/"},
			{ID: 272, Value: "TESCAN AMBER X TESCAN AMBER X"},
			{ID: 305, Value: "TESCAN Essence Version 1.3.7.1, build 8915"},
			{ID: 306, Value: t.Time.Add(time.Minute).Format("2006:01:02 15:04:05")},
			{ID: 315, Value: "demo"},
		},
	}
	white := []byte{255, 255}
	if t.Eight {
		page.Bits, page.Data, white = 8, p.Bytes(), white[:1]
	}
	for i := range p.Width * t.Strip {
		v := white
		if i/16%2 == 0 {
			v = make([]byte, len(white))
		}
		page.Data = append(page.Data, v...)
	}
	if !t.NoTag {
		page.Tags = append(page.Tags, TIFFTag{ID: 50431, Type: 1, Value: t.Tag()})
	}
	return mustTIFF(page)
}
