package record

import (
	"slices"
	"strings"
)

// symbols are the 118 chemical elements in the order of their numbers.
const symbols = "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr " +
	"Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W " +
	"Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn " +
	"Nh Fl Mc Lv Ts Og"

// sortSymbols splits a list of symbols into those that a record can hold, in their
// order, and the unknown and repeated ones. A nil list stays nil.
func sortSymbols(list []string) (kept, dropped []string) {
	if list == nil {
		return nil, nil
	}
	kept = []string{}
	for _, s := range list {
		symbol := strings.TrimSpace(s)
		if !isSymbol(symbol) || slices.Contains(kept, symbol) {
			dropped = append(dropped, s)
			continue
		}
		kept = append(kept, symbol)
	}
	return kept, dropped
}

func isSymbol(s string) bool {
	return s != "" && len(s) <= 2 && strings.Contains(" "+symbols+" ", " "+s+" ")
}
