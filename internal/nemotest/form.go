package nemotest

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Answers makes question data of names and answers in turn, as a reservation holds it: the
// answers are texts, lists of texts, or groups of blocks. A nil answer is a question
// left open. Encoded turns it into the text that a usage event holds.
func Answers(pairs ...any) map[string]any {
	data := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name := fmt.Sprint(pairs[i])
		q := map[string]any{"type": "textbox", "name": name, "title": name}
		if pairs[i+1] != nil {
			q["user_input"] = pairs[i+1]
		}
		data[name] = q
	}
	return data
}

// Encoded returns question data as usage events hold it: JSON in a text.
func Encoded(data map[string]any) string {
	b, err := json.MarshalIndent(data, "", "\t")
	if err != nil {
		panic("nemotest: question data: " + err.Error())
	}
	return string(b)
}

// question is the definition of a question in a form.
type question map[string]any

func (q question) text(name string) string { s, _ := q[name].(string); return s }
func (q question) required() bool          { return q["required"] == true }
func (q question) chosen() bool {
	return slices.Contains([]string{"radio", "checkbox", "dropdown", "periodic-table"}, q.text("type"))
}

func questions(v any) (all []question) {
	list, _ := v.([]any)
	for _, item := range list {
		q, _ := item.(map[string]any)
		all = append(all, q)
	}
	return all
}

// fill stores answers in a form as NEMO does when the form is sent.
func fill(form []question, answers map[string]any) map[string]any {
	data := map[string]any{}
	for _, q := range form {
		filled := map[string]any{}
		for k, v := range q {
			filled[k] = v
		}
		answer, given := answers[q.text("name")]
		switch {
		case q.text("type") == "group":
			blocks, _ := answer.(map[string]any)
			filled["user_input"] = group(questions(q["questions"]), blocks)
		case given:
			filled["user_input"] = answer
		case q.required():
			filled["user_input"] = "" // left open by force
		}
		data[q.text("name")] = filled
	}
	return data
}

// group stores the blocks of a group. Where the first block lacks something required, all
// are lost.
func group(parts []question, blocks map[string]any) map[string]any {
	first, _ := blocks["0"].(map[string]any)
	lost := map[string]any{}
	for _, p := range parts {
		if v := first[p.text("name")]; p.required() && (v == nil || v == "") {
			lost[p.text("name")] = ""
		}
	}
	if len(lost) > 0 {
		return map[string]any{"0": lost}
	}
	stored := map[string]any{}
	for key, v := range blocks {
		given, _ := v.(map[string]any)
		block := map[string]any{}
		for _, p := range parts {
			answer, ok := given[p.text("name")]
			switch {
			case !ok:
			case answer == "" && p.chosen():
			case answer == "":
				block[p.text("name")] = nil
			default:
				block[p.text("name")] = answer
			}
		}
		stored[key] = block
	}
	return stored
}
