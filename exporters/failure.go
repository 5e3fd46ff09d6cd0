package exporters

import (
	"encoding/json"

	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// maxText is the longest text of a failure or a warning that is kept, in bytes.
const maxText = 8 << 10

// clean makes a text of a destination fit to be kept: valid UTF-8 without NUL, of bounded
// length, without the query strings of addresses, which may carry credentials.
func clean(text string) string {
	return nexuslims.CutText(httpx.Scrub(nexuslims.ValidText(text)), maxText, " [...]")
}

// failure is an error of a destination with a text that is fit to be kept.
type failure struct {
	text  string
	cause error
}

func (f failure) Error() string { return f.text }
func (f failure) Unwrap() error { return f.cause }

// tame returns err with a clean text and its kind and causes kept.
func tame(err error) error {
	if err == nil {
		return nil
	}
	err = httpx.Redact(err)
	if text := clean(err.Error()); text != err.Error() {
		return failure{text, err}
	}
	return err
}

// cleaned returns the receipt with texts that are fit to be kept. Notes that JSON cannot
// hold are left out, with a warning: they are no reason to lose the receipt.
func (r Receipt) cleaned() Receipt {
	r.ID, r.URL, r.Step = nexuslims.ValidText(r.ID), nexuslims.ValidText(r.URL), nexuslims.ValidText(r.Step)
	warnings := make([]string, 0, len(r.Warnings)+1)
	for _, w := range r.Warnings {
		warnings = append(warnings, clean(w))
	}
	if _, err := json.Marshal(r.Meta); err != nil {
		r.Meta = nil
		warnings = append(warnings, "the notes of the destination cannot be kept: "+clean(err.Error()))
	}
	r.Warnings = nil
	if len(warnings) > 0 {
		r.Warnings = warnings
	}
	return r
}
