package profiles

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// line is the form of one line of the Tecnai text and the keys of its groups.
type line struct {
	form *regexp.Regexp
	keys []string
}

// number matches what stands where a number should be; whether it is one is seen later.
const number = `(\S+?)`

// Keys that end in # hold whole numbers.
var lines = []line{
	{regexp.MustCompile(`^Microscope (.+)$`), []string{"Microscope_Name"}},
	{regexp.MustCompile(`^User (.+)$`), []string{"User"}},
	{
		regexp.MustCompile(`^Gun (.+?) Extr volt ` + number + ` ?V Gun Lens ` + number +
			` Emission ` + number + ` ?[uµμ]A$`),
		[]string{"Gun_Name", "Extractor_Voltage#", "Gun_Lens_No#", "Emission_Current"},
	},
	{
		regexp.MustCompile(`^Mode (.+?) Defocus(?: \([uµμ]m\))? ` + number +
			`(?: Magn ` + number + `x)?(?: CL ` + number + `m)?$`),
		[]string{"Mode", "Defocus", "Magnification#", "Camera_Length"},
	},
	{regexp.MustCompile(`^Spot ` + number + `$`), []string{"Spot#"}},
	{regexp.MustCompile(`^C2 ` + number + ` ?%$`), []string{"C2_Strength"}},
	{regexp.MustCompile(`^C3 ` + number + ` ?%$`), []string{"C3_Strength"}},
	{regexp.MustCompile(`^Obj ` + number + ` ?%$`), []string{"Obj_Strength"}},
	{regexp.MustCompile(`^Dif ` + number + ` ?%$`), []string{"Dif_Strength"}},
	{
		regexp.MustCompile(`^Image shift ` + number + `/` + number + ` ?[uµμ]m$`),
		[]string{"Image_Shift_x", "Image_Shift_y"},
	},
	{
		regexp.MustCompile(`^Stage ` + number + ` [uµμ]m, ` + number + ` [uµμ]m, ` + number + ` [uµμ]m, ` +
			number + ` deg, ` + number + ` deg$`),
		[]string{"Stage_Position_x", "Stage_Position_y", "Stage_Position_z", "Stage_Position_theta", "Stage_Position_phi"},
	},
	{regexp.MustCompile(`^C1 Aperture: ` + number + ` ?[uµμ]m$`), []string{"C1_Aperture#"}},
	{regexp.MustCompile(`^C2 Aperture: ` + number + ` ?[uµμ]m$`), []string{"C2_Aperture#"}},
	{regexp.MustCompile(`^OBJ Aperture: ` + number + ` ?[uµμ]m$`), []string{"Obj_Aperture#"}},
	{regexp.MustCompile(`^SA Aperture: ` + number + ` ?[uµμ]m$`), []string{"SA_Aperture#"}},
	{regexp.MustCompile(`^Stem rotation: ` + number + ` ?deg$`), []string{"STEM_Rotation"}},
	{regexp.MustCompile(`^Stem rotation correction: ` + number + ` ?deg$`), []string{"STEM_Rotation_Correction"}},
}

// filterLines follow the line filterStart.
var filterLines = []line{
	{regexp.MustCompile(`^Mode: (.+)$`), []string{"Mode"}},
	{regexp.MustCompile(`^Selected dispersion: ` + number + ` ?\[eV/Channel\]$`), []string{"Dispersion"}},
	{regexp.MustCompile(`^Selected aperture: ` + number + ` ?mm$`), []string{"Aperture"}},
	{regexp.MustCompile(`^Prism shift: ` + number + ` ?\[eV\]$`), []string{"Prism_Shift"}},
	{regexp.MustCompile(`^Drift tube: ` + number + ` ?\[eV\]$`), []string{"Drift_Tube"}},
	{regexp.MustCompile(`^Total energy loss: ` + number + ` ?\[eV\]$`), []string{"Total_Energy_Loss"}},
}

const filterStart = "Filter related settings:"

// defocusUnit finds the unit that the mode line names in imaging modes only.
var defocusUnit = regexp.MustCompile(`(?m)(?:^|\x{2028})Mode .+? Defocus \([uµμ]m\) `)

// ParseTecnai takes apart the text in which Tecnai and Titan microscopes describe themselves:
// lines separated by U+2028, each with a keyword. The keys are those of the reference
// implementation ("Gun_Name", "Stage_Position_x", nested "Filter_Settings"). Lengths are in
// micrometres but for Camera_Length (m) and the filter's aperture (mm), angles in degrees,
// lens strengths in percent, energies in eV. A line that is missing or has another form gives
// no key, a number that is none stays text.
func ParseTecnai(text string) *nexuslims.Object {
	o := nexuslims.NewObject(32)
	forms, into := lines, o
	filter := nexuslims.NewObject(len(filterLines))
	for _, l := range strings.FieldsFunc(text, isLineBreak) {
		l = strings.TrimSpace(l)
		if l == filterStart {
			forms, into = filterLines, filter
			continue
		}
		for _, f := range forms {
			f.read(l, into)
		}
	}
	o.Set("Filter_Settings", filter)
	return o
}

func isLineBreak(r rune) bool { return r == '\u2028' || r == '\n' || r == '\r' }

func (l line) read(text string, o *nexuslims.Object) {
	found := l.form.FindStringSubmatch(text)
	for i, key := range l.keys {
		if found == nil || found[i+1] == "" {
			continue
		}
		name, whole := strings.CutSuffix(key, "#")
		if o.Has(name) {
			continue
		}
		o.Set(name, valueOf(name, found[i+1], whole))
	}
}

// valueOf returns a text, or the number that it is.
func valueOf(name, text string, whole bool) nexuslims.Value {
	switch name {
	case "Microscope_Name", "User", "Gun_Name", "Mode":
		return nexuslims.Text(text)
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && whole {
		return nexuslims.Int(n)
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil && f-f == 0 {
		return nexuslims.Float(f)
	}
	return nexuslims.Text(text)
}
