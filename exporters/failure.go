package exporters

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/nexuslims/nexuslims-go/internal/httpx"
)

// maxText is the longest text of a failure or a warning that is kept, in bytes.
const maxText = 8 << 10

// clean makes a text of a destination fit to be kept: valid UTF-8 without NUL, of bounded
// length, without the query strings of addresses, which may carry credentials.
func clean(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	text = httpx.Scrub(text)
	if len(text) <= maxText {
		return text
	}
	const mark = " [...]"
	cut := maxText - len(mark)
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + mark
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
	r.ID, r.URL, r.Step = tidy(r.ID), tidy(r.URL), tidy(r.Step)
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

func tidy(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}
