package emsa

import (
	"strings"
)

// technique is how a spectrum was made.
type technique struct {
	code     string // of the standard; empty for unknown
	dataType string
	from     string // the evidence
	axis     string // what the channels measure
	signal   string // what is counted
}

// techniques by the codes of the standard, and by what programs write for them.
var techniques = []struct {
	codes          []string
	dataType       string
	axis, counting string
}{
	{[]string{"EDS", "XEDS", "EDX", "EDXS"}, "EDS_Spectrum", "Energy", "X-rays (Counts)"},
	{[]string{"ELS", "EELS"}, "EELS_Spectrum", "Energy loss", "Electrons (Counts)"},
	{[]string{"WDS", "WDX"}, "WDS_Spectrum", "Energy", "X-rays (Counts)"},
	{[]string{"AES"}, "AES_Spectrum", "Energy", "Electrons (Counts)"},
	{[]string{"PES", "XPS", "UPS"}, "PES_Spectrum", "Energy", "Electrons (Counts)"},
	{[]string{"XRF"}, "XRF_Spectrum", "Energy", "X-rays (Counts)"},
	{[]string{"CLS", "CL"}, "SEM_CL", "", "Intensity"},
	{[]string{"GAM"}, "GAM_Spectrum", "Energy", "Intensity"},
}

// scanning is the voltage in kV up to which electrons do not go through specimens.
const scanning = 30

// technique finds how the spectrum was made: by SIGNALTYPE, else by detector and labels.
func (h header) technique() technique {
	code, from := strings.ToUpper(h.text("SIGNALTYPE")), "SIGNALTYPE"
	if code == "" {
		code, from = h.evidence()
	}
	for _, t := range techniques {
		for _, c := range t.codes {
			if c != code {
				continue
			}
			found := technique{t.codes[0], t.dataType, from, t.axis, t.counting}
			if kv, ok := h.number("BEAMKV"); ok && kv > scanning && found.code == "CLS" {
				found.dataType, found.from = "STEM_CL", from+", BEAMKV"
			}
			return found
		}
	}
	return technique{dataType: "Spectrum", from: "the format", signal: "Intensity"}
}

// evidence is what tells of the technique where SIGNALTYPE does not.
func (h header) evidence() (code, from string) {
	for _, e := range h.entries {
		switch e.name {
		case "EDSDET", "EDAX DETECTOR", "TBEWIND", "RESO (MNKA)", "FWHMMNKA":
			return "EDS", e.key
		case "ELSDET":
			return "ELS", e.key
		}
	}
	label := strings.ToLower(h.text("XLABEL") + " " + h.text("XUNITS"))
	switch {
	case strings.Contains(label, "loss"):
		return "ELS", "XLABEL, XUNITS"
	case strings.Contains(label, "x-ray"):
		return "EDS", "XLABEL"
	}
	return "", ""
}
