package preview

import (
	"fmt"
	"math"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// ion is a name with its monoisotopic mass in dalton.
type ion struct {
	name string
	mass float64
}

// ionTolerance is how far a mass may be from that of the ion that it is named after.
const ionTolerance = 0.35

// peakLabel names a peak: by the file, else after the nearest ion, else by its mass.
func peakLabel(p extractors.MassPeak, positive bool) string {
	label := printable(p.Label)
	if label != "" && !strings.EqualFold(label, "nominal") {
		return label
	}
	if name := ionNear(p.Mass, positive); name != "" {
		return name
	}
	return fmt.Sprintf("%.4g Da", p.Mass)
}

// ionNear returns the name of the nearest ion with its charge, "" where none is near.
func ionNear(mass float64, positive bool) string {
	list, sign := negativeIons, "⁻"
	if positive {
		list, sign = positiveIons, "⁺"
	}
	best, distance := "", ionTolerance
	for _, i := range list {
		if d := math.Abs(i.mass - mass); d <= distance {
			best, distance = i.name+sign, d
		}
	}
	return best
}

// The masses are those of the isotopes, after the atomic mass evaluation of 2020; those of
// molecules are their sums.
var positiveIons = []ion{
	{"H", 1.00783},
	{"H₂", 2.01565},
	{"H₃", 3.02348},
	{"Li", 7.01600},
	{"Be", 9.01218},
	{"B", 11.00931},
	{"C", 12},
	{"CH", 13.00783},
	{"N", 14.00307},
	{"CH₂", 14.01565},
	{"CH₃", 15.02348},
	{"O", 15.99491},
	{"OH", 17.00274},
	{"H₂O", 18.01056},
	{"F", 18.99840},
	{"Na", 22.98977},
	{"Mg", 23.98504},
	{"Al", 26.98154},
	{"Si", 27.97693},
	{"P", 30.97376},
	{"S", 31.97207},
	{"³⁵Cl", 34.96885},
	{"³⁷Cl", 36.96590},
	{"K", 38.96371},
	{"Ca", 39.96259},
	{"AlO", 42.97645},
	{"SiO", 43.97184},
	{"Sc", 44.95591},
	{"⁴⁶Ti", 45.95263},
	{"⁴⁷Ti", 46.95176},
	{"Ti", 47.94794},
	{"⁴⁹Ti", 48.94787},
	{"⁵⁰Ti", 49.94479},
	{"V", 50.94396},
	{"Cr", 51.94050},
	{"⁵⁴Cr", 53.93888},
	{"⁵⁴Fe", 53.93961},
	{"Mn", 54.93804},
	{"Fe", 55.93494},
	{"⁵⁸Ni", 57.93534},
	{"Co", 58.93319},
	{"⁶⁰Ni", 59.93079},
	{"Cu", 62.92960},
	{"Zn", 63.92914},
	{"⁶⁵Cu", 64.92779},
	{"⁶⁶Zn", 65.92603},
	{"⁶⁹Ga", 68.92557},
	{"⁷¹Ga", 70.92470},
	{"Ge", 73.92118},
	{"As", 74.92159},
	{"Br", 78.91834},
	{"Se", 79.91652},
	{"Kr", 83.91150},
	{"Rb", 84.91179},
	{"Sr", 87.90561},
	{"Y", 88.90584},
	{"Zr", 89.90470},
	{"Nb", 92.90637},
	{"Mo", 97.90540},
	{"Rh", 102.90550},
	{"Ag", 106.90509},
	{"Cd", 113.90336},
	{"In", 114.90388},
	{"Sn", 119.90220},
	{"Sb", 120.90381},
	{"I", 126.90447},
	{"Cs", 132.90545},
	{"Ba", 137.90525},
	{"La", 138.90636},
	{"Ce", 139.90544},
	{"Gd", 157.92411},
	{"Hf", 179.94656},
	{"W", 183.95093},
	{"Pt", 194.96479},
	{"Au", 196.96657},
	{"Pb", 207.97665},
	{"Xe", 131.90416},
	{"¹²⁹Xe", 128.90478}, // of the beam itself
}

var negativeIons = []ion{
	{"H", 1.00783},
	{"B", 11.00931},
	{"C", 12},
	{"CH", 13.00783},
	{"N", 14.00307},
	{"O", 15.99491},
	{"OH", 17.00274},
	{"F", 18.99840},
	{"CN", 26.00307},
	{"Al", 26.98154},
	{"Si", 27.97693},
	{"P", 30.97376},
	{"S", 31.97207},
	{"³⁵Cl", 34.96885},
	{"³⁷Cl", 36.96590},
	{"Ti", 47.94794},
	{"Cr", 51.94050},
	{"Fe", 55.93494},
	{"Cu", 62.92960},
	{"Br", 78.91834},
	{"Ag", 106.90509},
	{"I", 126.90447},
	{"Pt", 194.96479},
	{"Au", 196.96657},
	{"Pb", 207.97665},
}
