package nexuslims

import "strings"

// symbols are the 118 elements that IUPAC has named, by atomic number.
const symbols = " H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr" +
	" Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu" +
	" Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr" +
	" Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og "

// IsElement reports whether a text is the symbol of a chemical element: "Fe", not "FE".
func IsElement(symbol string) bool {
	return symbol != "" && !strings.Contains(symbol, " ") && strings.Contains(symbols, " "+symbol+" ")
}

// ElementSymbol returns the symbol of the element with an atomic number, and false where
// no element has it.
func ElementSymbol(number int) (string, bool) {
	list := strings.Fields(symbols)
	if number < 1 || number > len(list) {
		return "", false
	}
	return list[number-1], true
}
