package nemo

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// answers are the questions of one form by name.
type answers map[string]json.RawMessage

// parseAnswers reads question data: an object, or an object written as a string. Nothing
// and the empty string are a form without questions; so is what cannot be read, with an
// error.
func parseAnswers(raw json.RawMessage) (answers, error) {
	var text string
	if json.Unmarshal(raw, &text) == nil { // null as well
		raw = json.RawMessage(text)
	}
	if raw = bytes.TrimSpace(raw); len(raw) == 0 {
		return nil, nil
	}
	var a answers
	if json.Unmarshal(raw, &a) != nil {
		return nil, errors.New("cannot be read: no JSON object")
	}
	return a, nil
}

// input returns what was answered to a question; nil for nothing.
func (a answers) input(name string) json.RawMessage {
	var q struct {
		Input json.RawMessage `json:"user_input"`
	}
	if json.Unmarshal(a[name], &q) != nil || string(q.Input) == "null" {
		return nil
	}
	return q.Input
}

// texts returns an answer as texts: one for a text, number or boolean, several for a list
// of these. What lies deeper is no answer.
func texts(raw json.RawMessage) (all []string) {
	var many []json.RawMessage
	if len(raw) == 0 || raw[0] != '[' || json.Unmarshal(raw, &many) != nil {
		many = []json.RawMessage{raw}
	}
	for _, m := range many {
		var text string
		switch {
		case len(m) == 0 || m[0] == '[' || m[0] == '{' || string(m) == "null":
		case json.Unmarshal(m, &text) == nil:
			all = append(all, text)
		default:
			all = append(all, string(m))
		}
	}
	return all
}

// text returns the answer to a question as one text, "" for none.
func (a answers) text(name string) string {
	return strings.TrimSpace(strings.Join(texts(a.input(name)), ", "))
}

// consent returns the answer to the consent question.
func (a answers) consent() nexuslims.Consent {
	return harvesters.ConsentOf(texts(a.input("data_consent"))...)
}

// samples returns the samples of a form, from the group or the old single questions;
// nil when they were not answered.
func (a answers) samples() (samples []nexuslims.Sample, warnings []string) {
	var blocks map[string]json.RawMessage
	if raw, asked := a["sample_group"]; asked && len(raw) > 0 {
		if json.Unmarshal(a.input("sample_group"), &blocks) != nil {
			return nil, nil
		}
		for _, key := range ordered(blocks) {
			var block map[string]json.RawMessage
			if json.Unmarshal(blocks[key], &block) != nil {
				warnings = append(warnings, "sample block "+key+" cannot be read")
				continue
			}
			s, notes, ok := sampleOf(block)
			warnings = append(warnings, notes...)
			if ok {
				samples = append(samples, s)
			}
		}
		return samples, warnings
	}
	block := map[string]json.RawMessage{}
	for _, name := range []string{"sample_name", "sample_or_pid", "sample_details", "periodic_table"} {
		block[name] = a.input(name)
	}
	s, warnings, ok := sampleOf(block)
	if !ok {
		return nil, warnings
	}
	return []nexuslims.Sample{s}, warnings
}

// ordered sorts the keys of a group by number; deleted blocks leave gaps.
func ordered(blocks map[string]json.RawMessage) []string {
	keys := make([]string, 0, len(blocks))
	for k := range blocks {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		x, xerr := strconv.Atoi(a)
		y, yerr := strconv.Atoi(b)
		if xerr != nil || yerr != nil {
			return cmp.Compare(a, b)
		}
		return cmp.Compare(x, y)
	})
	return keys
}

// sampleOf reads one block of the group; ok is false for an empty one.
func sampleOf(block map[string]json.RawMessage) (s nexuslims.Sample, warnings []string, ok bool) {
	text := func(name string) string { return strings.TrimSpace(strings.Join(texts(block[name]), ", ")) }
	s.Name, s.Description = text("sample_name"), text("sample_details")
	if strings.EqualFold(text("sample_or_pid"), "PID") {
		s.Name, s.Ref = "", s.Name
	}
	if chosen := texts(block["periodic_table"]); len(chosen) > 0 {
		if len(chosen) == 1 { // the add-on is not installed: a text field, perhaps typed into
			chosen = strings.FieldsFunc(chosen[0], func(r rune) bool { return strings.ContainsRune(" ,;", r) })
		}
		found, unknown := harvesters.Elements(chosen)
		for _, u := range unknown {
			warnings = append(warnings, fmt.Sprintf("%q is no chemical element and is left out", u))
		}
		if len(found) > 0 {
			s.Elements = found
		}
	}
	return s, warnings, s.Name != "" || s.Ref != "" || s.Description != "" || len(s.Elements) > 0
}
