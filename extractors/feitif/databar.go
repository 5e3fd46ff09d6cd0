package feitif

import (
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const databarSection = "DatabarData"

// databar maps the one section of the XL30 and DualBeam 620 generation: volts, millimetres,
// and iImageType 2 for pictures of the ion beam. (Inferred from programs that read such
// files.)
func (b *builder) databar() {
	voltages := []string{"HighTension", "flAccV"}
	if b.c.Settings.Value(databarSection, "iImageType") == "2" {
		b.active.kind = ions
		b.Classify(nexuslims.Image, b.active.dataType(), b.source(databarSection, "iImageType"))
		voltages = []string{"flIonAccV"}
	}
	for _, key := range voltages {
		b.databarField(key, "volt", "acceleration_voltage")
	}
	b.databarField("flWD", "millimeter", "working_distance")
	b.databarField("FWD", "millimeter", "working_distance")
	b.databarField("Magnification", "", "magnification")
	b.databarField("flSpot", "", "Spot Size")
	b.putText(b.c.Settings.Value(databarSection, "szUserText"), b.source(databarSection, "szUserText"), "User Text")
}

func (b *builder) databarField(key, unit, name string) {
	b.put(b.c.Settings.Value(databarSection, key), unit, b.source(databarSection, key), name)
}
