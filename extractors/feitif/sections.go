package feitif

import (
	"fmt"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// setting returns a value and where it stands. Parts that [Beam] and [Detectors] name are
// followed; what the section of the beam or its scan does not say, the common one may.
func (b *builder) setting(section, key string) (value, from string) {
	names := []string{section}
	switch section {
	case inBeam:
		names = []string{b.active.beam, "Beam"}
	case inScan:
		names = []string{b.active.scan, "Scan"}
	case inDetector:
		names = []string{b.active.detector}
	}
	for _, name := range names {
		if value = b.c.Settings.Value(name, key); value != "" {
			return value, b.source(name, key)
		}
	}
	return "", ""
}

// source names a setting for explanations.
func (b *builder) source(section, key string) string {
	return "[" + section + "] " + key + " in " + b.c.From
}

// sections maps the settings of the SEM and dual-beam systems.
func (b *builder) sections() {
	for _, f := range fields() {
		if b.active.kind == camera && f.name == "working_distance" {
			continue // it means nothing for a camera
		}
		value, from := b.setting(f.section, f.key)
		if f.unit == text {
			b.putText(value, from, f.name)
		} else {
			b.put(value, f.unit, from, f.name)
		}
	}
	b.names()
	b.stage()
	b.column()
	b.flags()
	b.deceleration()
	b.frames()
	b.pressure()
	b.user()
	b.moments = append(b.moments, settingsMoments(b.c.Settings)...)
	b.pixelSizeOfSettings()
}

func (b *builder) names() {
	b.putText(b.c.Settings.Value("Beam", "Beam"), b.source("Beam", "Beam"), "Beam Name")
	b.putText(b.active.beam, "the only section of a beam in "+b.c.From, "Beam Name")
	b.putText(b.c.Settings.Value("Detectors", "Name"), b.source("Detectors", "Name"), "detector_type")
	b.putText(b.active.detector, "the only section of a detector in "+b.c.From, "detector_type")
	b.joined("Software Version", "System", "Software", "BuildNr", "(build %s)")
}

// joined puts two settings together by a blank, whichever there are.
func (b *builder) joined(name, section, first, second, form string) {
	x, y := b.c.Settings.Value(section, first), b.c.Settings.Value(section, second)
	if y != "" {
		y = fmt.Sprintf(form, y)
	}
	b.putText(strings.TrimSpace(x+" "+y), b.source(section, first)+" and "+second, name)
}

func (b *builder) stage() {
	section, list := b.active.beam, stageFields()
	if b.c.Settings.Value(section, "StageX") == "" && b.c.Settings.Value(section, "StageY") == "" {
		section, list = "Stage", plainStageFields()
	}
	for _, f := range list {
		b.put(b.c.Settings.Value(section, f.key), f.unit, b.source(section, f.key), "stage_position", f.name)
	}
	for _, f := range rawStageFields() {
		b.put(b.c.Settings.Value("Stage", f.key), f.unit, b.source("Stage", f.key), "Raw Stage Position", f.name)
	}
	b.put(b.c.Settings.Value("Stage", "SpecTilt"), "radian", b.source("Stage", "SpecTilt"), "Specimen Tilt")
}

// column names the column and its parts. [System] describes the one for electrons, so it
// does not count for ions.
func (b *builder) column() {
	source := "Electron Source"
	if b.active.kind == ions {
		source = "Ion Source"
	}
	for _, f := range []struct{ beam, system, name string }{
		{"Source", "Source", source},
		{"FinalLens", "FinalLens", "Final Lens"},
		{"Aperture", "Aperture", "Aperture Type"},
	} {
		b.putText(b.c.Settings.Value(b.active.beam, f.beam), b.source(b.active.beam, f.beam), f.name)
		if b.active.kind != ions {
			b.putText(b.c.Settings.Value("System", f.system), b.source("System", f.system), f.name)
		}
	}
	column, from := b.c.Settings.Value(b.active.beam, "ColumnType"), b.source(b.active.beam, "ColumnType")
	if v := b.c.Settings.Value("System", "Column"); b.active.kind != ions && v != "" {
		column, from = v, b.source("System", "Column")
	}
	b.putText(column+" "+b.c.Settings.Value("System", "Type"), from+" and [System] Type", "Column Type")
}

// flags are settings of two states. One that is empty was not read.
func (b *builder) flags() {
	for _, f := range []struct{ section, key, yes, name string }{
		{inBeam, "TiltCorrectionIsOn", "yes", "Tilt Correction Enabled"},
		{inBeam, "DynamicFocusIsOn", "yes", "Dynamic Focus Enabled"},
		{inBeam, "DynamicWDIsOn", "yes", "Dynamic WD Enabled"},
		{"Image", "DriftCorrected", "on", "Drift Correction Applied"},
		{inScan, "InternalScan", "true", "Internal Scan"},
	} {
		if value, from := b.setting(f.section, f.key); value != "" {
			b.Put(nexuslims.Bool(strings.EqualFold(value, f.yes)), from, f.name)
		}
	}
	if b.Meta.Get("Tilt Correction Enabled") == nexuslims.Bool(true) {
		angle, from := b.setting(inBeam, "TiltCorrectionAngle")
		b.put(angle, "radian", from, "Tilt Correction Angle")
	}
}

// deceleration is a field at the stage that slows electrons down: they land with less
// energy than the high tension gives. It does not concern ions.
func (b *builder) deceleration() {
	const section = "EBeamDeceleration"
	if b.active.kind != electrons {
		return
	}
	if mode := b.c.Settings.Value(section, "ModeOn"); mode != "" {
		b.Put(nexuslims.Bool(strings.EqualFold(mode, "on")), b.source(section, "ModeOn"), "Beam Deceleration Enabled")
	}
	for _, f := range []struct{ key, unit, name string }{
		{"LandingEnergy", "electron_volt", "Landing Energy"},
		{"StageBias", "volt", "Stage Bias"},
	} {
		b.put(b.c.Settings.Value(section, f.key), f.unit, b.source(section, f.key), f.name)
	}
}

func (b *builder) frames() {
	n, ok := extractors.ParseNumber(b.c.Settings.Value("Image", "Integrate"))
	if i, whole := n.(nexuslims.Int); ok && whole && i > 1 {
		b.Put(i, b.source("Image", "Integrate"), "Frames Integrated")
	}
}

// pressure is shown in millipascal in high vacuum, in pascal otherwise.
func (b *builder) pressure() {
	const name = "Chamber Pressure"
	text, from := b.c.Settings.Value("Vacuum", "ChPressure"), b.source("Vacuum", "ChPressure")
	q, ok := extractors.Measure(nexuslims.Text(text), "pascal")
	if !ok || !strings.EqualFold(b.c.Settings.Value("Vacuum", "UserMode"), "High vacuum") {
		b.put(text, "pascal", from, name)
		return
	}
	if q, ok = q.Convert(nexuslims.MustUnit("millipascal")); ok && q.IsFinite() {
		b.Put(q, from, name)
		b.Converted("pascal to millipascal, in high vacuum")
	}
}

// user puts names and texts that people typed.
func (b *builder) user() {
	b.operator(b.c.Settings.Value("User", "User"), b.source("User", "User"))
	if wide, ok := decodeUserText(b.c.Settings.Value("User", wideUserText)); ok && wide != "" {
		b.putText(wide, b.source("User", wideUserText), "User Text")
		b.Converted("UTF-16 in hexadecimal to text")
	}
	b.putText(b.c.Settings.Value("User", "UserText"), b.source("User", "UserText"), "User Text")
}

// operator names who was logged in, which is often not who sat at the microscope.
func (b *builder) operator(name, from string) {
	if name == "" || b.has([]string{"Operator"}) {
		return
	}
	b.putText(name, from, "Operator")
	b.Warn("Operator")
}
