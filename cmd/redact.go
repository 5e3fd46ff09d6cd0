package cmd

import (
	"cmp"
	"io"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/nexuslims/nexuslims-go/internal/httpx"
)

// redactor keeps the secrets of a site out of everything that a command puts out: it
// knows them from the moment the settings are read.
type redactor struct {
	replacer atomic.Pointer[strings.Replacer]
}

func (r *redactor) hide(secrets []string) { r.replacer.Store(scrubber(secrets)) }

// clean returns a text without the secrets.
func (r *redactor) clean(text string) string {
	if known := r.replacer.Load(); known != nil {
		return known.Replace(text)
	}
	return text
}

// writer returns a writer to w without the secrets. A text must come in one piece.
func (r *redactor) writer(w io.Writer) io.Writer { return redacted{w, r} }

type redacted struct {
	w        io.Writer
	redactor *redactor
}

func (r redacted) Write(p []byte) (int, error) {
	if _, err := io.WriteString(r.w, r.redactor.clean(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// scrubber replaces every secret by ***, in each of the forms in which programs and
// servers are known to repeat what they were sent.
func scrubber(secrets []string) *strings.Replacer {
	var forms []string
	for _, s := range secrets {
		forms = append(forms, spellings(s)...)
		for line := range strings.Lines(s) {
			// Of a secret of several lines each gives it away.
			if line = strings.TrimSpace(line); len(line) >= 16 && !strings.HasPrefix(line, "-----") {
				forms = append(forms, spellings(line)...)
			}
		}
	}
	// A secret may begin with another one.
	slices.SortFunc(forms, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	pairs := make([]string, 0, 2*len(forms))
	for _, f := range slices.Compact(forms) {
		pairs = append(pairs, f, "***")
	}
	return strings.NewReplacer(pairs...)
}

// spellings returns a secret as it is and as encoders write it.
func spellings(secret string) []string {
	forms := httpx.Spellings(secret)
	if line := oneLine(secret); line != "" {
		forms = append(forms, line)
	}
	return forms
}
