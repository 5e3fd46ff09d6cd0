package nemo

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// answers are the questions of one form by name.
type answers map[string]json.RawMessage

// parseAnswers reads question data: an object, or an object written as a string. Anything
// else is a form without answers.
func parseAnswers(raw json.RawMessage) answers {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		raw = json.RawMessage(text)
	}
	var a answers
	if json.Unmarshal(bytes.TrimSpace(raw), &a) != nil {
		return nil
	}
	return a
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

// texts returns an answer as texts: one for a text or number, several for a list.
func texts(raw json.RawMessage) []string {
	var one string
	var many []json.RawMessage
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return nil
	case json.Unmarshal(raw, &one) == nil:
		return []string{one}
	case json.Unmarshal(raw, &many) == nil:
		var all []string
		for _, m := range many {
			all = append(all, texts(m)...)
		}
		return all
	case raw[0] == '{':
		return nil
	}
	return []string{string(raw)} // numbers and booleans
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
			s, notes, ok := sampleOf(blocks[key])
			warnings = append(warnings, notes...)
			if ok {
				samples = append(samples, s)
			}
		}
		return samples, warnings
	}
	s := nexuslims.Sample{Name: a.text("sample_name"), Description: a.text("sample_details")}
	if s.Name == "" && s.Description == "" {
		return nil, nil
	}
	return []nexuslims.Sample{s}, nil
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
func sampleOf(raw json.RawMessage) (s nexuslims.Sample, warnings []string, ok bool) {
	var block map[string]json.RawMessage
	if json.Unmarshal(raw, &block) != nil {
		return s, nil, false
	}
	text := func(name string) string { return strings.TrimSpace(strings.Join(texts(block[name]), ", ")) }
	s.Name, s.Description = text("sample_name"), text("sample_details")
	if strings.EqualFold(text("sample_or_pid"), "PID") {
		s.Name, s.Ref = "", s.Name
	}
	if chosen := texts(block["periodic_table"]); len(chosen) > 0 {
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
