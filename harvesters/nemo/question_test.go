package nemo_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/nemotest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// answered resolves a use whose reservation holds question data, written as JSON.
func answered(t *testing.T, data string) nexuslims.Reservation {
	t.Helper()
	s := small()
	s.Events = []nemotest.Row{use("10:00", "12:00", nil)}
	s.Reservations = []nemotest.Row{booking(1, "09:00", "13:00", nemotest.Row{"question_data": json.RawMessage(data)})}
	r, _, err := resolve(t, s)
	require.NoError(t, err)
	return r
}

// TestSamples: the forms that sites and versions of NEMO store.
func TestSamples(t *testing.T) {
	group := func(blocks string) string {
		return `{"sample_group": {"type": "group", "name": "sample_group", "user_input": ` + blocks + `}}`
	}
	for name, c := range map[string]struct {
		data string
		want []nexuslims.Sample
		says string // in the warnings
	}{
		"name, identifier, gap": {
			group(`{"0": {"sample_name": "wafer 7", "sample_or_pid": "Sample Name", "sample_details": "as grown", "periodic_table": ["Si","O"]},
				"2": {"sample_name": "hdl:20.1/ab", "sample_or_pid": "PID", "sample_details": null}}`),
			[]nexuslims.Sample{{Name: "wafer 7", Description: "as grown", Elements: []string{"Si", "O"}}, {Ref: "hdl:20.1/ab"}},
			"",
		},
		"by number, not by text": {
			group(`{"10": {"sample_name": "k"}, "9": {"sample_name": "j"}, "0": {"sample_name": "a"}}`),
			[]nexuslims.Sample{{Name: "a"}, {Name: "j"}, {Name: "k"}},
			"",
		},
		"kind in any case": {group(`{"0": {"sample_name": "x", "sample_or_pid": "pid"}}`), []nexuslims.Sample{{Ref: "x"}}, ""},
		"other kind":       {group(`{"0": {"sample_name": "x", "sample_or_pid": "neither"}}`), []nexuslims.Sample{{Name: "x"}}, ""},
		"no kind":          {group(`{"0": {"sample_name": "x"}}`), []nexuslims.Sample{{Name: "x"}}, ""},
		"kind as a list":   {group(`{"0": {"sample_name": "x", "sample_or_pid": ["PID"]}}`), []nexuslims.Sample{{Ref: "x"}}, ""},
		"details alone":    {group(`{"0": {"sample_details": " thick "}}`), []nexuslims.Sample{{Description: "thick"}}, ""},
		"elements alone":   {group(`{"0": {"periodic_table": ["Si"]}}`), []nexuslims.Sample{{Elements: []string{"Si"}}}, ""},
		"empty blocks": {
			group(`{"0": {}, "1": {"sample_name": "", "sample_details": null, "sample_or_pid": "PID"}, "2": {"sample_name": "x"}}`),
			[]nexuslims.Sample{{Name: "x"}},
			"",
		},
		"no block":          {group(`{}`), nil, ""},
		"lost by the form":  {group(`{"0": {"sample_name": "", "sample_or_pid": ""}}`), nil, ""},
		"null":              {group(`null`), nil, ""},
		"a text":            {group(`"wafer"`), nil, ""},
		"asked, not filled": {`{"sample_group": {"type": "group"}, "sample_name": {"user_input": "old"}}`, nil, ""},
		"block is a text": {
			group(`{"0": "wafer", "1": {"sample_name": "x"}}`),
			[]nexuslims.Sample{{Name: "x"}},
			"sample block 0 cannot be read",
		},
		"one symbol as text": {
			group(`{"0": {"sample_name": "x", "periodic_table": "Ni"}}`),
			[]nexuslims.Sample{{Name: "x", Elements: []string{"Ni"}}},
			"",
		},
		"twice and unknown": {
			group(`{"0": {"sample_name": "x", "periodic_table": ["Ni", "Ni", "Xx", "Og"]}}`),
			[]nexuslims.Sample{{Name: "x", Elements: []string{"Ni", "Og"}}},
			`"Xx" is no chemical element`,
		},
		"empty table":       {group(`{"0": {"sample_name": "x", "periodic_table": []}}`), []nexuslims.Sample{{Name: "x"}}, ""},
		"number for a name": {group(`{"0": {"sample_name": 12.50}}`), []nexuslims.Sample{{Name: "12.50"}}, ""},
		"old single form": {
			`{"sample_name": {"user_input": "Wafer 7"}, "sample_details": {"user_input": "as grown"}}`,
			[]nexuslims.Sample{{Name: "Wafer 7", Description: "as grown"}},
			"",
		},
		"old form, empty": {`{"sample_name": {"user_input": ""}, "sample_details": {}}`, nil, ""},
		"letters":         {group(`{"0": {"sample_name": "Łódź 5 µm \"β\" <1>"}}`), []nexuslims.Sample{{Name: "Łódź 5 µm \"β\" <1>"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := answered(t, c.data)
			assert.Equal(t, c.want, r.Samples)
			if c.says == "" {
				assert.Empty(t, r.Warnings)
				return
			}
			assert.Contains(t, strings.Join(r.Warnings, "\n"), c.says)
		})
	}
}

// TestTextAnswers: whatever kind of question a site chose.
func TestTextAnswers(t *testing.T) {
	for name, c := range map[string]struct{ input, want string }{
		"text":           {`"Grain map"`, "Grain map"},
		"blanks around":  {`"  Grain map\n"`, "Grain map"},
		"lines":          {`"one\ntwo"`, "one\ntwo"},
		"empty":          {`""`, ""},
		"blank":          {`"  "`, ""},
		"null":           {`null`, ""},
		"integer":        {`17`, "17"},
		"number":         {`1.250`, "1.250"},
		"true":           {`true`, "true"},
		"list":           {`["a", "b"]`, "a, b"},
		"empty list":     {`[]`, ""},
		"list with null": {`["a", null]`, "a"},
		"group":          {`{"0": {"x": "y"}}`, ""},
		"letters":        {`"Zo\u00eb \u0141"`, "Zoë Ł"},
	} {
		t.Run(name, func(t *testing.T) {
			r := answered(t, `{"experiment_title": {"type": "any", "user_input": `+c.input+`},
				"experiment_purpose": {"user_input": `+c.input+`}, "project_id": {"user_input": `+c.input+`}}`)
			assert.Equal(t, c.want, r.Title)
			assert.Equal(t, c.want, r.Purpose)
			if c.want == "" {
				assert.Empty(t, r.Projects)
				return
			}
			assert.Equal(t, []nexuslims.Project{{ID: c.want}}, r.Projects)
		})
	}
}

// TestQuestionDataOfAnyShape: what holds no answers gives none, and stops nothing.
func TestQuestionDataOfAnyShape(t *testing.T) {
	for name, c := range map[string]struct {
		data string
		warn bool
	}{
		"null": {`null`, false}, "empty object": {`{}`, false}, "empty text": {`""`, false}, "text of null": {`"null"`, false},
		"question without input": {`{"data_consent": {"type": "radio"}}`, false}, "question is null": {`{"data_consent": null}`, false},
		"question is a text": {`{"data_consent": "Agree"}`, false}, "question is a list": {`{"data_consent": ["Agree"]}`, false},
		"list": {`[]`, true}, "number": {`17`, true}, "text": {`"Agree"`, true}, "cut": {`"{\"data_consent\": "`, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := answered(t, c.data)
			assert.Equal(t, nexuslims.ConsentUnknown, r.Consent)
			assert.Empty(t, r.Title)
			assert.Empty(t, r.Samples)
			assert.Equal(t, c.warn, len(r.Warnings) > 0, "%v", r.Warnings)
		})
	}
	r := answered(t, `"{\"data_consent\": {\"user_input\": \"Agree\"}}"`)
	assert.Equal(t, nexuslims.ConsentGranted, r.Consent, "an object written as a text")
	assert.Empty(t, r.Warnings)
}

// TestDeepAnswers: question data comes from people.
func TestDeepAnswers(t *testing.T) {
	deep := strings.Repeat("[", 5000) + strings.Repeat("]", 5000)
	r := answered(t, `{"experiment_title": {"user_input": `+deep+`}, "data_consent": {"user_input": "Agree"}}`)
	assert.Equal(t, nexuslims.ConsentGranted, r.Consent)
	assert.Empty(t, r.Title)
}
