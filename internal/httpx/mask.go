package httpx

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Spellings returns a secret in each of the forms in which programs and servers are known
// to repeat what they were sent, the longest first. An empty one has none.
func Spellings(secret string) []string {
	raw := []byte(secret)
	quoted, err := json.Marshal(secret)
	if err != nil {
		quoted = []byte(`""`)
	}
	inGo := strconv.Quote(secret)
	forms := []string{
		secret, inGo[1 : len(inGo)-1], url.QueryEscape(secret), url.PathEscape(secret), string(quoted[1 : len(quoted)-1]),
		html.EscapeString(secret), base64.StdEncoding.EncodeToString(raw), base64.RawStdEncoding.EncodeToString(raw),
		base64.URLEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw),
		hex.EncodeToString(raw), strings.ToUpper(hex.EncodeToString(raw)),
	}
	forms = slices.DeleteFunc(forms, func(s string) bool { return s == "" })
	longestFirst(forms)
	return slices.Compact(forms)
}

// Mask replaces secrets by *** in a text, whatever way they are spelled.
func Mask(text string, secrets []string) string {
	var forms []string
	for _, secret := range secrets {
		forms = append(forms, Spellings(secret)...)
	}
	longestFirst(forms) // a secret may begin with another one
	pairs := make([]string, 0, 2*len(forms))
	for _, form := range forms {
		pairs = append(pairs, form, "***")
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

func longestFirst(forms []string) {
	slices.SortFunc(forms, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
}
